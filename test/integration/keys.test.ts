import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePickupCode } from '../../electron/domain/pickup-code.ts';
import { openSupervised, spawnNodeChild, type Channel } from '../../electron/app/queue/index.ts';
import { loadSqlite, queueTool } from '../../electron/store/index.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { TEST_CARDS } from '../fixtures/cards.ts';
import { SAMPLE_FORMS } from '../fixtures/forms.ts';
import { TestKiosk, until } from './app-kit.ts';
import { announce, codeOf, fileCase, functionNow, taken, typeCode, unlock } from './steps.ts';

const PERSONAL = [
  TEST_CARDS.lin.card.name,
  TEST_CARDS.lin.card.number,
  TEST_CARDS.lin.card.address,
  ...['phone', 'landlord-name', 'landlord-number', 'house-address'].map(
    (field) => SAMPLE_FORMS['rent-filing']?.answers[field] ?? '',
  ),
];
const HOLDER = '澄湖柳岸**公司';

/** Which of the texts stand in these bytes, in UTF-8 or in the two-byte form of a script engine. */
function found(bytes: Buffer, texts: readonly string[]): string[] {
  return texts.filter((text) => bytes.includes(text, 0, 'utf8') || bytes.includes(text, 0, 'utf16le'));
}

async function onDisk(dir: string, texts: readonly string[]): Promise<string[]> {
  const hits: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'ballast') continue;
    const path = join(entry.parentPath, entry.name);
    for (const text of found(await readFile(path), texts)) hits.push(`${path}: ${text}`);
  }
  return hits;
}

/** Searches everything that a process may write to: its heap, its stacks, what it mapped for itself. */
function inMemory(pid: number, texts: readonly string[]): string[] {
  const hits = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      if (!match) continue;
      const [from, to] = [parseInt(match[1] ?? '', 16), parseInt(match[2] ?? '', 16)];
      // Slices overlap, so that nothing is missed at their borders.
      for (let at = from; at < to; at += (16 << 20) - 4096) {
        const slice = Buffer.allocUnsafe(Math.min(16 << 20, to - at));
        let read = 0;
        try {
          read = readSync(memory, slice, 0, slice.length, at);
        } catch {
          // Reserved but never used, or gone meanwhile.
          continue;
        }
        for (const text of found(slice.subarray(0, read), texts)) hits.add(text);
      }
    }
  } finally {
    closeSync(memory);
  }
  return [...hits];
}

/** Patience with a search through all memory of two processes, in milliseconds: it is as long as they are large. */
const SEARCH_MS = 60_000;

