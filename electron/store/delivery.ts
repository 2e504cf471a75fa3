import type { ClaimOrder, Delivered, DeliveryOutcome, OutboxEntry, StoreError } from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import type { Acts } from './acts.ts';
import type { AttachmentRows } from './attachments.ts';
import type { CaseRows } from './cases.ts';
import { conflict, notFound } from './database.ts';
import { entryOf, PAYLOAD_DAMAGED, type DueRow, type Outbox, type OutboxRow } from './outbox.ts';

/**
 * Reasons with which the platform says for good that it will not have it: the act ends refused. Every other parked
 * entry waits for somebody on duty, with its act open.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'urn:hall24:item-unknown',
  'urn:hall24:item-version-withdrawn',
  'urn:hall24:already-rated',
]);

type Acknowledged = DeliveryOutcome & { readonly kind: 'acknowledged' };

/** Claims and settles outbox entries together with the acts and cases they belong to. */
export class Delivery {
  readonly #outbox: Outbox;
  readonly #acts: Acts;
  readonly #cases: CaseRows;
  readonly #attachments: AttachmentRows;

  constructor(outbox: Outbox, acts: Acts, cases: CaseRows, attachments: AttachmentRows) {
    this.#outbox = outbox;
    this.#acts = acts;
    this.#cases = cases;
    this.#attachments = attachments;
  }

  /** Entries for as many requests as the order allows; they become `sending`. */
  claim({ now, requests, lanes }: ClaimOrder): OutboxEntry[][] {
    const claimed: OutboxEntry[][] = [];
    for (const lane of lanes) {
      for (let left = Math.min(lane.requests, requests - claimed.length); left > 0;) {
        const due = this.#outbox.due(now, lane);
        if (due.length === 0) break;
        const entries = this.#take(due, now);
        if (entries.length === 0) continue;
        claimed.push(entries);
        left -= 1;
      }
    }
    return claimed;
  }

