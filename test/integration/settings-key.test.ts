import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KioskConfig } from '../../electron/app/config/schema.ts';
import { TEST_PIN } from '../dev/kiosk-config.ts';
import { readableCredentials } from '../dev/readable-credentials.ts';
import type { Stack } from '../dev/stack.ts';
import { ASSETS, TestKiosk, until } from './app-kit.ts';
import { announce, codeOf, fileCase, functionNow, taken, typeCode, unlock } from './steps.ts';

const SECOND_PIN = '975310';

async function newest(stack: Stack): Promise<{ readonly path: string; readonly config: KioskConfig }> {
  const dir = join(stack.dataDir, 'config');
  const names = (await readdir(dir)).filter((name) => /^kiosk\.\d+\.json$/.test(name));
  const version = Math.max(...names.map((name) => Number(name.split('.')[1])));
  const path = join(dir, `kiosk.${version}.json`);
  return { path, config: JSON.parse(await readFile(path, 'utf8')) as KioskConfig };
}

const steps = async (kiosk: TestKiosk, token: string): Promise<string[]> =>
  (await kiosk.must('technician.logs', { token, limit: 200 })).lines
    .filter(({ event }) => event.startsWith('audit settings-'))
    .map(({ event, detail }) => `${event} ${detail}`);

describe('credentials of a kiosk', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start({ secondPin: SECOND_PIN });
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  it('are found by this search where they lie open', async () => {
    const path = join(kiosk.stack.dataDir, 'as-a-program-before');
    await writeFile(path, JSON.stringify(kiosk.stack.config));
    expect(await readableCredentials(kiosk.stack)).toEqual(['as-a-program-before']);
    await rm(path);
  });

  it('cannot be read anywhere in its data folder after a start; that they were sealed is on record', async () => {
    expect(await readableCredentials(kiosk.stack)).toEqual([]);
    expect((await newest(kiosk.stack)).config.format).toBe(2);
    const token = await unlock(kiosk);
    expect(await steps(kiosk, token)).toEqual([
      'audit settings-sealed kiosk kiosk.1.json platform.token technician.pinHash technician.secondPinHash',
    ]);
    const store = await kiosk.must('technician.store', { token });
    expect(store.settingsKey).toMatchObject({ state: 'held', keyId: expect.any(String), old: false, closed: [] });
    expect(store.settingsKey.keyId).not.toBe(store.keys.keyId);
    for (const { madeAt } of [store.settingsKey, store.keys]) {
      expect(Math.abs(Date.now() - Date.parse(madeAt ?? ''))).toBeLessThan(600_000);
    }
  });

  it('nor after the technician saved a setting and changed the keys; both keys are others then', async () => {
    const token = await unlock(kiosk);
    const before = await kiosk.must('technician.store', { token });
    const { settings, version } = await kiosk.must('technician.devices', { token });
    const keypad = settings.find(({ deviceClass }) => deviceClass === 'evaluation-keypad');
    if (!keypad) throw new Error('no keypad');
    expect(await kiosk.must('technician.save', { token, setting: keypad, baseVersion: version })).toMatchObject({
      saved: true,
    });
    expect(await kiosk.must('technician.rotateKey', { token })).toEqual({ done: true, why: null });
    const after = await kiosk.must('technician.store', { token });
    expect(after.settingsKey.keyId).not.toBe(before.settingsKey.keyId);
    expect(after.keys.keyId).not.toBe(before.keys.keyId);
    expect((await steps(kiosk, token))[0]).toBe(`audit settings-key-in-use kiosk ${after.settingsKey.keyId ?? ''}`);
    expect(await readableCredentials(kiosk.stack)).toEqual([]);
    await kiosk.close();
    await kiosk.open();
    await kiosk.link('up');
    await unlock(kiosk);
    expect((await fileCase(kiosk)).result.state).not.toBe('kept');
    expect(kiosk.bugs).toEqual([]);
  });

  it('nor after kill -9 while the keys are being changed; the kiosk starts with them each time', async () => {
    await kiosk.close();
    const runner = join(import.meta.dirname, 'kill-runner.ts');
    for (const wait of [0, 6, 14]) {
      const { dataDir, configPath } = kiosk.stack;
      const child = spawn(process.execPath, [runner, dataDir, configPath, ASSETS], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
      try {
        for await (const line of createInterface({ input: child.stdout })) {
          const message = JSON.parse(line) as { ready?: true; id?: number; answer?: { value?: { token?: string } } };
          const ask = (id: number, name: string, input: object): void =>
            void child.stdin.write(`${JSON.stringify({ id, name, input })}\n`);
          if (message.ready) ask(1, 'technician.unlock', { pin: TEST_PIN });
          if (message.id !== 1) continue;
          // The way in is open each time: the PIN could be read.
          expect(message.answer?.value?.token, `after ${wait} ms`).toBeTypeOf('string');
          ask(2, 'technician.rotateKey', { token: message.answer?.value?.token });
          setTimeout(() => child.kill('SIGKILL'), wait);
          break;
        }
      } finally {
        await gone;
      }
      expect([wait, await readableCredentials(kiosk.stack)]).toEqual([wait, []]);
    }
    await kiosk.open();
    await kiosk.link('up');
    const token = await unlock(kiosk);
    expect((await kiosk.must('technician.store', { token })).settingsKey.state).toBe('held');
  }, 60_000);
});