describe('a kiosk whose store runs in a process of its own', () => {
  let kiosk: TestKiosk;
  let queue: Channel | null = null;
  beforeAll(async () => {
    kiosk = await TestKiosk.prepare();
    const spawn = spawnNodeChild(join(import.meta.dirname, '..', '..', 'electron', 'store-process.ts'));
    kiosk.openQueue = openSupervised(() => (queue = spawn()));
    await kiosk.open();
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  it.runIf(process.platform === 'linux')(
    'cannot read its own queue: nothing of a form is on disk or in that process',
    async () => {
      await kiosk.stack.platform.faults.vanish();
      await kiosk.link('down');
      const { visitId, result } = await fileCase(kiosk);
      expect(result.state).toBe('kept');
      const pid = queue?.pid ?? 0;
      // The search finds what is there: the tracking number in both, the form in the process that had it in its hands.
      expect(inMemory(pid, [result.trackingNumber])).toEqual([result.trackingNumber]);
      expect((await onDisk(kiosk.stack.dataDir, [result.trackingNumber])).length).toBeGreaterThan(0);
      expect(inMemory(process.pid, [TEST_CARDS.lin.card.name])).toEqual([TEST_CARDS.lin.card.name]);
      for (const moment of ['waiting', 'visit over', 'sent']) {
        expect(inMemory(pid, PERSONAL), moment).toEqual([]);
        expect(await onDisk(kiosk.stack.dataDir, PERSONAL), moment).toEqual([]);
        if (moment === 'waiting') await kiosk.must('visit.end', { visitId, reason: 'finished' });
        if (moment === 'visit over') {
          await kiosk.stack.platform.faults.restore();
          await kiosk.link('up');
          await kiosk.drained();
        }
      }
    },
    SEARCH_MS,
  );

  it('has no locker list on disk that could be read, nor a key beside it that is not wrapped', async () => {
    const { code } = await announce(kiosk, '01', { holder: HOLDER });
    await taken(kiosk, code);
    const { checked } = await typeCode(kiosk, code);
    expect(checked).toMatchObject({ ok: true, value: { holder: HOLDER } });
    const db = new (loadSqlite())(join(kiosk.stack.dataDir, 'store', 'kiosk.sqlite'), { readonly: true });
    const rows = db.prepare('SELECT holder, contents, key_id, length(guarded) AS bytes FROM pickups').all();
    db.close();
    expect(rows).toEqual([{ holder: '', contents: '[]', key_id: expect.any(String), bytes: expect.any(Number) }]);
    expect(await onDisk(kiosk.stack.dataDir, [HOLDER, code, 'Company seal'])).toEqual([]);
  });

  it('goes on with its keys when the process dies, and after the technician changed them', async () => {
    const { code } = await announce(kiosk, '02', { holder: HOLDER });
    await taken(kiosk, code);
    queue?.kill();
    expect((await typeCode(kiosk, code)).checked).toMatchObject({ ok: true });
    const token = await unlock(kiosk);
    const before = await kiosk.must('technician.store', { token });
    expect(before).toMatchObject({ keys: { state: 'held' }, handedOver: null, evidence: { seq: expect.any(Number) } });
    expect(await kiosk.must('technician.rotateKey', { token })).toEqual({ done: true, why: null });
    const after = await kiosk.must('technician.store', { token });
    expect(after.keys.state).toBe('held');
    expect(after.keys.keyId).not.toBe(before.keys.keyId);
    queue?.kill();
    expect((await typeCode(kiosk, code)).checked).toMatchObject({ ok: true });
    expect(await kiosk.must('technician.renewKey', { token })).toEqual({ done: false, why: 'key-not-lost' });
    expect(await onDisk(kiosk.stack.dataDir, [HOLDER])).toEqual([]);
  });

  it('lets wrong codes count on over a restart', async () => {
    const wrong = Array.from({ length: 8 }, (_, index) => makePickupCode(`${index}${index}54321`));
    const codes: string[] = [];
    for (const text of wrong.slice(0, 7)) codes.push(codeOf((await typeCode(kiosk, text)).checked));
    const counted = codes.filter((code) => code === 'L403-code-unknown').length;
    expect(counted).toBe(5);
    await kiosk.close();
    await kiosk.open();
    await kiosk.devicesReady();
    expect(codeOf((await typeCode(kiosk, wrong[7] ?? '')).checked)).toBe('L408-too-many-tries');
  });
});

describe('a lost local data key', () => {
  let kiosk: TestKiosk;
  let code: string;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
    await kiosk.link('up');
    ({ code } = await announce(kiosk, '03', { holder: HOLDER }));
    await taken(kiosk, code);
    await kiosk.close();
    await rm(join(kiosk.stack.dataDir, 'keys', 'ring.json'));
    await kiosk.open();
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  it("is said in the log, on the technician's screen and to whoever wants to collect; cases are taken as ever", async () => {
    expect(kiosk.logTail().map((line) => line.event)).toContain('local-key-lost');
    await until('collecting closed', async () => (await functionNow(kiosk, 'collect')).state === 'not-now');
    expect((await functionNow(kiosk, 'collect')).reason).toBe('L412-list-unreadable');
    expect(codeOf((await typeCode(kiosk, code)).checked)).toBe('L412-list-unreadable');
    const token = await unlock(kiosk);
    expect((await kiosk.must('technician.store', { token })).keys.state).toBe('lost');
    expect(await kiosk.must('technician.rotateKey', { token })).toEqual({ done: false, why: 'key-lost' });
    expect((await fileCase(kiosk)).result.state).not.toBe('kept');
  });

  it('is still lost after another start, and nothing was begun afresh meanwhile', async () => {
    await kiosk.close();
    await kiosk.open();
    await kiosk.devicesReady();
    await kiosk.link('up');
    const token = await unlock(kiosk);
    expect((await kiosk.must('technician.store', { token })).keys.state).toBe('lost');
  });

  it('is renewed by the technician; the list comes again and the code opens', async () => {
    const token = await unlock(kiosk);
    expect(await kiosk.must('technician.renewKey', { token })).toEqual({ done: true, why: null });
    await until('collecting open', async () => (await functionNow(kiosk, 'collect')).state === 'open');
    expect((await typeCode(kiosk, code)).checked).toMatchObject({ ok: true, value: { holder: HOLDER } });
    expect(kiosk.bugs).toEqual([]);
  });
});

describe('a machine that is swapped', () => {
  it('gives its unsent queue to the next one, which sends every case once', async () => {
    const kiosk = await TestKiosk.start();
    const dir = await mkdtemp(join(tmpdir(), 'h24-stick-'));
    try {
      await kiosk.devicesReady();
      await kiosk.link('up');
      const sent = (await fileCase(kiosk)).result;
      await kiosk.stack.platform.faults.vanish();
      await kiosk.link('down');
      const kept = [];
      for (let number = 0; number < 4; number += 1) kept.push((await fileCase(kiosk)).result);
      const token = await unlock(kiosk);
      expect(await kiosk.must('technician.handOver', { token, folder: join(dir, 'none') })).toMatchObject({
        why: 'folder',
      });
      expect(await kiosk.must('technician.handOver', { token, folder: kiosk.stack.dataDir })).toMatchObject({
        why: 'folder',
      });
      const { copy } = await kiosk.must('technician.handOver', { token, folder: dir });
      expect(copy).toMatchObject({ entries: 4 });
      await until('closed for cases', async () => (await functionNow(kiosk, 'apply')).state === 'not-now');
      // The line comes back while both machines are on: the old one is silent.
      await kiosk.stack.platform.faults.restore();
      await kiosk.link('up');
      await kiosk.must('technician.sendNow', { token });
      expect((await kiosk.stack.platform.holdings()).cases).toHaveLength(1);
      await kiosk.close();

      const next = join(dir, 'next');
      const said: string[] = [];
      const context = { clock: systemClock, random: systemRandom, say: (line: string) => void said.push(line) };
      expect(await queueTool(['restore', copy?.file ?? '', next], context)).toBe(0);
      await copyFile(kiosk.stack.configPath, join(dir, 'first.json'));
      const started = await kiosk.tryOpen(next);
      expect(started.ok).toBe(true);
      await kiosk.devicesReady();
      await kiosk.link('up');
      await kiosk.drained();
      // Even a copy that is taken over twice doubles nothing: the keys are the same.
      const cases = (await kiosk.stack.platform.holdings()).cases;
      expect(cases.map((one) => one.trackingNumber).sort()).toEqual(
        [sent, ...kept].map((one) => one.trackingNumber).sort(),
      );
      expect(new Set(cases.map((one) => one.caseId)).size).toBe(5);
      const fresh = (await fileCase(kiosk)).result;
      expect([sent, ...kept].map((one) => one.trackingNumber)).not.toContain(fresh.trackingNumber);
      expect(kiosk.bugs).toEqual([]);
    } finally {
      await kiosk.stop();
      await rm(dir, { recursive: true, force: true });
    }
  }, 60_000);
});
