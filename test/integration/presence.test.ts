import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USUAL_SOUNDS } from '../../electron/services/sounds.ts';
import { TestKiosk, until } from './app-kit.ts';
import { unlock } from './steps.ts';

let kiosk: TestKiosk;
beforeAll(async () => {
  kiosk = await TestKiosk.start({ presence: { 'cover-after': '30', 'rest-after': 'off', greeting: 'spoken' } });
});
afterAll(() => kiosk.stop());

const presence = async () => (await kiosk.must('kiosk.snapshot', {})).presence;
const told = (state: 'near' | 'away' | undefined): Promise<void> =>
  until(`the screens are told ${state ?? 'nothing'}`, async () => (await presence())?.state === state);

describe('the presence sensor of a kiosk', () => {
  it('tells who comes and leaves by its bytes, and nothing of it is kept', async () => {
    const { actions } = kiosk.stack.bench;
    await told('near');
    expect(await presence()).toEqual({ state: 'near', coverAfterMs: 30_000, restAfterMs: null, greeting: 'spoken' });
    for (const present of [false, true, false]) {
      actions.stand(present);
      await told(present ? 'near' : 'away');
    }
    const token = await unlock(kiosk);
    const { devices } = await kiosk.must('technician.devices', { token });
    const sensor = devices.find(({ deviceClass }) => deviceClass === 'presence-sensor');
    expect(sensor).toMatchObject({ status: 'online', driver: 'modbus-input', counters: {} });
    const { lines } = await kiosk.must('technician.logs', { token, limit: 500 });
    expect(JSON.stringify(lines)).not.toMatch(/"(?:present|absent|near|away)"|presence-changed/u);
  });

  it('is believed no longer when it is pulled out or silent, and again when it is back', async () => {
    const { actions } = kiosk.stack.bench;
    await actions.unplug('presence-sensor');
    await told(undefined);
    await actions.replug('presence-sensor');
    await told('away');
    actions.setLine('presence-sensor', { mute: true });
    await told(undefined);
    actions.setLine('presence-sensor', { mute: false });
    await told('away');
    expect((await presence())?.coverAfterMs).toBe(30_000);
  });

  it('passes its test when somebody left and came back, and is set while the kiosk runs', async () => {
    const { actions } = kiosk.stack.bench;
    actions.stand(true);
    await told('near');
    const token = await unlock(kiosk);
    const testing = kiosk.must('technician.test', { token, deviceClass: 'presence-sensor', language: 'en' });
    actions.stand(false);
    await told('away');
    actions.stand(true);
    expect(await testing).toMatchObject({ passed: true, result: 'presence-seen' });
    const { settings, version } = await kiosk.must('technician.devices', { token });
    const own = settings.find(({ deviceClass }) => deviceClass === 'presence-sensor');
    if (own === undefined) throw new Error('the sensor is not set');
    const setting = { ...own, options: { ...own.options, contact: 'open', 'cover-after': 'off' } };
    const saved = await kiosk.must('technician.save', { token, setting, baseVersion: version });
    expect(saved).toMatchObject({ saved: true });
    await told('away');
    expect((await presence())?.coverAfterMs).toBeNull();
    const wrong = { ...setting, options: { ...setting.options, board: '300' } };
    const refused = await kiosk.must('technician.save', { token, setting: wrong, baseVersion: saved.version });
    expect(refused).toMatchObject({ saved: false, fault: { field: 'options' } });
  });
});

describe('the sound of a kiosk', () => {
  it('is set by the technician, in force at once and after a restart', async () => {
    const token = await unlock(kiosk);
    const before = await kiosk.must('technician.sound', { token });
    expect(before).toMatchObject({ setting: { headset: 'detect', sounds: USUAL_SOUNDS }, heard: 'out' });
    const setting = { headset: 'always', sounds: { ...USUAL_SOUNDS, chimes: 'off' } } as const;
    const stale = { token, setting, baseVersion: before.version + 3 };
    expect(await kiosk.must('technician.saveSound', stale)).toMatchObject({ saved: false, version: before.version });
    expect((await kiosk.must('kiosk.snapshot', {})).speech?.headset).toBe('out');
    await kiosk.must('technician.saveSound', { token, setting, baseVersion: before.version });
    for (const restart of [false, true]) {
      if (restart) {
        await kiosk.close();
        await kiosk.open();
      }
      const snapshot = await kiosk.must('kiosk.snapshot', {});
      expect([snapshot.speech?.headset, snapshot.sounds]).toEqual(['in', 'off']);
    }
  });
});
