import { loadSqlite, type Sqlite, type SqliteConstructor } from '../../../electron/store/sqlite.ts';

/**
 * A better-sqlite3 that says what the store wants to hear and does something else: it sets `pragma` (e.g.
 * `synchronous = NORMAL`) after the store has set its own, and lies when it is read back. For planted bugs only.
 */
export function plantedSqlite(pragma: string): SqliteConstructor {
  const name = pragma.split('=')[0]?.trim() ?? '';
  const Real = loadSqlite();
  return class Planted extends Real {
    #meant: unknown = undefined;

    override pragma(source: string, options?: Parameters<Sqlite['pragma']>[1]): unknown {
      if (source.startsWith(`${name} =`)) {
        // What the store asked for is noted, and the planted value set.
        super.pragma(source);
        this.#meant = super.pragma(name, { simple: true });
        return super.pragma(pragma);
      }
      if (source === name) return this.#meant;
      return super.pragma(source, options);
    }
  };
}