describe('lost keys of a kiosk', () => {
  let kiosk: TestKiosk;
  let code: string;
  let kept: string;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
    await kiosk.link('up');
    ({ code } = await announce(kiosk, '03', {}));
    await taken(kiosk, code);
    await kiosk.close();
    await rm(join(kiosk.stack.dataDir, 'keys'), { recursive: true });
    await kiosk.open();
    await kiosk.devicesReady();
  });
  afterAll(() => kiosk.stop());

  it('let it start and take cases, which wait; it says what is missing and asks the platform nothing', async () => {
    const told = kiosk.logTail().map((line) => line.event);
    expect(told).toContain('settings-key-lost');
    expect(told).toContain('local-key-lost');
    const beats = (await kiosk.stack.platform.holdings()).heartbeats[0]?.count;
    await until('open for cases', async () => (await functionNow(kiosk, 'apply')).state !== 'not-now');
    const { result } = await fileCase(kiosk);
    expect(result.state).toBe('kept');
    kept = result.trackingNumber;
    expect((await kiosk.must('kiosk.snapshot', {})).network.state).toBe('down');
    const holdings = await kiosk.stack.platform.holdings();
    expect([holdings.cases.length, holdings.heartbeats[0]?.count]).toEqual([0, beats]);
    // No PIN is right, and none is called wrong or counted.
    for (let times = 0; times < 5; times += 1) {
      expect(codeOf(await kiosk.call('technician.unlock', { pin: TEST_PIN }))).toBe('T606-pin-unreadable');
    }
  });

  it('are still lost after another start, and nothing was begun afresh', async () => {
    const before = await newest(kiosk.stack);
    await kiosk.close();
    await kiosk.open();
    await kiosk.devicesReady();
    expect(codeOf(await kiosk.call('technician.unlock', { pin: TEST_PIN }))).toBe('T606-pin-unreadable');
    expect(await newest(kiosk.stack)).toEqual(before);
  });

  it('end with a PIN that is written into the configuration: it is sealed, and the rest is still said', async () => {
    await kiosk.close();
    const { path, config } = await newest(kiosk.stack);
    const { pinHash } = kiosk.stack.config.technician;
    await writeFile(path, JSON.stringify({ ...config, technician: { ...config.technician, pinHash } }));
    await kiosk.open();
    await kiosk.devicesReady();
    expect(await readableCredentials(kiosk.stack)).toEqual([]);
    const token = await unlock(kiosk);
    expect((await kiosk.must('technician.store', { token })).settingsKey).toMatchObject({
      state: 'lost',
      closed: ['platform.token'],
    });
    expect((await kiosk.must('technician.selfCheck', { token })).checks).toContainEqual({
      what: 'settings-key-lost',
      state: 'bad',
      detail: 'platform.token',
    });
    // The other key is begun afresh where it always was.
    expect(await kiosk.must('technician.renewKey', { token })).toEqual({ done: true, why: null });
  });

  it('and with the token: what was kept arrives once, the locker list comes again', async () => {
    await kiosk.close();
    const { path, config } = await newest(kiosk.stack);
    await writeFile(path, JSON.stringify({ ...config, platform: kiosk.stack.config.platform }));
    await kiosk.open();
    await kiosk.devicesReady();
    await kiosk.link('up');
    await kiosk.drained();
    expect((await kiosk.stack.platform.holdings()).cases.map((one) => one.trackingNumber)).toEqual([kept]);
    await until('collecting open', async () => (await functionNow(kiosk, 'collect')).state === 'open');
    expect((await typeCode(kiosk, code)).checked).toMatchObject({ ok: true });
    expect(await readableCredentials(kiosk.stack)).toEqual([]);
    expect(kiosk.bugs).toEqual([]);
  });

  it('of which the platform hears as long as the kiosk can say who it is', async () => {
    await kiosk.close();
    const { path, config } = await newest(kiosk.stack);
    const pinHash = { key: 'of-another-machine', sealed: 'AAAA' };
    await writeFile(path, JSON.stringify({ ...config, technician: { ...config.technician, pinHash } }));
    await kiosk.open();
    await kiosk.link('up');
    const last = async (): Promise<unknown> => (await kiosk.stack.platform.holdings()).heartbeats[0]?.last?.settings;
    await until('told', async () => (await last()) === 'key-lost');
    await kiosk.close();
    await writeFile(path, JSON.stringify({ ...config, technician: kiosk.stack.config.technician }));
    await kiosk.open();
    await kiosk.link('up');
    await until('told no more', async () => (await last()) === undefined);
    expect(await readableCredentials(kiosk.stack)).toEqual([]);
  });
});
