import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { must, newCase, openForTest, withFolder } from './test-kit.ts';
import { openStore } from './open.ts';
import { loadSqlite } from './sqlite.ts';
import { testClock, testRandom } from './test-kit.ts';

const Sqlite3 = loadSqlite();

/** Journal of a change to an empty database: its header alone. */
function journalOfNothing(): Buffer {
  const header = Buffer.alloc(512);
  Buffer.from('d9d505f920a163d7', 'hex').copy(header);
  // No pages are kept in it, a nonce, no pages before the change, sectors of 512 and pages of 4,096 bytes.
  for (const [index, value] of [0, 0x1234, 0, 512, 4_096].entries()) header.writeUInt32BE(value, 8 + index * 4);
  return header;
}

it(
  'a first start that a power cut ended while SQLite made the file is made anew',
  withFolder(async (dir) => {
    const path = join(dir, 'kiosk.sqlite');
    const db = new Sqlite3(path);
    db.pragma('journal_mode = WAL');
    db.close();
    writeFileSync(`${path}-journal`, journalOfNothing());
    const { store, report } = openForTest(dir);
    expect(report).toEqual({ kind: 'new' });
    must(await store.submitCase(newCase(1)));
    await store.close();
    expect(existsSync(`${path}-journal`)).toBe(false);
  }),
);

it(
  "somebody else's database with an unfinished change is not touched",
  withFolder((dir) => {
    const path = join(dir, 'kiosk.sqlite');
    const db = new Sqlite3(path);
    db.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)');
    db.close();
    writeFileSync(`${path}-journal`, journalOfNothing());
    const before = readFileSync(path);
    const opened = openStore({ dir, clock: testClock, random: testRandom, ballastBytes: 64 << 10, freeBytesWanted: 0 });
    expect(opened.ok).toBe(false);
    expect(readFileSync(path)).toEqual(before);
    expect(existsSync(`${path}-journal`)).toBe(true);
    return Promise.resolve();
  }),
);
