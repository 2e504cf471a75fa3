import type { EvidenceHead } from '../domain/evidence.ts';
import type { HeldByPlatform, StoreError, StoreLoss, StoreLossKind } from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import { notFound, type Database } from './database.ts';
import type { Evidence } from './evidence.ts';
import { STORE_ID } from './facts.ts';
import type { Small } from './small.ts';
import { BLOCK } from './witness.ts';

/** No kiosk files as many cases a day; behind a higher number there would be none left to give. */
const HIGHEST_BELIEVED = 99_999;

/** What an opening found out about the database, from outside of it. */
export interface Opening {
  readonly storeId: string;
  /** Null when nothing is known to be gone. */
  readonly loss: { readonly kind: StoreLossKind; readonly had: EvidenceHead | null } | null;
  /** Tracking numbers up to these may be with people. */
  readonly floors: readonly { readonly kioskCode: string; readonly localDate: string; readonly floor: number }[];
  /** Nobody can tell how far numbers had got: those of every day go on behind a gap, as after a salvage. */
  readonly gap: boolean;
}

/** Losses of the store: said, on record, and no number given out twice for them. */
export class Losses {
  readonly #db: Database;
  readonly #small: Small;
  readonly #evidence: Evidence;

  constructor(db: Database, small: Small, evidence: Evidence) {
    this.#db = db;
    this.#small = small;
    this.#evidence = evidence;
  }

  /** @returns the loss that was said; null when there is none */
  settle({ storeId, loss, floors, gap }: Opening, at: number): StoreLoss | null {
    this.#small.put(STORE_ID, storeId);
    for (const { kioskCode, localDate, floor } of floors) this.#raise(kioskCode, localDate, floor);
    if (gap) {
      this.#db.run(`UPDATE tracking_counters SET last = last + ${BLOCK}`);
      this.#small.put('sequence-floor', (this.#small.get('sequence-floor') ?? 0) + BLOCK);
    }
    if (loss === null) return null;
    if (loss.kind !== 'witness-lost') this.#handDoorsOver(at);
    return this.#say(loss.kind, loss.had, at);
  }

  /** Whether the platform holds more than this store; then numbers go on behind those that it knows. */
  compare(kioskCode: string, { evidence, numbers = [] }: HeldByPlatform, at: number): StoreLoss | null {
    const head = this.#evidence.head();
    const newer = evidence !== undefined && this.#evidence.hashAt(evidence.seq) !== evidence.hash;
    const above = numbers.filter(
      ({ localDate, last }) => last <= HIGHEST_BELIEVED && last > this.#lastOf(kioskCode, localDate),
    );
    for (const { localDate, last } of above) {
      this.#db.witness.raise(kioskCode, localDate, last + BLOCK);
      this.#raise(kioskCode, localDate, last + BLOCK);
    }
    if (!newer && above.length === 0) return null;
    const said = this.#small.get('compared-head');
    // Told with every sign of life until our own chain is longer: said once.
    if (above.length === 0 && said !== null && said === evidence?.hash) return null;
    if (evidence !== undefined) this.#small.put('compared-head', evidence.hash);
    const known = this.#small.get('store-loss');
    // A loss that the witness told of covers what the platform heard of before it.
    const seen = evidence !== undefined && known?.kind === 'rolled-back' && (known.had?.seq ?? 0) >= evidence.seq;
    if (seen && above.length === 0) return null;
    // Nobody took note of the last one yet: a platform that names another record each time would fill the chain.
    if (known?.kind === 'platform-newer') return null;
    return this.#say('platform-newer', evidence ?? head, at);
  }

  note(at: number): Result<void, StoreError> {
    const loss = this.#small.get('store-loss');
    if (loss === null) return notFound('loss');
    this.#small.drop('store-loss');
    this.#small.audit({ at, who: 'technician', what: 'store-loss-noted', detail: loss.kind });
    return ok(undefined);
  }

  #say(kind: StoreLossKind, had: EvidenceHead | null, at: number): StoreLoss {
    const head = this.#evidence.head();
    const loss: StoreLoss = { kind, at, had, has: head && { seq: head.seq, hash: head.hash } };
    this.#small.put('store-loss', loss);
    const what = kind === 'witness-lost' ? 'store-witness-lost' : 'store-rolled-back';
    const detail = { kind, hadSeq: had?.seq ?? 0, hadHash: had?.hash ?? '', hasSeq: head?.seq ?? 0 };
    this.#evidence.append({ at, who: 'kiosk', what, subject: '', detail });
    this.#db.run(
      "INSERT INTO audit (at, who, what, detail) VALUES (?, 'kiosk', ?, ?)",
      at,
      what,
      `${kind} ${detail.hadSeq} ${detail.hasSeq}`,
    );
    return loss;
  }

  /** What was under way then has ended since, and how it ended is in the part that is gone: people look. */
  #handDoorsOver(at: number): void {
    this.#db.run(
      `UPDATE acts SET state = 'unknown', owner = 'duty-staff', updated_at = ?,
         detail = json_set(detail, '$.lostTrack', json('true'))
       WHERE state IN ('intended', 'sent', 'unknown') AND kind IN ('open-door', 'print-receipt')`,
      at,
    );
  }

  #lastOf(kioskCode: string, localDate: string): number {
    const sql = 'SELECT last FROM tracking_counters WHERE kiosk_code = ? AND local_date = ?';
    return this.#db.get<{ last: number }>(sql, kioskCode, localDate)?.last ?? 0;
  }

  #raise(kioskCode: string, localDate: string, floor: number): void {
    this.#db.run(
      `INSERT INTO tracking_counters (kiosk_code, local_date, last) VALUES (?, ?, ?)
       ON CONFLICT (kiosk_code, local_date) DO UPDATE SET last = max(last, excluded.last)`,
      kioskCode,
      localDate,
      floor,
    );
  }
}
