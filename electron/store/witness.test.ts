import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrackingNumber } from '../domain/tracking-number.ts';
import { openStore, type OpenedStore } from './open.ts';
import { START, claim, must, newCase, pickupList, testClock, testId, testRandom, withFolder } from './test-kit.ts';
import { markBytes, readWitness, SLOT_BYTES, writeWitness, type WitnessRecord } from './witness-files.ts';
import { BLOCK } from './witness.ts';

const open = (dir: string, boot: string | null = 'boot-1'): OpenedStore => {
  const opened = openStore({ dir, clock: testClock, random: testRandom, ballastBytes: 0, freeBytesWanted: 0, boot });
  if (!opened.ok) throw new Error(opened.error.detail);
  return opened.value;
};

/** Keeps cases and gives the numbers of the day that they got. */
async function keep({ store }: OpenedStore, from: number, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let number = from; number < from + count; number += 1) {
    const parsed = parseTrackingNumber(must(await store.submitCase(newCase(number))).trackingNumber);
    if (parsed.ok) numbers.push(parsed.value.sequence);
  }
  return numbers;
}

/** Puts the database of one folder in the place of another's, as a restored copy would. */
function replaceDatabase(from: string, to: string): void {
  for (const name of readdirSync(to)) if (name.startsWith('kiosk.')) rmSync(join(to, name));
  for (const name of readdirSync(from)) if (name.startsWith('kiosk.')) cpSync(join(from, name), join(to, name));
}

const aside = (dir: string): string => {
  const copy = `${dir}-copy`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(dir, copy, { recursive: true });
  return copy;
};

const withCopy = (use: (dir: string) => Promise<void>): (() => Promise<void>) =>
  withFolder(async (parent) => use(join(parent, 'store')));

describe('a store that is as it was left', () => {
  it(
    'opens without a word and counts on',
    withCopy(async (dir) => {
      const first = open(dir);
      expect(first.loss).toBeNull();
      expect(await keep(first, 1, 3)).toEqual([1, 2, 3]);
      await first.store.close();
      for (const boot of ['boot-1', 'boot-2']) {
        const again = open(dir, boot);
        expect([again.report.kind, again.loss]).toEqual(['opened', null]);
        expect(must(await again.store.storeLoss())).toBeNull();
        await again.store.close();
      }
      const last = open(dir);
      expect(await keep(last, 4, 1)).toEqual([4]);
      await last.store.close();
    }),
  );

  it(
    'goes on behind the reserved block when the machine went down with it',
    withCopy(async (dir) => {
      const first = open(dir);
      await keep(first, 1, 3);
      const left = aside(dir);
      await first.store.close();
      const samePower = open(left, 'boot-1');
      expect(await keep(samePower, 4, 1)).toEqual([4]);
      const leftAgain = aside(left);
      await samePower.store.close();
      const anew = open(leftAgain, 'boot-2');
      expect(anew.loss).toBeNull();
      expect(await keep(anew, 5, 2)).toEqual([BLOCK + 1, BLOCK + 2]);
      await anew.store.close();
    }),
  );

  it(
    'writes nothing for work that changes nothing',
    withCopy(async (dir) => {
      const { store } = open(dir);
      must(await claim(store, START, 10));
      const before = [readFileSync(join(dir, 'witness.marks')), statSync(join(dir, 'kiosk.sqlite-wal')).size];
      must(await claim(store, START, 10));
      must(await store.releaseClaims());
      must(await store.evidenceHead());
      expect([readFileSync(join(dir, 'witness.marks')), statSync(join(dir, 'kiosk.sqlite-wal')).size]).toEqual(before);
      await store.close();
    }),
  );
});

