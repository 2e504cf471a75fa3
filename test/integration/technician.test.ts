import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS, type CallName, type CallOutput } from '../../electron/contract/calls.ts';
import type { DeviceSettingDto } from '../../electron/contract/dto.ts';
import { USUAL_SOUNDS } from '../../electron/services/sounds.ts';
import { TEST_PIN } from '../dev/kiosk-config.ts';
import { TEST_CARDS } from '../fixtures/cards.ts';
import { TestKiosk, until } from './app-kit.ts';
import { codeOf, fileCase, freshId, lockOf, steelDoor, unlock } from './steps.ts';

let kiosk: TestKiosk;
beforeAll(async () => {
  kiosk = await TestKiosk.start();
  await kiosk.devicesReady();
  await kiosk.link('up');
});
afterAll(() => kiosk.stop());

const logs = async (token: string): Promise<string> =>
  JSON.stringify(await kiosk.must('technician.logs', { token, limit: 500 }));

describe('maintenance mode', () => {
  it('opens by the PIN only; wrong ones are counted, also when tried all at once, and over a restart', async () => {
    const wrong = Array.from({ length: 6 }, (_, index) => `00000${index}`);
    const codes = (await Promise.all(wrong.map((pin) => kiosk.call('technician.unlock', { pin })))).map(codeOf);
    expect(codes.filter((code) => code === 'T601-pin-wrong')).toHaveLength(3);
    expect(codes.filter((code) => code === 'T602-pin-locked')).toHaveLength(3);
    const locked = await kiosk.call('technician.unlock', { pin: TEST_PIN });
    expect(locked).toMatchObject({ error: { code: 'T602-pin-locked', params: { seconds: expect.any(Number) } } });
    await kiosk.close();
    await kiosk.open();
    expect(codeOf(await kiosk.call('technician.unlock', { pin: TEST_PIN }))).toBe('T602-pin-locked');
  });

  it('nothing in it works without its token', async () => {
    const inputs: Partial<Record<CallName, object>> = {
      'technician.save': { setting: kiosk.stack.config.devices[0], baseVersion: 1 },
      'technician.test': { deviceClass: 'pickup-locker', cell: '01', language: 'en' },
      'technician.resend': { entryId: freshId() },
      'technician.handOver': { folder: '/nowhere' },
      'technician.takeOver': { file: '/nowhere' },
      'technician.discard': { entryId: freshId(), secondPin: '1', reason: '' },
      'technician.logs': { limit: 5 },
      'technician.device': { deviceClass: 'pickup-locker' },
      'technician.calibrationBegin': { setting: kiosk.stack.config.devices[0] },
      'technician.calibrationAnswer': { said: 'pulse' },
      'technician.calibrationSave': { baseVersion: 1 },
      'technician.saveSound': { setting: { headset: 'never', sounds: USUAL_SOUNDS }, baseVersion: 1 },
      'technician.keypadListen': { setting: kiosk.stack.config.devices[0] },
    };
    const guarded = (Object.keys(CALLS) as CallName[]).filter(
      (name) => name.startsWith('technician.') && name !== 'technician.unlock' && name !== 'technician.lock',
    );
    expect(guarded.length).toBeGreaterThanOrEqual(8);
    for (const name of guarded) {
      const input = { token: 'A'.repeat(32), ...inputs[name] } as never;
      expect(codeOf(await kiosk.call(name, input)), name).toBe('T603-not-unlocked');
    }
    expect(steelDoor(kiosk, '01').pulses).toBe(0);
  });
});

