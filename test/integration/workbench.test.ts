import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPorts } from '../../electron/app/workbench/found-ports.ts';
import type { CallOutput } from '../../electron/contract/calls.ts';
import type { DeviceSettingDto } from '../../electron/contract/dto.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { ok } from '../../native/model/result.ts';
import { systemClock } from '../../native/transport/system-clock.ts';
import { TestKiosk, until } from './app-kit.ts';
import { statusOf, unlock } from './steps.ts';

let kiosk: TestKiosk;
let token: string;
beforeAll(async () => {
  kiosk = await TestKiosk.start();
  await kiosk.devicesReady();
  token = await unlock(kiosk);
});
afterAll(() => kiosk.stop());

async function settingOf(deviceClass: DeviceSettingDto['deviceClass']): Promise<DeviceSettingDto> {
  const { settings } = await kiosk.must('technician.devices', { token });
  const found = settings.find((one) => one.deviceClass === deviceClass);
  if (!found) throw new Error(`no ${deviceClass}`);
  return found;
}

const versionNow = async (): Promise<number> => (await kiosk.must('technician.devices', { token })).version;

type Step = NonNullable<CallOutput<'technician.calibrationAnswer'>['calibration']>['step'];

/** Does what a step asks for at the simulated doors, then says so. */
async function obey(step: Step): Promise<Step> {
  const { actions } = kiosk.stack.bench;
  if (step.kind === 'open') actions.forceDoor('locker-cu48', { board: step.door.board, lock: step.door.lock });
  if (step.kind === 'close') actions.closeDoor('locker-cu48', { board: step.door.board, lock: step.door.lock });
  const { calibration } = await kiosk.must('technician.calibrationAnswer', { token, said: 'done' });
  if (!calibration) throw new Error('it is over');
  return calibration.step;
}

describe('the guided calibration of a locker whose polarity is set the wrong way', () => {
  it('finds the polarity, saves it only at the end, and the locker is back at work', async () => {
    const right = await settingOf('pickup-locker');
    const draft = { ...right, options: { ...right.options, 'lock-bit': '1-unlocked' } };
    const begun = await kiosk.must('technician.calibrationBegin', { token, setting: draft });
    expect(begun).toMatchObject({ fault: null, calibration: { at: 1, steps: 7, step: { kind: 'close-all' } } });
    let step = begun.calibration?.step;
    const kinds: string[] = [];
    while (step && step.kind !== 'done' && step.kind !== 'cannot-tell' && kinds.length < 20) {
      kinds.push(step.kind);
      step = await obey(step);
    }
    expect(kinds).toEqual(['close-all', 'open', 'close', 'open', 'close', 'open', 'close']);
    expect(step).toMatchObject({ kind: 'done', options: { 'lock-bit': '1-locked', boards: '2' }, offset: 0 });
    const before = await versionNow();
    const saved = await kiosk.must('technician.calibrationSave', { token, baseVersion: before });
    expect(saved).toMatchObject({ saved: true, version: before + 1 });
    expect((await settingOf('pickup-locker')).options).toMatchObject({ 'lock-bit': '1-locked', boards: '2' });
    await until('the locker is back', () => statusOf(kiosk, 'pickup-locker') === 'online');
  });

  it('changes nothing when it is left, and says so when nothing moves', async () => {
    const before = await versionNow();
    const setting = await settingOf('pickup-locker');
    await kiosk.must('technician.calibrationBegin', { token, setting });
    const open = (await kiosk.must('technician.calibrationAnswer', { token, said: 'done' })).calibration?.step;
    expect(open).toMatchObject({ kind: 'open', door: { board: 0, lock: 1, cell: '01' }, again: false });
    const again = (await kiosk.must('technician.calibrationAnswer', { token, said: 'done' })).calibration;
    expect(again).toMatchObject({ at: 2, step: { kind: 'open', again: true } });
    const given = (await kiosk.must('technician.calibrationAnswer', { token, said: 'done' })).calibration?.step;
    expect(given).toMatchObject({ kind: 'cannot-tell', reason: 'no-contact' });
    await kiosk.must('technician.calibrationEnd', { token });
    expect(await versionNow()).toBe(before);
    await until('the locker is back', () => statusOf(kiosk, 'pickup-locker') === 'online');
    expect(await kiosk.must('technician.calibrationAnswer', { token, said: 'done' })).toEqual({ calibration: null });
  });

  it('lets the board open a door by itself, which is on record', async () => {
    const setting = await settingOf('pickup-locker');
    await kiosk.must('technician.calibrationBegin', { token, setting });
    await kiosk.must('technician.calibrationAnswer', { token, said: 'done' });
    const close = (await kiosk.must('technician.calibrationAnswer', { token, said: 'pulse' })).calibration?.step;
    expect(close).toMatchObject({ kind: 'close', door: { lock: 1 } });
    kiosk.stack.bench.actions.closeDoor('locker-cu48', { board: 0, lock: 1 });
    await kiosk.must('technician.calibrationEnd', { token });
    const logs = JSON.stringify(await kiosk.must('technician.logs', { token, limit: 100 }));
    expect(logs).toContain('calibration-pulse');
    await until('the locker is back', () => statusOf(kiosk, 'pickup-locker') === 'online');
  });

  it('names the field when the line cannot be had', async () => {
    const setting = { ...(await settingOf('pickup-locker')), address: 'serial:///dev/ttyNONE?baud=19200' };
    const begun = await kiosk.must('technician.calibrationBegin', { token, setting });
    expect(begun).toMatchObject({ calibration: null, fault: { field: 'address' } });
    expect(begun.fault?.reason).toContain('line-not-found');
    await until('the locker is back', () => statusOf(kiosk, 'pickup-locker') === 'online');
  });
});

