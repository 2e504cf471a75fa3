import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NewAttachment } from '../services/ports.ts';
import { AttachmentFolder } from './attachment-files.ts';
import { copiesOf } from './attachment-copies.ts';
import { loadSqlite } from './sqlite.ts';
import { copiesIn, isEmptyStore, putBy, putByName, takeOverPutBy } from './take-over.ts';
import { must, newCase, openForTest, START, testClock, testId, testRandom, withFolder } from './test-kit.ts';

const context = { clock: testClock, random: testRandom };
const CASES = 3;

/** A machine hands its queue over to a stick: two plain cases and one with a file. */
async function copyOnStick(dir: string): Promise<string> {
  const old = join(dir, 'old');
  const { store } = openForTest(old);
  const begun = await new AttachmentFolder(old).begin(testId(90));
  if (!begun.ok) throw new Error(begun.error.detail);
  await begun.value.append(Buffer.from('nine bytes'));
  const written = await begun.value.finish();
  if (!written.ok) throw new Error(written.error.detail);
  const file: NewAttachment = {
    attachmentId: testId(90),
    actId: testId(91),
    slot: 'contract',
    envelope: newCase(1).envelope,
    ...written.value,
  };
  for (const number of [1, 2]) must(await store.submitCase(newCase(number)));
  must(await store.submitCase(newCase(3, { attachments: [file] })));
  mkdirSync(join(dir, 'stick'));
  const path = join(dir, 'stick', 'hall24-CH03-20260105T010000000Z.sqlite');
  must(await store.handOver({ id: 'a1b2', at: START, path }));
  await store.close();
  return path;
}

/** How often the chain of a store says that a queue was taken over, and what waits there. */
async function standing(dir: string): Promise<{ readonly said: number; readonly waiting: number }> {
  const { store } = openForTest(dir);
  const { waiting } = must(await store.outboxCounts());
  await store.close();
  const db = new (loadSqlite())(join(dir, 'kiosk.sqlite'), { readonly: true });
  const row = db.prepare("SELECT count(*) AS n FROM evidence WHERE what = 'queue-taken-over'").get() as { n: number };
  db.close();
  return { said: row.n, waiting };
}

const withCopy = (use: (copy: string, next: string, folder: string) => Promise<void>) =>
  withFolder(async (dir) => use(await copyOnStick(dir), join(dir, 'next', 'store'), join(dir, 'next', 'take-over')));

