import { fieldsOf, type ItemPack } from '../../electron/domain/item-pack.ts';
import type { CasePayload } from '../../electron/domain/case.ts';
import { maskName, maskOrganisation } from '../../electron/domain/masking.ts';
import { formatPickupCode } from '../../electron/domain/pickup-code.ts';
import type { LocalText } from '../../electron/domain/text.ts';
import type { Clock } from '../../native/model/clock.ts';
import type { CaseDesk, CaseRow } from './cases.ts';
import type { PublishedCatalogue } from './catalogue.ts';
import type { Database } from './database.ts';
import type { PickupDesk } from './pickups.ts';

/** A text message that the platform would send. */
export interface PlatformMessage {
  readonly at: number;
  /** Telephone number that it goes to; empty when the case names none. */
  readonly to: string;
  readonly kioskCode: string;
  readonly pickupId: string;
  readonly code: string;
  readonly text: LocalText;
}

/** Wait after the store failed. */
const RETRY_MS = 1000;
const VALID_MS = 30 * 24 * 3_600_000;
const SEAL_SET: LocalText = { 'zh-CN': '公司印章（公章、财务章、发票章、法人章）', en: 'Company seals (set of four)' };

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly cases: CaseDesk;
  readonly pickups: PickupDesk;
  readonly catalogue: PublishedCatalogue;
  readonly send: (message: PlatformMessage) => void;
}

/**
 * Makes seals and lays them into lockers: each case that ends in a seal becomes a pick-up at its kiosk once it is due,
 * as soon as a cell is free. What is due stands in the store, so nothing is forgotten by a restart.
 */
export class SealingOffice {
  readonly #parts: Parts;
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** A case came in or a cell became free. */
  wake(): void {
    this.#wake.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // Renewed before looking, so that a wake while looking is not lost.
      this.#wake = new AbortController();
      const next = await this.#layAllDue().catch((error: unknown) => {
        // The store may be away for a while; what is due stays due.
        console.error('sealing office:', error);
        return RETRY_MS;
      });
      if (this.#stopping.signal.aborted) return;
      await this.#parts.clock.sleep(next, this.#wake.signal);
    }
  }

  /** Milliseconds until the next one is due. */
  async #layAllDue(): Promise<number> {
    const { clock, cases } = this.#parts;
    let next = 3_600_000;
    for (const row of await cases.waitingForSeal()) {
      const wait = (row.seal_due_at ?? 0) - clock.now();
      if (wait > 0) next = Math.min(next, wait);
      else await this.#lay(row);
    }
    return next;
  }

  async #lay(row: CaseRow): Promise<void> {
    const { database, clock, cases, pickups, catalogue } = this.#parts;
    const found = await catalogue.find(database, row.item_id, row.item_version);
    const payload = await cases.open({ caseId: row.case_id, sequence: row.sequence, envelope: row.envelope });
    if (!found.ok || payload === null) return;
    const pack = found.value;
    const now = clock.now();
    // Announced by a process that ended before it could tell the code: nobody knows it, so it is laid anew.
    const untold = await database.query<{ pickup_id: string }>(
      'SELECT pickup_id FROM pickup WHERE case_id = $1 AND withdrawn_at IS NULL',
      [row.case_id],
    );
    for (const { pickup_id } of untold) await pickups.withdraw(pickup_id, now);
    const cell = await pickups.freeCell(row.kiosk_code);
    if (cell === null) return;
    const announced = await pickups.announce(
      {
        kioskCode: row.kiosk_code,
        cell,
        contents: [{ name: SEAL_SET, count: 1 }],
        holder: holderOf(pack, payload),
        validFrom: now,
        validTo: now + VALID_MS,
        caseId: row.case_id,
      },
      now,
    );
    if (!announced.ok) return;
    const { pickupId, code } = announced.value;
    await cases.sealLaid(row, pack, now);
    const to = valueOfKind(pack, payload, 'phone') ?? '';
    const text = pickupText(row.kiosk_code, cell, code);
    this.#parts.send({ at: now, to, kioskCode: row.kiosk_code, pickupId, code, text });
  }
}

/** Masked name of the enterprise, or of the applicant when the form asks for none. */
function holderOf(pack: ItemPack, payload: CasePayload): string {
  const field = fieldsOf(pack).find(
    ({ id, kind }) => kind === 'text' && /(company|enterprise|business|trade)-?name/i.test(id),
  );
  const name = field === undefined ? undefined : payload.values[field.id];
  return name === undefined || name === '' ? maskName(payload.applicant.name) : maskOrganisation(name);
}

function valueOfKind(pack: ItemPack, payload: CasePayload, kind: 'phone'): string | undefined {
  return fieldsOf(pack)
    .filter((field) => field.kind === kind)
    .map((field) => payload.values[field.id])
    .find((value) => value !== undefined && value !== '');
}

/** The words of a message with a code. */
function pickupText(kioskCode: string, cell: string, code: string): LocalText {
  const shown = formatPickupCode(code);
  return {
    'zh-CN': `您的印章已放入 ${kioskCode} 号自助机 ${cell} 号格口，取件码 ${shown}，30 日内有效，请勿转告他人。`,
    en: `Your seals are in cell ${cell} of kiosk ${kioskCode}. Pick-up code ${shown}, valid for 30 days. Do not share it.`,
  };
}
