import type { ItemPack } from '../domain/item-pack.ts';
import type { AuditRecord, CodeRule, HandedOver, SealingKey, StoreLoss } from '../services/ports.ts';
import type { Database } from './database.ts';
import type { Evidence } from './evidence.ts';
import { LEGACY_CODE_COST } from '../domain/pickup-code.ts';
import { readJson } from './json.ts';

/** Values that exist once, by name. */
interface KeptValues {
  /** Of a list taken by a program that knew one cost only. */
  'code-salt': string;
  'code-rule': CodeRule;
  /** The local data key that rows are guarded by, with a value by which it is known again. */
  'local-key': { readonly id: string; readonly check: string };
  'wrong-codes': readonly number[];
  'handed-over': HandedOver;
  /** In a copy for another machine: which hand-over it is of. */
  'handed-from': { readonly id: string; readonly at: number; readonly entries: number };
  catalogue: { readonly version: number; readonly items: readonly ItemPack[] };
  'sealing-key': SealingKey;
  'pin-failures': { readonly count: number; readonly lastAt: number };
  /** Local tracking numbers of a new day begin above this; raised when a damaged database may have lost some. */
  'sequence-floor': number;
  /** Tells this store from another one. */
  'store-id': string;
  /** A loss that no technician took note of. */
  'store-loss': StoreLoss;
  /** Hash of the platform's evidence head that was said to be newer. */
  'compared-head': string;
}

/** Small things: single values and the audit trail. */
export class Small {
  readonly #db: Database;
  readonly #evidence: Evidence;

  constructor(db: Database, evidence: Evidence) {
    this.#db = db;
    this.#evidence = evidence;
  }

  get<Name extends keyof KeptValues>(name: Name): KeptValues[Name] | null {
    const row = this.#db.get<{ value: string }>('SELECT value FROM kept_values WHERE name = ?', name);
    return row ? readJson<KeptValues[Name] | null>(row.value, null) : null;
  }

  put<Name extends keyof KeptValues>(name: Name, value: KeptValues[Name]): void {
    this.#db.run(
      'INSERT INTO kept_values (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      JSON.stringify(value),
    );
  }

  drop(name: keyof KeptValues): void {
    this.#db.run('DELETE FROM kept_values WHERE name = ?', name);
  }

  /** How codes of the list that is in force are made comparable. */
  codeRule(): CodeRule | null {
    const rule = this.get('code-rule');
    if (rule) return rule;
    const salt = this.get('code-salt');
    return salt === null ? null : { salt, cost: LEGACY_CODE_COST };
  }

  recordPin(right: boolean, at: number): void {
    const before = this.get('pin-failures');
    this.put('pin-failures', right ? { count: 0, lastAt: 0 } : { count: (before?.count ?? 0) + 1, lastAt: at });
  }

  audit(record: AuditRecord): void {
    const { at, who, what, detail } = record;
    this.#evidence.append({ at, who, what, subject: '', detail: { said: detail } });
    this.#db.run(
      'INSERT INTO audit (at, who, what, detail) VALUES (?, ?, ?, ?)',
      record.at,
      record.who,
      record.what,
      record.detail,
    );
  }

  /** The newest `limit` records, oldest of them first. */
  auditTail(limit: number): AuditRecord[] {
    return this.#db
      .all<AuditRecord>('SELECT at, who, what, detail FROM audit ORDER BY seq DESC LIMIT ?', limit)
      .reverse();
  }
}
