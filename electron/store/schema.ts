import { migrate } from './migrations.ts';
import type { Sqlite, SqliteConstructor } from './sqlite.ts';

/** One object of the schema as SQLite keeps it; `row` is its place in the order of making. */
export interface SchemaObject {
  readonly row: number;
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

/** The schema of an open database. */
export function schemaOf(db: Sqlite): SchemaObject[] {
  return db
    .prepare(
      "SELECT rowid AS row, type, name, tbl_name, sql FROM sqlite_schema WHERE name <> 'sqlite_stat1' ORDER BY rowid",
    )
    .all() as SchemaObject[];
}

const known = new Map<number, readonly SchemaObject[]>();

/** The schema that this program makes for a version; made once a process. */
export function schemaOfVersion(Constructor: SqliteConstructor, version: number): readonly SchemaObject[] {
  const made = known.get(version);
  if (made) return made;
  const db = new Constructor(':memory:');
  try {
    migrate(db, version);
    const schema = schemaOf(db);
    known.set(version, schema);
    return schema;
  } finally {
    db.close();
  }
}

/**
 * A schema as a text that is the same for the same schema. The order of its rows is left out: a database that SQLite
 * has written anew (`VACUUM`, as for a copy before a migration) numbers them afresh.
 */
export function schemaText(objects: readonly SchemaObject[]): string {
  return objects
    .map(({ type, name, tbl_name: table, sql }) => JSON.stringify([type, name, table, sql]))
    .sort()
    .join('\n');
}
