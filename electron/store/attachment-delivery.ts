import type { AttachmentClaim, AttachmentOutcome, AttachmentsCollected, StoreError } from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import type { AttachmentRow, AttachmentRows } from './attachments.ts';
import type { CaseRows } from './cases.ts';
import { conflict, notFound } from './database.ts';

/** Claims and settles files together with the cases they belong to. */
export class AttachmentDelivery {
  readonly #rows: AttachmentRows;
  readonly #cases: CaseRows;

  constructor(rows: AttachmentRows, cases: CaseRows) {
    this.#rows = rows;
    this.#cases = cases;
  }

  claim(now: number, limit: number, wake: boolean): AttachmentClaim {
    if (wake) this.#rows.wake();
    const uploads = this.#rows.claim(now, limit, (row, reason) => this.#park(row, reason, now));
    return { uploads, nextDueAt: this.#rows.nextDueAt() };
  }

  settle(attachmentId: string, outcome: AttachmentOutcome, now: number): Result<void, StoreError> {
    const row = this.#rows.find(attachmentId);
    if (!row) return notFound('attachment');
    // A late second answer to what is done changes nothing.
    if (row.state === 'acknowledged' || row.state === 'discarded') return ok(undefined);
    if (row.state !== 'sending') return conflict(`attachment-${row.state}`);
    if (outcome.kind === 'retry') this.#rows.retry(row, outcome.nextTryAt, outcome.reason);
    else if (outcome.kind === 'parked') this.#park(row, outcome.reason, now);
    // The copy here is all there is while the platform holds something else.
    else if (outcome.sha256 !== row.sha256) this.#park(row, 'hash-differs', now);
    else {
      this.#rows.end(row, 'acknowledged', outcome.at);
      // With its last file the case is where the platform says; a refusal is final before that.
      if (this.#rows.openOf(row.case_id) === 0 || outcome.case.state === 'refused') {
        this.#cases.acknowledge(row.case_id, { kind: 'acknowledged', at: outcome.at, case: outcome.case });
      }
    }
    return ok(undefined);
  }

  /** Puts a parked file back in the queue, or makes a waiting one due. */
  resend(attachmentId: string): Result<void, StoreError> {
    const row = this.#rows.find(attachmentId);
    if (!row) return notFound('outbox-entry');
    if (row.state === 'acknowledged' || row.state === 'discarded') return conflict(`attachment-${row.state}`);
    if (row.state === 'sending' || row.state === 'held') return ok(undefined);
    const wasParked = row.state === 'parked';
    this.#rows.retry(row, 0, null);
    if (wasParked && !this.#parkedOf(row.case_id)) this.#cases.setUndelivered(row.case_id, 'kept', null);
    return ok(undefined);
  }

  /** Gives a parked file up for good. With its last file the case is received, as far as this kiosk knows. */
  discard(attachmentId: string, at: number): Result<AttachmentRow, StoreError> {
    const row = this.#rows.find(attachmentId);
    if (!row) return notFound('outbox-entry');
    if (row.state !== 'parked') return conflict(`attachment-${row.state}`);
    this.#rows.end(row, 'discarded', at);
    if (this.#rows.openOf(row.case_id) === 0) this.#cases.acknowledge(row.case_id, { kind: 'acknowledged', at });
    else if (!this.#parkedOf(row.case_id)) this.#cases.setUndelivered(row.case_id, 'kept', null);
    return ok(row);
  }

  collect(salvaged: boolean, now: number): AttachmentsCollected {
    return this.#rows.collect(salvaged, (row, reason) => this.#park(row, reason, now));
  }

  #parkedOf(caseId: string): boolean {
    return this.#rows.ofCase(caseId).some(({ state }) => state === 'parked');
  }

  #park(row: AttachmentRow, reason: string, now: number): void {
    this.#rows.park(row, reason, now);
    if (this.#cases.findById(row.case_id)?.state === 'kept') {
      this.#cases.setUndelivered(row.case_id, 'parked', reason);
    }
  }
}
