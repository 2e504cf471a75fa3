import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outOfServiceHandlers } from '../../electron/app/handlers.ts';
import { CALLS, type CallName } from '../../electron/contract/calls.ts';
import { createRouter } from '../../electron/ipc/router.ts';
import { FREE_BYTES_WANTED } from '../../electron/store/disk.ts';
import { TEST_PIN } from '../dev/kiosk-config.ts';
import { TestKiosk, until } from './app-kit.ts';
import { codeOf, fileCase, freshId, functionNow, review, unlock } from './steps.ts';

describe('a start', () => {
  let kiosk: TestKiosk;
  /** The data of a kiosk that has worked, to begin each test from. */
  let saved: string;
  let delivered: string;
  let waiting: string;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    saved = await mkdtemp(join(tmpdir(), 'h24-saved-'));
    await kiosk.devicesReady();
    await kiosk.link('up');
    delivered = (await fileCase(kiosk)).result.trackingNumber;
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    waiting = (await fileCase(kiosk)).result.trackingNumber;
    await kiosk.close();
    await cp(kiosk.stack.dataDir, saved, { recursive: true });
  });
  afterAll(async () => {
    await kiosk.stop();
    await rm(saved, { recursive: true, force: true });
  });

  const database = (): string => join(kiosk.stack.dataDir, 'store', 'kiosk.sqlite');
  const config = (version: number): string => join(kiosk.stack.dataDir, 'config', `kiosk.${version}.json`);
  /** Puts the saved data back. */
  async function reset(): Promise<void> {
    await kiosk.close();
    await rm(kiosk.stack.dataDir, { recursive: true, force: true });
    await cp(saved, kiosk.stack.dataDir, { recursive: true });
  }
  const find = async (number: string): Promise<string> => {
    const found = await kiosk.call('case.find', { number });
    return found.ok ? found.value.state : found.error.code;
  };
  const logged = (event: string): boolean => kiosk.logTail().some((line) => line.event === event);

  it('again has every case, as it was', async () => {
    await reset();
    await kiosk.open();
    expect(await find(delivered)).toBe('approved');
    expect(await find(waiting)).toBe('kept');
    await until('count told', async () => (await kiosk.must('kiosk.snapshot', {})).waitingToSend === 1);
  });

  it.each([
    ['garbage in its middle', async () => damage(database(), 3 * 4096 + 100, 4096)],
    ['a page of zeros', async () => damage(database(), 2 * 4096, 4096, 0)],
    ['its end cut off', async () => truncate(database(), 5 * 4096)],
    ['nothing but garbage', async () => writeFile(database(), Buffer.alloc(50_000, 0x5a))],
    ['a length of zero', async () => truncate(database(), 0)],
  ])('on a database with %s works, says so, and keeps what can be read', async (_, harm) => {
    await reset();
    await harm();
    const started = await kiosk.tryOpen();
    expect(started.ok).toBe(true);
    await kiosk.devicesReady();
    // In trouble or not, the next person can file a case, and it is kept.
    const { result } = await fileCase(kiosk);
    expect(await find(result.trackingNumber)).toBe('kept');
    const reports = kiosk.logTail().filter((line) => line.event === 'store-opened');
    expect(reports).toHaveLength(1);
    const [report] = reports;
    if (report?.detail.includes('salvaged')) {
      expect(report.level).toBe('error');
      // The damaged file is kept for whoever can read more of it.
      const names = await readdir(join(kiosk.stack.dataDir, 'store'), { recursive: true });
      expect(names.some((name) => /damaged|corrupt|broken/.test(name))).toBe(true);
    }
  });

  it.each([
    ['newer', async () => patch(database(), 60, [0x7f, 0, 0, 0])],
    ['foreign', async () => writeFile(database(), await foreignDatabase())],
  ] as const)('on a %s database is refused in words and touches nothing', async (reason, harm) => {
    await reset();
    await harm();
    const before = await readFile(database());
    expect(await kiosk.tryOpen()).toEqual({
      ok: false,
      error: { code: 'K103-store-unavailable', params: { reason, phone: '5550124' } },
    });
    expect((await readFile(database())).equals(before)).toBe(true);
  });

  it('without the WAL of its database has what was written through', async () => {
    await reset();
    await rm(`${database()}-wal`, { force: true });
    await rm(`${database()}-shm`, { force: true });
    await kiosk.open();
    expect(await find(delivered)).toBe('approved');
    expect(await find(waiting)).toBe('kept');
  });

  it('with the newest configuration damaged takes the one before and says so', async () => {
    await reset();
    await kiosk.open();
    const token = await unlock(kiosk);
    const { settings, version } = await kiosk.must('technician.devices', { token });
    const printer = settings.find((one) => one.deviceClass === 'receipt-printer');
    if (!printer) throw new Error('no printer');
    const change = {
      token,
      setting: { ...printer, options: { ...printer.options, width: '58' } },
      baseVersion: version,
    };
    expect(await kiosk.must('technician.save', change)).toMatchObject({ saved: true, version: 2 });
    await kiosk.close();
    for (const text of ['', '{"format": 1, "ver', '[]', '{"format": 2}', '\u0000\u0000\u0000']) {
      await writeFile(config(2), text);
      await kiosk.open();
      expect(kiosk.app.useCases.settings.version()).toBe(1);
      expect(logged('configuration-damaged')).toBe(true);
      await kiosk.close();
    }
    // The next change takes the damaged one's place.
    await kiosk.open();
    const next = await unlock(kiosk);
    expect(await kiosk.must('technician.save', { ...change, token: next, baseVersion: 1 })).toMatchObject({
      version: 2,
    });
    await kiosk.close();
    await kiosk.open();
    expect(kiosk.app.useCases.settings.version()).toBe(2);
    expect(logged('configuration-damaged')).toBe(false);
  });

  it('with every configuration damaged is out of service: each call says K107, nothing is written over', async () => {
    await reset();
    await writeFile(config(1), '{"format": 1');
    const started = await kiosk.tryOpen();
    expect(started).toMatchObject({ ok: false, error: { code: 'K107-config-damaged' } });
    expect(await readFile(config(1), 'utf8')).toBe('{"format": 1');
    if (started.ok) return;
    const route = createRouter({
      handlers: outOfServiceHandlers(started.error),
      origin: 'app://hall24',
      log: () => undefined,
    });
    const inputs: Partial<Record<CallName, object>> = {
      'visit.begin': { language: 'en' },
      'case.find': { number: waiting },
      'technician.unlock': { pin: TEST_PIN },
    };
    for (const name of Object.keys(CALLS) as CallName[]) {
      const answer = await route({ url: 'app://hall24/index.html', mainFrame: true }, name, inputs[name] ?? {});
      expect(answer.ok).toBe(false);
      const asked = name in inputs || CALLS[name].input.safeParse({}).success;
      if (!answer.ok) expect(answer.error.code, name).toBe(asked ? 'K107-config-damaged' : 'K101-bad-request');
    }
  });

  it('where the data folder cannot be used gives a problem, no throw', async () => {
    await kiosk.close();
    await rm(kiosk.stack.dataDir, { recursive: true, force: true });
    await writeFile(kiosk.stack.dataDir, 'a file where the folder should be');
    const started = await kiosk.tryOpen();
    expect(started).toMatchObject({ ok: false, error: { code: 'K103-store-unavailable' } });
    await rm(kiosk.stack.dataDir);
  });
});