describe('a database that is an earlier state', () => {
  it(
    'is told from its witness after a clean end, and no number is given twice',
    withCopy(async (dir) => {
      const first = open(dir);
      await keep(first, 1, 5);
      await first.store.close();
      const copy = aside(dir);
      const second = open(dir);
      const numbers = await keep(second, 6, 300);
      const head = must(await second.store.evidenceHead());
      await second.store.close();
      replaceDatabase(copy, dir);
      const third = open(dir);
      expect(third.loss).toMatchObject({ kind: 'rolled-back', had: { seq: head?.seq, hash: head?.hash } });
      expect(third.loss?.has?.seq).toBe(5);
      expect((await keep(third, 900, 1))[0]).toBeGreaterThan(numbers.at(-1) ?? 0);
      // Said, on record, until a technician has seen it.
      expect(must(await third.store.storeLoss())).toEqual(third.loss);
      expect(must(await third.store.auditTail(1))).toMatchObject([{ who: 'kiosk', what: 'store-rolled-back' }]);
      await third.store.close();
      const fourth = open(dir);
      expect(fourth.loss).toBeNull();
      expect(must(await fourth.store.storeLoss())).toEqual(third.loss);
      must(await fourth.store.noteLoss(START));
      expect(must(await fourth.store.storeLoss())).toBeNull();
      expect(await fourth.store.noteLoss(START)).toMatchObject({ ok: false, error: { code: 'not-found' } });
      await fourth.store.close();
    }),
  );

  it(
    'is told after a kill too, to the last commit',
    withCopy(async (dir) => {
      const first = open(dir);
      await keep(first, 1, 2);
      const before = `${dir}-before`;
      cpSync(dir, before, { recursive: true });
      // One act without a record of evidence is enough.
      const act = { actId: testId(7), kind: 'open-door' as const, subjectId: testId(8), at: START, detail: {} };
      must(await first.store.beginAct(act));
      const left = aside(dir);
      await first.store.close();
      const harmed = `${dir}-harmed`;
      cpSync(left, harmed, { recursive: true });
      replaceDatabase(before, harmed);
      for (const [place, kind] of [
        [left, undefined],
        [harmed, 'rolled-back'],
      ] as const) {
        const next = open(place);
        expect(next.loss?.kind).toBe(kind);
        await next.store.close();
      }
    }),
  );

  it(
    'gives doors that were under way to the duty staff',
    withCopy(async (dir) => {
      const first = open(dir);
      must(await first.store.announcePickups(pickupList({})));
      const step = { pickupId: testId(0x30_0000), actId: testId(77), at: START };
      must(await first.store.beginOpening(step));
      must(await first.store.advanceAct({ actId: step.actId, event: 'send', at: START }));
      await first.store.close();
      const copy = aside(dir);
      const second = open(dir);
      must(await second.store.settleOpening({ ...step, outcome: 'opened', kioskCode: 'CH03' }));
      await second.store.close();
      replaceDatabase(copy, dir);
      const third = open(dir);
      expect(third.loss?.kind).toBe('rolled-back');
      expect(must(await third.store.openActs())).toMatchObject([
        { actId: step.actId, state: 'unknown', owner: 'duty-staff', detail: { lostTrack: true } },
      ]);
      expect(await third.store.beginOpening({ ...step, actId: testId(78) })).toMatchObject({
        error: { detail: 'outcome-unknown' },
      });
      await third.store.close();
    }),
  );

  it(
    'is said when nothing of it is left',
    withCopy(async (dir) => {
      const first = open(dir);
      const numbers = await keep(first, 1, 3);
      await first.store.close();
      for (const harm of ['empty', 'gone'] as const) {
        if (harm === 'empty') writeFileSync(join(dir, 'kiosk.sqlite'), '');
        else for (const name of readdirSync(dir)) if (name.startsWith('kiosk.')) rmSync(join(dir, name));
        const next = open(dir);
        expect([next.report.kind, next.loss?.kind]).toEqual(['new', 'database-gone']);
        numbers.push(...(await keep(next, 10, 2)));
        expect(new Set(numbers).size).toBe(numbers.length);
        await next.store.close();
      }
    }),
  );

  it(
    'is another kiosk’s',
    withCopy(async (dir) => {
      const other = open(`${dir}-other`);
      await keep(other, 1, 9);
      await other.store.close();
      const own = open(dir);
      await keep(own, 100, 1);
      await own.store.close();
      replaceDatabase(`${dir}-other`, dir);
      const next = open(dir);
      expect(next.loss?.kind).toBe('rolled-back');
      await next.store.close();
    }),
  );
});

describe('a witness that is gone or damaged', () => {
  it(
    'is said and made anew; numbers go on behind a gap',
    withCopy(async (dir) => {
      const first = open(dir);
      const numbers = await keep(first, 1, 3);
      await first.store.close();
      for (const name of readdirSync(dir)) if (name.startsWith('witness.')) rmSync(join(dir, name));
      const next = open(dir);
      expect(next.loss).toMatchObject({ kind: 'witness-lost', had: null });
      expect((await keep(next, 50, 1))[0]).toBe((numbers.at(-1) ?? 0) + BLOCK + 1);
      expect(must(await next.store.auditTail(1))).toMatchObject([{ what: 'store-witness-lost' }]);
      await next.store.close();
      const later = open(dir);
      expect(later.loss).toBeNull();
      await later.store.close();
    }),
  );

  it(
    'holds by its other copy',
    withCopy(async (dir) => {
      const first = open(dir);
      await keep(first, 1, 3);
      await first.store.close();
      for (const copy of ['witness.1', 'witness.2']) {
        const path = join(dir, copy);
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.subarray(0, bytes.length - 9));
        const next = open(dir);
        expect(next.loss).toBeNull();
        await next.store.close();
      }
    }),
  );
});

