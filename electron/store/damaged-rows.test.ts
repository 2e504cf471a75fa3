import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSqlite } from './sqlite.ts';
import { START, claim, must, newCase, openForTest, settle, settleAll, testId, withFolder } from './test-kit.ts';

const Sqlite3 = loadSqlite();
const ORDER = { at: START, people: ['tech-1', 'tech-2'], reason: 'duplicate' } as const;

/** A case (row 1) with its rating behind it (row 2), waiting; then one column of both changes, which no check of the file sees. */
async function withDamagedColumn(dir: string, set: string): Promise<ReturnType<typeof openForTest>> {
  const { store } = openForTest(dir);
  must(await store.submitCase(newCase(1)));
  must(
    await store.rate({
      ratingId: testId(0x40_0001),
      actId: testId(0x50_0001),
      kioskCode: 'CH03',
      subject: 'case',
      subjectId: testId(1),
      level: 5,
      channel: 'screen',
      at: START,
    }),
  );
  await store.close();
  const db = new Sqlite3(join(dir, 'kiosk.sqlite'));
  db.exec(`UPDATE outbox SET ${set}`);
  db.close();
  return openForTest(dir);
}

/** A few bits of an id that says its row: in the number, in what all of them have in common, and all of it. */
const IDS = [
  "entry_id = replace(entry_id, '-00000000000', '-0000000p000')",
  "entry_id = replace(entry_id, '-00000000000', '-00000000100')",
  "entry_id = replace(entry_id, '68313234', '68313230')",
  "entry_id = 'x' || seq",
];
const ACTS = ["act_id = replace(act_id, '0199', '0198')", 'act_id = NULL'];

describe('damage in one column of a message that waits', () => {
  it.each([...IDS, ...ACTS])('keeps nothing from its end: %s', (set) =>
    withFolder(async (dir) => {
      const { store, report } = await withDamagedColumn(dir, set);
      expect(report.kind).toBe('opened');
      for (const key of [`case:${testId(1)}:1`, `rating:${testId(0x40_0001)}`]) {
        const [entry, ...others] = must(await claim(store, START, 10));
        expect(others).toEqual([]);
        expect(entry).toMatchObject({ idempotencyKey: key });
        must(await settleAll(store, [{ entryId: entry!.entryId, outcome: { kind: 'acknowledged', at: START } }]));
      }
      expect(must(await store.outboxCounts())).toMatchObject({ waiting: 0, parked: 0 });
      expect(must(await store.openActs())).toEqual([]);
      await store.close();
    })(),
  );

  it.each(IDS)('leaves one that is parked to people: %s', (set) =>
    withFolder(async (dir) => {
      const { store } = await withDamagedColumn(dir, set);
      const [entry] = must(await claim(store, START, 10));
      must(await settle(store, entry!.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
      const listed = must(await store.outbox());
      expect(listed.map(({ state }) => state)).toEqual(['parked', 'ready']);
      must(await store.resend(listed[0]!.entryId, START));
      const [again] = must(await claim(store, START, 10));
      must(await settle(store, again!.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
      must(await store.discard({ entryId: again!.entryId, ...ORDER }));
      expect(must(await claim(store, START, 10)).map(({ kind }) => kind)).toEqual(['rating']);
      await store.close();
    })(),
  );

  it.each(ACTS)('gives the act of a parked message to the duty staff: %s', (set) =>
    withFolder(async (dir) => {
      const { store } = await withDamagedColumn(dir, set);
      const [entry] = must(await claim(store, START, 10));
      must(await settle(store, entry!.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
      const acts = must(await store.openActs()).filter(({ kind }) => kind === 'submit-case');
      expect(acts).toMatchObject([{ state: 'unknown', owner: 'duty-staff' }]);
      await store.close();
    })(),
  );
});