describe('a first start without the platform and its key', () => {
  it('takes no cases and says why; when the platform comes, it opens by itself', async () => {
    const kiosk = await TestKiosk.start({ withSealingKey: false });
    try {
      // Even the shortest way to the platform is taken away before the first heartbeat counts.
      await kiosk.close();
      await rm(join(kiosk.stack.dataDir, 'store'), { recursive: true, force: true });
      await kiosk.stack.platform.faults.vanish();
      await kiosk.open();
      await kiosk.devicesReady();
      await until('judged', async () => (await functionNow(kiosk, 'apply')).reason === 'S505-no-sealing-key');
      expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'not-now' });
      const input = await review(kiosk);
      expect(codeOf(await kiosk.call('case.submit', input))).toBe('S505-no-sealing-key');
      await kiosk.stack.platform.faults.restore();
      await until('open', async () => (await functionNow(kiosk, 'apply')).state === 'open');
      expect((await kiosk.must('case.submit', { ...(await review(kiosk)), submissionId: freshId() })).state).toBe(
        'approved',
      );
      expect(kiosk.bugs).toEqual([]);
    } finally {
      await kiosk.stop();
    }
  });
});

/** Room for a database, the free space that is wanted, the ballast, and a little. */
const SMALL_DISK = FREE_BYTES_WANTED + (48 << 20);
const mounted = mountSmall();