describe('unlocked', () => {
  let token: string;
  beforeAll(async () => {
    // The wait after wrong PINs is part of the tests above: here somebody waited it out.
    await kiosk.close();
    const { openStore } = await import('../../electron/store/index.ts');
    const { systemClock, systemRandom } = await import('../../native/transport/system-clock.ts');
    const opened = openStore({ dir: join(kiosk.stack.dataDir, 'store'), clock: systemClock, random: systemRandom });
    if (!opened.ok) throw new Error(opened.error.detail);
    await opened.value.store.recordPin(true, Date.now());
    await opened.value.store.close();
    await kiosk.open();
    await kiosk.devicesReady();
    await kiosk.link('up');
    token = await unlock(kiosk);
  });

  const setting = (deviceClass: string): DeviceSettingDto => {
    const found = kiosk.app.useCases.settings.settings().find((one) => one.deviceClass === deviceClass);
    if (!found) throw new Error(`no ${deviceClass}`);
    return found;
  };
  const save = (next: DeviceSettingDto, baseVersion?: number): Promise<CallOutput<'technician.save'>> =>
    kiosk.must('technician.save', {
      token,
      setting: next,
      baseVersion: baseVersion ?? kiosk.app.useCases.settings.version(),
    });

  it.each([
    ['driver', { driver: 'nobody' }, /nobody/],
    ['address', { address: 'carrier-pigeon://roof' }, /./],
    ['address', { address: 'hid://1234:5678' }, /hid/],
    ['address', { address: '' }, /./],
    ['options', { options: { width: '79' } }, /width/],
    ['options', { options: { colour: 'red' } }, /colour/],
  ] as const)('a bad %s is refused with its reason and changes nothing', async (field, change, reason) => {
    const before = kiosk.app.useCases.settings.version();
    const refused = await save({
      ...setting('receipt-printer'),
      ...change,
      options: { ...('options' in change ? change.options : {}) },
    });
    expect(refused).toMatchObject({ saved: false, version: before, fault: { field } });
    expect(refused.fault?.reason).toMatch(reason);
    expect(kiosk.app.useCases.settings.version()).toBe(before);
  });

  it('a bad speed, a line in use and an outdated version are refused by name', async () => {
    const printer = setting('receipt-printer');
    const speed = await save({ ...printer, address: printer.address.replace(/\?baud=.*/u, '?baud=300') });
    expect(speed).toMatchObject({ saved: false, fault: { field: 'baud' } });
    const taken = await save({ ...printer, address: setting('id-card-reader').address });
    expect(taken).toMatchObject({ saved: false, fault: { field: 'address' } });
    expect(await save(printer, 999)).toMatchObject({ saved: false, fault: { field: 'version' } });
  });

  it('a good one counts at once, is a new version and survives a restart', async () => {
    const before = kiosk.app.useCases.settings.version();
    const wanted = { ...setting('receipt-printer'), options: { ...setting('receipt-printer').options, width: '58' } };
    expect(await save(wanted)).toEqual({ saved: true, version: before + 1, fault: null });
    // Made from the version before: somebody else's change is not overwritten unseen.
    expect(await save(wanted, before)).toMatchObject({ saved: false, fault: { field: 'version' } });
    await kiosk.close();
    await kiosk.open();
    expect(setting('receipt-printer').options).toMatchObject({ width: '58' });
    expect(kiosk.app.useCases.settings.version()).toBe(before + 1);
    expect(await readdir(join(kiosk.stack.dataDir, 'config'))).toEqual(
      expect.arrayContaining([`kiosk.${before}.json`, `kiosk.${before + 1}.json`]),
    );
    // The token of the process that ended opens nothing.
    expect(codeOf(await kiosk.call('technician.devices', { token }))).toBe('T603-not-unlocked');
    token = await unlock(kiosk);
    expect(await save({ ...wanted, options: { ...wanted.options, width: '80' } })).toMatchObject({ saved: true });
    await kiosk.devicesReady();
  });

  it('a device can be taken out of the configuration and put in again', async () => {
    const scanner = setting('code-scanner');
    expect(await save({ ...scanner, driver: '', address: '', options: {} })).toMatchObject({ saved: true });
    expect((await kiosk.must('kiosk.snapshot', {})).scanner).toBe('none');
    expect(await save(scanner)).toMatchObject({ saved: true });
    await kiosk.devicesReady();
    expect((await kiosk.must('kiosk.snapshot', {})).scanner).toBe('ready');
  });

  const test = (deviceClass: DeviceSettingDto['deviceClass'], cell?: string): Promise<CallOutput<'technician.test'>> =>
    kiosk.must('technician.test', { token, deviceClass, language: 'zh-CN', ...(cell === undefined ? {} : { cell }) });

  it('each device is tried by its own test', async () => {
    const { actions } = kiosk.stack.bench;
    actions.layCard('lin');
    const card = await test('id-card-reader');
    actions.removeCard();
    expect(card).toEqual({ passed: true, result: 'card-read', detail: 'resident', code: null });

    expect(await test('receipt-printer')).toMatchObject({ passed: true, result: 'page-printed' });
    const page = (await kiosk.stack.bench.receiptsPainted()).at(-1)?.lines.join('\n') ?? '';
    expect(page).toContain('打印机测试');
    expect(page).toContain('不作凭证');

    expect(await test('pickup-locker', '03')).toMatchObject({ passed: true, result: 'door-opened', detail: '03' });
    expect(steelDoor(kiosk, '03')).toMatchObject({ open: true, pulses: 1 });
    actions.closeDoor('locker-cu48', lockOf(kiosk, '03'));

    const key = test('evaluation-keypad');
    await new Promise((resolve) => setTimeout(resolve, 50));
    actions.pressKey(2);
    expect(await key).toMatchObject({ passed: true, result: 'key-pressed', detail: '2' });

    const code = test('code-scanner');
    await new Promise((resolve) => setTimeout(resolve, 50));
    actions.scan('TEST-CODE');
    // Its length only: it may be somebody's code.
    expect(await code).toMatchObject({ passed: true, result: 'code-scanned', detail: '9' });
  });

  it('a failed test names the trouble', async () => {
    const { actions } = kiosk.stack.bench;
    actions.paper('out');
    expect(await test('receipt-printer')).toMatchObject({ passed: false, code: 'P302-paper-out' });
    actions.paper('refill');
    actions.setDoor('locker-cu48', lockOf(kiosk, '04'), 'stuck');
    expect(await test('pickup-locker', '04')).toMatchObject({ passed: false, code: 'L409-door-did-not-open' });
    expect((await test('pickup-locker', '99')).passed).toBe(false);
    expect((await test('pickup-locker')).passed).toBe(false);
    await actions.unplug('card-reader');
    expect(await test('id-card-reader')).toMatchObject({ passed: false, code: 'C201-reader-away' });
    await actions.replug('card-reader');
    await kiosk.devicesReady();
  });

  it.each(['id-card-reader', 'evaluation-keypad', 'code-scanner'] as const)(
    'a test of the %s can be cancelled',
    async (deviceClass) => {
      const running = test(deviceClass);
      await kiosk.must('technician.cancelTest', { token });
      expect((await running).passed).toBe(false);
    },
  );

  it('the outbox lists what waits and why, nothing personal; what was parked is sent again on request', async () => {
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    const { result } = await fileCase(kiosk);
    await until('a first try', async () => {
      const { entries } = await kiosk.must('technician.outbox', { token });
      return entries.some((entry) => entry.attempts > 0 && entry.reason !== null);
    });
    const waiting = await kiosk.must('technician.outbox', { token });
    expect(waiting).toMatchObject({ waiting: 1, parked: 0 });
    expect(waiting.entries[0]).toMatchObject({ kind: 'case', state: expect.stringMatching(/waiting|sending/) });
    expect(waiting.entries[0]?.reason).toBeTruthy();
    const text = JSON.stringify(waiting);
    for (const personal of ['林测夏', TEST_CARDS.lin.card.number, '13800000024']) expect(text).not.toContain(personal);
    await kiosk.stack.platform.faults.restore();
    await kiosk.must('technician.sendNow', { token });
    await kiosk.drained();
    expect((await kiosk.must('case.find', { number: result.trackingNumber })).state).toBe('approved');

    await kiosk.link('up');
    kiosk.stack.platform.faults.refuse('urn:hall24:malformed', { routes: ['submitCase'], times: 1 });
    const stuck = (await fileCase(kiosk)).result;
    expect(stuck.state).toBe('parked');
    const parked = await kiosk.must('technician.outbox', { token });
    expect(parked).toMatchObject({ waiting: 0, parked: 1 });
    const entry = parked.entries.find((one) => one.state === 'parked');
    expect(entry?.reason).toContain('malformed');
    await kiosk.must('technician.resend', { token, entryId: entry?.entryId ?? '' });
    await kiosk.drained();
    expect(await kiosk.must('technician.outbox', { token })).toMatchObject({ parked: 0 });
    expect((await kiosk.must('case.find', { number: stuck.trackingNumber })).state).toBe('approved');
    const held = (await kiosk.stack.platform.holdings()).cases.filter((one) => one.caseId === stuck.caseId);
    expect(held).toHaveLength(1);

    // What was refused for good stays refused, and says so.
    kiosk.stack.platform.faults.refuse('urn:hall24:item-version-withdrawn', { routes: ['submitCase'], times: 1 });
    const refused = (await fileCase(kiosk)).result;
    expect(refused.state).toBe('refused');
    const over = (await kiosk.must('technician.outbox', { token })).entries.find((one) => one.state === 'parked');
    const again = await kiosk.call('technician.resend', { token, entryId: over?.entryId ?? '' });
    expect(codeOf(again)).toBe('S503-platform-refused');
    expect(codeOf(await kiosk.call('technician.resend', { token, entryId: freshId() }))).toBe('S504-not-found');
  });

  it('every step is on record, and the log holds nobody', async () => {
    const text = await logs(token);
    for (const step of [
      'unlock',
      'unlock-refused',
      'setting-saved',
      'setting-refused',
      'device-test',
      'send-now',
      'resend',
    ]) {
      expect(text).toContain(`audit ${step}`);
    }
    const file = await readFile(join(kiosk.stack.dataDir, 'logs', 'kiosk.log'), 'utf8');
    for (const personal of [
      '林测夏',
      TEST_CARDS.lin.card.number,
      '13800000024',
      TEST_CARDS.lin.card.address,
      TEST_PIN,
    ]) {
      expect(text).not.toContain(personal);
      expect(file).not.toContain(personal);
    }
  });

  it('locked, it needs the PIN again', async () => {
    await kiosk.must('technician.lock', { token });
    expect(codeOf(await kiosk.call('technician.devices', { token }))).toBe('T603-not-unlocked');
    expect(kiosk.bugs).toEqual([]);
  });
});