describe('a queue that was put by', () => {
  it(
    'is refused by a machine that died with its only case just kept',
    withCopy(async (copy, next, folder) => {
      const working = join(next, '..', 'working');
      const { store } = openForTest(working);
      must(await store.submitCase(newCase(7)));
      expect(isEmptyStore(working)).toBe(false);
      cpSync(working, next, { recursive: true, filter: (path) => !path.endsWith('-shm') });
      await store.close();
      expect(isEmptyStore(next)).toBe(false);
      expect(await putBy(copy, folder)).toEqual({ ok: true, value: undefined });
      expect(await takeOverPutBy(next, folder, context)).toMatchObject({
        outcome: { ok: false, error: { code: 'not-empty' } },
      });
      expect(await standing(next)).toEqual({ said: 0, waiting: 1 });
    }),
  );

  it(
    'is taken over whole by an empty machine at its next start, once; the stick may be gone by then',
    withCopy(async (copy, next, folder) => {
      await openForTest(next).store.close();
      expect(isEmptyStore(next)).toBe(true);
      expect(await putBy(copy, folder)).toEqual({ ok: true, value: undefined });
      expect(putByName(folder)).toBe('hall24-CH03-20260105T010000000Z.sqlite');
      rmSync(join(copy, '..'), { recursive: true });
      const taken = await takeOverPutBy(next, folder, context);
      expect(taken).toMatchObject({
        name: putByNameOf(copy),
        outcome: { ok: true, value: { id: 'a1b2', cases: CASES } },
      });
      // Three cases and a file.
      expect(await standing(next)).toEqual({ said: 1, waiting: CASES + 1 });
      expect(readdirSync(join(next, 'attachments'))).toHaveLength(1);
      expect(isEmptyStore(next)).toBe(false);
      expect([existsSync(folder), putByName(folder)]).toEqual([false, null]);
      expect(await takeOverPutBy(next, folder, context)).toBeNull();
    }),
  );

  it(
    'is taken over by a machine without any store, too',
    withCopy(async (copy, next, folder) => {
      await putBy(copy, folder);
      expect(await takeOverPutBy(next, folder, context)).toMatchObject({ outcome: { ok: true } });
      expect(await standing(next)).toEqual({ said: 1, waiting: CASES + 1 });
    }),
  );

  it(
    'is known again after a death between taking over and forgetting it',
    withCopy(async (copy, next, folder) => {
      await putBy(copy, folder);
      const kept = `${folder}-kept`;
      cpSync(folder, kept, { recursive: true });
      await takeOverPutBy(next, folder, context);
      cpSync(kept, folder, { recursive: true });
      const again = await takeOverPutBy(next, folder, context);
      expect(again).toMatchObject({ outcome: { ok: true, value: { id: 'a1b2' } } });
      expect((await standing(next)).waiting).toBe(CASES + 1);
      expect(existsSync(folder)).toBe(false);
    }),
  );

  it(
    'is nothing when the machine died while it was brought here',
    withCopy(async (copy, next, folder) => {
      await putBy(copy, folder);
      rmSync(join(folder, 'order.json'));
      writeFileSync(join(folder, 'order.json.part'), '{"na');
      expect(putByName(folder)).toBeNull();
      expect(await takeOverPutBy(next, folder, context)).toBeNull();
      // The next try begins from nothing.
      expect(await putBy(copy, folder)).toMatchObject({ ok: true });
      expect(await takeOverPutBy(next, folder, context)).toMatchObject({ outcome: { ok: true } });
    }),
  );

  it(
    'is refused by a machine with a case of its own, which keeps it',
    withCopy(async (copy, next, folder) => {
      const { store } = openForTest(next);
      must(await store.submitCase(newCase(50)));
      await store.close();
      expect(isEmptyStore(next)).toBe(false);
      await putBy(copy, folder);
      const taken = await takeOverPutBy(next, folder, context);
      expect(taken).toMatchObject({ outcome: { ok: false, error: { code: 'not-empty' } } });
      expect(await standing(next)).toEqual({ said: 0, waiting: 1 });
      expect([existsSync(folder), existsSync(copy)]).toEqual([false, true]);
    }),
  );

  it.each<[string, string, (copy: string) => void]>([
    ['cut off', 'damaged', (copy) => truncateSync(copy, 40_960)],
    ['something else', 'unavailable', (copy) => writeFileSync(copy, 'no database at all '.repeat(400))],
    ['without its files', 'damaged', (copy) => rmSync(copiesOf(copy), { recursive: true })],
  ])('is refused when it is %s; the empty machine stays as it was', (_what, code, harm) =>
    withCopy(async (copy, next, folder) => {
      await openForTest(next).store.close();
      harm(copy);
      await putBy(copy, folder);
      const taken = await takeOverPutBy(next, folder, context);
      expect(
        taken?.outcome.ok === false && ['damaged', 'foreign', 'unavailable'].includes(taken.outcome.error.code),
      ).toBe(true);
      if (code === 'damaged') expect(taken).toMatchObject({ outcome: { error: { code } } });
      expect(await standing(next)).toEqual({ said: 0, waiting: 0 });
    })(),
  );

  it(
    'that cannot be read is not put by, and leaves nothing behind',
    withCopy(async (copy, _next, folder) => {
      expect(await putBy(join(copy, '..', 'gone.sqlite'), folder)).toEqual({ ok: false, error: 'unavailable' });
      expect(existsSync(folder)).toBe(false);
    }),
  );
});

const putByNameOf = (copy: string): string => copy.split('/').at(-1) ?? '';

describe('copies on a stick', () => {
  it(
    'are found by the name that a hand-over gives them',
    withCopy(async (copy) => {
      const stick = join(copy, '..');
      writeFileSync(join(stick, 'holiday.sqlite'), '');
      expect(await copiesIn(stick)).toMatchObject([{ file: copy, bytes: expect.any(Number) }]);
      expect(await copiesIn(join(stick, 'not-there'))).toEqual([]);
    }),
  );
});

describe('an empty store', () => {
  it(
    'is none that cannot be read',
    withFolder((dir) => {
      expect(isEmptyStore(join(dir, 'not-there'))).toBe(false);
      return Promise.resolve();
    }),
  );
});
