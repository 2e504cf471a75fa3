import type { ItemPack } from '../domain/item-pack.ts';
import type { AuditRecord, SealingKey } from '../services/ports.ts';
import type { Database } from './database.ts';
import { readJson } from './json.ts';

/** Values that exist once, by name. */
interface KeptValues {
  'code-salt': string;
  catalogue: { readonly version: number; readonly items: readonly ItemPack[] };
  'sealing-key': SealingKey;
  'pin-failures': { readonly count: number; readonly lastAt: number };
  /** Local tracking numbers of a new day begin above this; raised when a damaged database may have lost some. */
  'sequence-floor': number;
}

/** Small things: single values and the audit trail. */
export class Small {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
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

  recordPin(right: boolean, at: number): void {
    const before = this.get('pin-failures');
    this.put('pin-failures', right ? { count: 0, lastAt: 0 } : { count: (before?.count ?? 0) + 1, lastAt: at });
  }

  audit(record: AuditRecord): void {
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