describe('the files of the witness', () => {
  const record: WitnessRecord = {
    generation: 4,
    storeId: 's1',
    boot: 'b',
    state: 'running',
    marked: true,
    mark: { commits: 7, evidence: null },
    reserved: [{ kioskCode: 'CH03', localDate: '2026-01-05', floor: 0, upTo: 256 }],
  };

  it(
    'give the newer copy and the furthest mark of the same store',
    withFolder((dir) => {
      writeWitness(dir, { ...record, generation: 3 });
      writeWitness(dir, record);
      const slots = Buffer.alloc(2 * SLOT_BYTES);
      markBytes('s1', { commits: 9, evidence: { seq: 2, hash: 'b'.repeat(64) } }).copy(slots, 0);
      markBytes('s2', { commits: 99, evidence: null }).copy(slots, SLOT_BYTES);
      writeFileSync(join(dir, 'witness.marks'), slots);
      expect(readWitness(dir)).toMatchObject({
        record,
        mark: { commits: 9, evidence: { seq: 2 } },
        marksLost: false,
        damaged: false,
      });
      return Promise.resolve();
    }),
  );

  it(
    'are not believed when a byte of them changed',
    withFolder((dir) => {
      const slots = Buffer.alloc(2 * SLOT_BYTES);
      markBytes('s1', { commits: 9, evidence: null }).copy(slots, 0);
      const length = slots.toString('latin1').indexOf(' '.repeat(8));
      fc.assert(
        fc.property(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, by, inRecord) => {
          for (const generation of [3, 4]) writeWitness(dir, { ...record, generation });
          const harmed = Buffer.from(slots);
          if (!inRecord) harmed[at] = (harmed[at] ?? 0) ^ by;
          writeFileSync(join(dir, 'witness.marks'), harmed);
          if (inRecord) {
            const path = join(dir, 'witness.1');
            const bytes = readFileSync(path);
            const place = at % bytes.length;
            bytes[place] = (bytes[place] ?? 0) ^ by;
            writeFileSync(path, bytes);
          }
          const found = readWitness(dir);
          return inRecord
            ? found.record?.generation === 3 && found.damaged && found.mark?.commits === 9
            : found.mark?.commits === 7 && found.marksLost;
        }),
        { numRuns: 40 },
      );
      return Promise.resolve();
    }),
  );
});

describe('what the platform holds', () => {
  it(
    'shows a store that is behind, once, and numbers go on behind it',
    withCopy(async (dir) => {
      const opened = open(dir);
      const { store } = opened;
      await keep(opened, 1, 2);
      const head = must(await store.evidenceHead());
      if (!head) throw new Error('no head');
      const own = { seq: head.seq, hash: head.hash };
      const day = (last: number) => [{ localDate: '2026-01-05', last }];
      expect(must(await store.compareHeld('CH03', { evidence: own, numbers: day(2) }))).toBeNull();
      expect(must(await store.compareHeld('CH03', {}))).toBeNull();
      const newer = { evidence: { seq: 40, hash: 'c'.repeat(64) }, numbers: day(30) };
      expect(must(await store.compareHeld('CH03', newer))).toMatchObject({ kind: 'platform-newer', had: { seq: 40 } });
      expect(must(await store.compareHeld('CH03', newer))).toBeNull();
      expect(must(await store.storeLoss())).toMatchObject({ kind: 'platform-newer' });
      expect((await keep(opened, 3, 1))[0]).toBeGreaterThan(30);
      // A number that no kiosk reaches is not believed: behind it there would be none to give.
      for (const last of [999_999, Number.MAX_SAFE_INTEGER]) {
        must(await store.compareHeld('CH03', { evidence: own, numbers: day(last) }));
      }
      expect((await keep(opened, 4, 1))[0]).toBeLessThan(600);
      // The same number of a record, and another record. One that changes with every sign of life is not told each time.
      const forked = { evidence: { seq: 1, hash: 'd'.repeat(64) } };
      const records = must(await store.evidenceHead())?.seq;
      for (const digit of ['a', 'b', 'e']) {
        const other = { evidence: { seq: 41, hash: digit.repeat(64) }, numbers: day(60_000 + Number(`0x${digit}`)) };
        expect(must(await store.compareHeld('CH03', other))).toBeNull();
      }
      expect(must(await store.evidenceHead())?.seq).toBe(records);
      must(await store.noteLoss(START));
      expect(must(await store.compareHeld('CH03', forked))).toMatchObject({ kind: 'platform-newer' });
      await store.close();
    }),
  );
});
