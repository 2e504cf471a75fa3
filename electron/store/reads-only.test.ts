import { expect, it } from 'vitest';
import { openStore } from './open.ts';
import { loadSqlite, type SqliteConstructor } from './sqlite.ts';
import { must, newCase, openForTest, testClock, testRandom, withFolder } from './test-kit.ts';

/** Connections of which the first `count` that may write cannot, as when the index of the WAL was opened for reading. */
function reading(count: number): { readonly Constructor: SqliteConstructor; opened: number } {
  const seen = { opened: 0 };
  const Real = loadSqlite();
  const refuse = (sql: string): void => {
    if (!sql.startsWith('BEGIN IMMEDIATE')) return;
    throw Object.assign(new Error('attempt to write a readonly database'), { code: 'SQLITE_READONLY' });
  };
  class Flaky extends Real {
    readonly #reads: boolean;

    constructor(...words: ConstructorParameters<SqliteConstructor>) {
      super(...words);
      const writes = words[1]?.readonly !== true && words[0] !== ':memory:';
      if (writes) seen.opened += 1;
      this.#reads = writes && seen.opened <= count;
    }

    override exec(sql: string): this {
      if (this.#reads) refuse(sql);
      return super.exec(sql);
    }
  }
  return Object.assign(seen, { Constructor: Flaky });
}

it(
  'a connection that can only read is made anew, and cases are taken',
  withFolder(async (dir) => {
    await openForTest(dir).store.close();
    const seen = reading(1);
    const options = { dir, clock: testClock, random: testRandom, ballastBytes: 64 << 10, freeBytesWanted: 0 };
    const opened = openStore({ ...options, sqlite: seen.Constructor });
    if (!opened.ok) throw new Error(opened.error.detail);
    must(await opened.value.store.submitCase(newCase(1)));
    expect(seen.opened).toBe(2);
    await opened.value.store.close();
  }),
);

it(
  'no more than three are tried',
  withFolder(async (dir) => {
    await openForTest(dir).store.close();
    const seen = reading(99);
    const options = { dir, clock: testClock, random: testRandom, ballastBytes: 64 << 10, freeBytesWanted: 0 };
    const opened = openStore({ ...options, sqlite: seen.Constructor });
    expect(seen.opened).toBe(3);
    if (opened.ok) await opened.value.store.close();
  }),
);
