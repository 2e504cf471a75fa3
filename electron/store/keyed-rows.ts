import type { EvidenceEntry } from '../domain/evidence.ts';
import type { KeyReport, LocalKeys, StoreError } from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import { conflict, type Database } from './database.ts';
import type { Evidence } from './evidence.ts';
import { readJson } from './json.ts';
import { sameCheck, type LocalGuard } from './keys.ts';
import type { Small } from './small.ts';

/** What a pick-up's guarded bytes say. */
export interface GuardedContents {
  readonly holder: string;
  readonly contents: string;
  /** The digest that the platform announced, so that the row can be guarded by another key. */
  readonly digest: string;
}

interface KeyedRow {
  readonly pickup_id: string;
  readonly code_digest: string;
  readonly holder: string;
  readonly contents: string;
  readonly guarded: Uint8Array | null;
  readonly key_id: string | null;
}

const COLUMNS = 'pickup_id, code_digest, holder, contents, guarded, key_id';

/** Which key the rows are guarded by, and how they come under another one. */
export class KeyedRows {
  readonly #db: Database;
  readonly #guard: LocalGuard;
  readonly #small: Small;
  readonly #evidence: Evidence;

  constructor(db: Database, guard: LocalGuard, small: Small, evidence: Evidence) {
    this.#db = db;
    this.#guard = guard;
    this.#small = small;
    this.#evidence = evidence;
  }

  report(): KeyReport {
    const known = this.#small.get('local-key');
    if (known === null) return { state: 'none', keyId: null };
    const check = this.#guard.check(known.id);
    const held = check !== null && sameCheck(check, known.check) && this.#guard.keyId === known.id;
    return { state: held ? 'held' : 'lost', keyId: known.id };
  }

  /** Contents of a guarded row; null when its key is not held or its bytes are damaged. */
  read(pickupId: string, keyId: string, guarded: Uint8Array): GuardedContents | null {
    const text = this.#guard.open(guarded, keyId, placeOf(pickupId, keyId));
    return text === null ? null : readJson<GuardedContents | null>(text, null);
  }

  /** What a row holds for these contents: guarded, or plain while there is no key. */
  write(pickupId: string, plain: GuardedContents): Omit<KeyedRow, 'pickup_id'> {
    const keyId = this.#guard.keyId;
    if (keyId === null || this.report().state !== 'held') {
      return { code_digest: plain.digest, holder: plain.holder, contents: plain.contents, guarded: null, key_id: null };
    }
    return {
      code_digest: this.#guard.token(plain.digest),
      holder: '',
      contents: '[]',
      guarded: this.#guard.seal(JSON.stringify(plain), placeOf(pickupId, keyId)),
      key_id: keyId,
    };
  }

  /** What stands in `code_digest` for an announced digest. */
  lookup(digest: string): string {
    return this.report().state === 'held' ? this.#guard.token(digest) : digest;
  }

  /**
   * Brings every row under the guard's current key; called inside a transaction at the opening and when the key changes.
   * Gives `key-lost` when rows are guarded by a key that is not held, unless they are given up.
   */
  settle(at: number, abandon = false): Result<KeyReport, StoreError> {
    const keyId = this.#guard.keyId;
    if (keyId === null) return ok(this.report());
    const known = this.#small.get('local-key');
    const check = this.#guard.check(keyId) ?? '';
    if (known?.id === keyId && sameCheck(known.check, check)) return ok(this.report());
    const older = known === null ? null : this.#guard.check(known.id);
    const lost = known !== null && (older === null || !sameCheck(older, known.check));
    if (lost && !abandon) return conflict('key-lost');
    this.#small.put('local-key', { id: keyId, check });
    let given = 0;
    for (const row of this.#db.all<KeyedRow>(`SELECT ${COLUMNS} FROM pickups`)) {
      const plain = this.#plainOf(row);
      if (plain === null) given += 1;
      this.#put(row.pickup_id, plain === null ? NOTHING : this.write(row.pickup_id, plain));
    }
    const what = known === null ? 'local-key-made' : lost ? 'local-key-renewed' : 'local-key-rotated';
    const detail: EvidenceEntry['detail'] = { key: keyId, before: known?.id ?? null, givenUp: given };
    this.#evidence.append({ at, who: lost ? 'technician' : 'kiosk', what, subject: '', detail });
    this.#db.changed({ type: 'pickups' });
    return ok(this.report());
  }

  /** Holds other keys and brings the rows under the current one; on a failure the old ones stay in force. */
  rekey(keys: LocalKeys, at: number, abandon: boolean): Result<KeyReport, StoreError> {
    this.#guard.hold(keys);
    return this.settle(at, abandon);
  }

  #plainOf(row: KeyedRow): GuardedContents | null {
    if (row.key_id === null || row.guarded === null) {
      return { holder: row.holder, contents: row.contents, digest: row.code_digest };
    }
    return this.read(row.pickup_id, row.key_id, row.guarded);
  }

  #put(pickupId: string, row: Omit<KeyedRow, 'pickup_id'>): void {
    this.#db.run(
      'UPDATE pickups SET code_digest = ?, holder = ?, contents = ?, guarded = ?, key_id = ? WHERE pickup_id = ?',
      row.code_digest,
      row.holder,
      row.contents,
      row.guarded,
      row.key_id,
      pickupId,
    );
  }
}

/** A row whose contents are given up: no code finds it until the platform announces it again. */
const NOTHING = { code_digest: '', holder: '', contents: '[]', guarded: null, key_id: null } as const;

function placeOf(pickupId: string, keyId: string): string {
  return `pickup:${pickupId}:${keyId}`;
}