describe('the keypad', () => {
  it('tells what came and what it means by a profile that is not saved', async () => {
    const { profiles } = await kiosk.must('technician.keypadProfiles', { token });
    expect(profiles.map(({ id }) => id)).toContain('ascii-digits');
    const setting = await settingOf('evaluation-keypad');
    const listen = kiosk.call('technician.keypadListen', { token, setting });
    await systemClock.sleep(700);
    kiosk.stack.bench.actions.pressKey(3);
    const heard = await listen;
    expect(heard).toMatchObject({ ok: true, value: { heard: { level: 3 }, fault: null } });
    const key = heard.ok ? (heard.value.heard?.key ?? '') : '';
    expect(key).toMatch(/^[0-9A-F]{2}( [0-9A-F]{2})*$/);
    // The same key means the worst by this profile.
    const profile = JSON.stringify({ name: 'own', line: 'serial', read: [{ kind: 'bytes', keys: { [key]: 1 } }] });
    const own = { ...setting, options: { ...setting.options, profile } };
    const again = kiosk.call('technician.keypadListen', { token, setting: own });
    await systemClock.sleep(700);
    kiosk.stack.bench.actions.pressKey(3);
    expect(await again).toMatchObject({ ok: true, value: { heard: { level: 1, key } } });
    await until('the keypad is back', () => statusOf(kiosk, 'evaluation-keypad') === 'online');
  });

  it('need not be waited for, and a profile that is wrong is named', async () => {
    const setting = await settingOf('evaluation-keypad');
    const listen = kiosk.call('technician.keypadListen', { token, setting });
    await systemClock.sleep(300);
    await kiosk.must('technician.cancelTest', { token });
    expect(await listen).toEqual({ ok: true, value: { heard: null, fault: null } });
    const wrong = { ...setting, options: { ...setting.options, profile: '{"name":"own"}' } };
    const refused = await kiosk.must('technician.keypadListen', { token, setting: wrong });
    expect(refused.fault).toMatchObject({ field: 'options' });
  });
});

it('a new roll is on record, and measured where its length is known', async () => {
  const printer = await settingOf('receipt-printer');
  const measured = { ...printer, options: { ...printer.options, roll: '20', rollLow: '2' } };
  await kiosk.must('technician.save', { token, setting: measured, baseVersion: await versionNow() });
  await until('the printer is back', () => statusOf(kiosk, 'receipt-printer') === 'online');
  expect(await kiosk.must('technician.paperReplaced', { token })).toEqual({ done: true });
  await kiosk.must('technician.test', { token, deviceClass: 'receipt-printer', language: 'en' });
  await until('less is left', async () => {
    const { devices } = await kiosk.must('technician.devices', { token });
    const health = devices.find(({ deviceClass }) => deviceClass === 'receipt-printer');
    const paper = health?.supplies?.find(({ name }) => name === 'paper');
    return paper?.left !== undefined && paper.left < 20_000 && (health?.counters?.['prints'] ?? 0) > 0;
  });
  expect(JSON.stringify(await kiosk.must('technician.logs', { token, limit: 50 }))).toContain('paper-replaced');
  const { history } = await kiosk.must('technician.device', { token, deviceClass: 'receipt-printer' });
  expect(history[0]).toMatchObject({ status: 'online', lastedMs: null });
});

it('the list of ports holds all that discovery finds, with lasting addresses', async () => {
  const plugged = {
    kind: 'serial',
    address: 'serial+usb://1a86:7523?at=1-1.2',
    node: '/dev/ttyUSB0',
    vendorId: '1a86',
    productId: '7523',
    serialNumber: null,
    known: 'CH340 serial adapter',
    guesses: [{ deviceClass: 'pickup-locker', drivers: ['kerong-cu48'], confidence: 'possible' }],
    usedBy: 'pickup-locker',
  } as const;
  const queue = {
    ...({ kind: 'printer', address: 'ipp://localhost/printers/a4', driver: 'ipp', usedBy: null } as const),
    ...{ name: 'a4', info: 'A4 by the window', model: '', location: '', isDefault: true, trouble: '' },
  };
  const ports = await findPorts(driverRegistry, [], systemClock, {
    plugged: () => Promise.resolve(ok([plugged])),
    readers: () => Promise.resolve(ok(['Reader 00 00'])),
    printers: () => Promise.resolve(ok([queue])),
  });
  expect(ports.map(({ kind, address, label, ids, usedBy }) => [kind, address, label, ids, usedBy])).toEqual([
    ['serial', plugged.address, 'CH340 serial adapter', '1a86:7523', 'pickup-locker'],
    ['pcsc', 'pcsc://Reader%2000%2000', 'Reader 00 00', null, null],
    ['printer', queue.address, 'A4 by the window (a4)', null, null],
  ]);
});