  /** Those of the rows that are what was written; the others are parked. */
  #take(due: readonly DueRow[], now: number): OutboxEntry[] {
    const taken: { readonly row: DueRow; readonly entry: OutboxEntry }[] = [];
    for (const row of due) {
      const entry = entryOf(row);
      if (entry) taken.push({ row, entry });
      else this.#park(row, PAYLOAD_DAMAGED, now);
    }
    this.#outbox.take(taken.map(({ row }) => row));
    // An act that is unknown stays so: it is the answer that ends it.
    const acts = taken.map(({ row }) => row.act_id).filter((actId) => actId !== null);
    this.#acts.send(acts, now);
    return taken.map(({ entry }) => entry);
  }

  /**
   * Looks at a slice of the outbox: an entry whose bytes are damaged is parked at once. An index that misses a row is
   * reported as damage of the file. Gives null when there is nothing above `after`.
   */
  check(
    after: number,
    limit: number,
    now: number,
    damagedFile: (detail: string) => void,
  ): { readonly last: number; readonly rows: number; readonly damaged: number } | null {
    const looked = this.#outbox.inspect(after, limit);
    const last = looked.at(-1);
    if (!last) return null;
    let damaged = 0;
    for (const { row, wrong } of looked) {
      if (wrong === 'index') damagedFile('an index misses a row of the outbox');
      if (wrong !== 'payload') continue;
      damaged += 1;
      this.#park(row, PAYLOAD_DAMAGED, now);
    }
    return { last: last.row.seq, rows: looked.length, damaged };
  }

  settle(entryId: string, outcome: DeliveryOutcome, now: number): Result<void, StoreError> {
    const row = this.#outbox.find(entryId);
    if (!row) return notFound('outbox-entry');
    // A late second answer to what is done changes nothing.
    if (row.state === 'acknowledged' || row.state === 'discarded') return ok(undefined);
    if (outcome.kind === 'acknowledged') return this.#acknowledge(row, outcome);
    if (row.state !== 'sending') return conflict(`entry-${row.state}`);
    if (outcome.kind === 'retry') this.#outbox.retry(row, outcome.nextTryAt, outcome.reason);
    else this.#park(row, outcome.reason, now);
    return ok(undefined);
  }

  /**
   * The quick way of `settle` for cases that the platform has. Gives the answers that it does not fit, with nothing changed
   * about theirs.
   */
  settleQuickly(delivered: readonly Delivered[]): Delivered[] {
    const outcomes = new Map<string, Acknowledged>();
    for (const { entryId, outcome } of delivered) {
      if (outcome.kind === 'acknowledged') outcomes.set(entryId, outcome);
    }
    const said = [...outcomes].map(([entryId, { at }]) => ({ entryId, at }));
    const rows = this.#outbox.settleSent(said);
    const ended: { readonly actId: string; readonly at: number }[] = [];
    for (const { entry_id: entryId, subject_id: caseId, act_id: actId } of rows) {
      const outcome = outcomes.get(entryId);
      if (!outcome) continue;
      if (this.#attachments.openOf(caseId) === 0) this.#cases.acknowledge(caseId, outcome);
      else this.#followCase(caseId, outcome);
      if (actId !== null) ended.push({ actId, at: outcome.at });
    }
    this.#acts.confirmSent(ended);
    const done = new Set(rows.map(({ entry_id: entryId }) => entryId));
    return delivered.filter(({ entryId }) => !done.has(entryId));
  }

  /** Puts a parked entry back in the queue, or makes a waiting one due. */
  resend(entryId: string, now: number): Result<void, StoreError> {
    const row = this.#outbox.find(entryId);
    if (!row) return notFound('outbox-entry');
    if (row.state === 'acknowledged' || row.state === 'discarded') return conflict(`entry-${row.state}`);
    if (row.state === 'sending') return ok(undefined);
    if (row.state === 'parked') {
      const act = this.#acts.ofMessage(row);
      if (act?.state === 'refused') return conflict('refused-by-platform');
      if (act) this.#acts.advance({ actId: act.actId, event: 'lose-track', at: now, owner: 'kiosk' });
      if (row.kind === 'case') this.#cases.setUndelivered(row.subject_id, 'kept', null);
    }
    this.#outbox.retry(row, 0, null);
    return ok(undefined);
  }

  /** Gives up a parked entry for good; its act ends refused, the later entries of its subject go on. */
  discard(entryId: string, now: number): Result<OutboxRow, StoreError> {
    const row = this.#outbox.find(entryId);
    if (!row) return notFound('outbox-entry');
    if (row.state !== 'parked') return conflict(`entry-${row.state}`);
    this.#outbox.discard(row, now);
    // Nobody will ever ask for files of a case that was never handed in.
    if (row.kind === 'case') this.#attachments.discardAll(row.subject_id, now);
    const act = this.#acts.ofMessage(row);
    if (act && act.state !== 'refused') {
      const refused = this.#acts.advance({
        actId: act.actId,
        event: 'refuse',
        at: now,
        owner: 'duty-staff',
        detail: { discarded: true },
      });
      if (!refused.ok) return refused;
    }
    return ok(row);
  }

  #acknowledge(row: OutboxRow, outcome: Acknowledged): Result<void, StoreError> {
    this.#outbox.acknowledge(row, outcome.at);
    if (row.kind === 'case') this.#followCase(row.subject_id, outcome);
    const act = this.#acts.ofMessage(row);
    if (!act) return ok(undefined);
    const ended = this.#acts.conclude({ actId: act.actId, event: 'confirm', at: outcome.at, owner: 'kiosk' });
    return ended.ok ? ok(undefined) : ended;
  }

  #followCase(caseId: string, outcome: Acknowledged): void {
    const waiting = this.#attachments.release(caseId);
    if (waiting && outcome.case?.state !== 'refused') this.#cases.arrived(caseId, outcome);
    else this.#cases.acknowledge(caseId, outcome);
  }

  #park(row: OutboxRow, reason: string, now: number): void {
    this.#outbox.park(row, reason);
    const refused = REFUSALS.has(reason);
    const act = this.#acts.ofMessage(row);
    if (act) {
      this.#acts.advance({
        actId: act.actId,
        event: refused ? 'refuse' : 'lose-track',
        at: now,
        owner: 'duty-staff',
        detail: { reason },
      });
    }
    if (row.kind === 'case') this.#cases.setUndelivered(row.subject_id, refused ? 'refused' : 'parked', reason);
  }
}