describe.skipIf(mounted.dir === null)(
  `a full disk${mounted.whyNot === '' ? '' : ` (skipped: ${mounted.whyNot})`}`,
  () => {
    afterAll(() => {
      if (mounted.dir === null) return;
      spawnSync('umount', [mounted.dir]);
      rmSync(mounted.dir, { recursive: true, force: true });
    });

    it('closes the door to new cases before a card is asked for, loses none, and opens again with room', async () => {
      const dir = mounted.dir ?? '';
      const kiosk = await TestKiosk.start({ dir });
      try {
        await kiosk.devicesReady();
        await kiosk.link('up');
        await kiosk.stack.platform.faults.vanish();
        await kiosk.link('down');
        const { result } = await fileCase(kiosk);
        expect(result.state).toBe('kept');
        const input = await review(kiosk);
        await fill(join(dir, 'others'));
        expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'not-now', reason: 'K104-no-space' });
        expect((await functionNow(kiosk, 'collect')).state).not.toBe('not-now');
        // Somebody who was already at the review hears it too, and is told no number.
        expect(codeOf(await kiosk.call('case.submit', input))).toBe('K104-no-space');
        // A restart on the full disk is no way out, and no end.
        await kiosk.close();
        await kiosk.open();
        expect((await kiosk.must('case.find', { number: result.trackingNumber })).state).toBe('kept');
        await kiosk.stack.platform.faults.restore();
        await kiosk.link('up');
        await kiosk.drained();
        expect((await kiosk.must('case.find', { number: result.trackingNumber })).state).toBe('approved');
        rmSync(join(dir, 'others'));
        await kiosk.devicesReady();
        await until('room again', async () => (await functionNow(kiosk, 'apply')).state === 'open');
        expect((await fileCase(kiosk)).result.state).toBe('approved');
        expect(kiosk.bugs).toEqual([]);
      } finally {
        await kiosk.stop();
      }
    });

    it('at the very first start is a problem in words', async () => {
      const dir = join(mounted.dir ?? '', 'first');
      mkdirSync(dir);
      await fill(join(mounted.dir ?? '', 'others'));
      const kiosk = await TestKiosk.prepare();
      try {
        const started = await kiosk.tryOpen(join(dir, 'data'));
        if (started.ok) {
          expect(await functionNow(kiosk, 'apply')).toMatchObject({ state: 'not-now', reason: 'K104-no-space' });
        } else {
          expect(started.error.code).toBe('K103-store-unavailable');
        }
      } finally {
        await kiosk.stop();
      }
    });
  },
);

/** Mounts a small file system, which needs root; says why not otherwise. */
function mountSmall(): { readonly dir: string | null; readonly whyNot: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { dir: null, whyNot: 'needs root on Linux' };
  const dir = mkdtempSync(join(tmpdir(), 'h24-full-'));
  const result = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK}`, 'tmpfs', dir], { encoding: 'utf8' });
  if (result.status === 0) return { dir, whyNot: '' };
  rmSync(dir, { recursive: true });
  return { dir: null, whyNot: `mount: ${result.stderr || String(result.error)}`.trim() };
}

/** Somebody else's file takes all the room. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  const block = Buffer.alloc(1 << 20, 1);
  try {
    for (;;) await file.write(block);
  } catch (cause) {
    expect((cause as NodeJS.ErrnoException).code).toBe('ENOSPC');
  } finally {
    await file.close();
  }
}

async function patch(path: string, at: number, bytes: readonly number[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(Uint8Array.from(bytes), 0, bytes.length, at);
  } finally {
    await file.close();
  }
}

function damage(path: string, at: number, length: number, value?: number): Promise<void> {
  return patch(
    path,
    at,
    Array.from({ length }, (_, index) => value ?? (index * 31 + 7) & 0xff),
  );
}

/** A sound SQLite database of another program. */
async function foreignDatabase(): Promise<Buffer> {
  const { loadSqlite } = await import('../../electron/store/sqlite.ts');
  const dir = await mkdtemp(join(tmpdir(), 'h24-foreign-'));
  try {
    const db = new (loadSqlite())(join(dir, 'x.sqlite'));
    db.exec('CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES (1)');
    db.close();
    return await readFile(join(dir, 'x.sqlite'));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
