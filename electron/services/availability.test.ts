import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Emitter } from '../../native/model/events.ts';
import { DEVICE_CLASSES, type DeviceClass } from '../../native/model/device.ts';
import { Availability, deviceWord, printerWord, type InnerState } from './availability.ts';
import { Catalogue } from './catalogue.ts';
import type { DeviceReport, Devices, DeviceSignal } from './device-ports.ts';
import type { SyncPort } from './ports.ts';

const GOOD: InnerState = { storeUsable: true, hasSealingKey: true, listReadable: true };
const report = (deviceClass: DeviceClass, more: Partial<DeviceReport> = {}): DeviceReport => ({
  deviceClass,
  driver: 'd',
  address: 'a',
  status: 'online',
  detail: '',
  paper: deviceClass === 'receipt-printer' ? 'full' : null,
  identity: null,
  since: 0,
  lastAnswerAgoMs: 0,
  ...more,
});

function kiosk(): {
  readonly clock: FakeClock;
  readonly state: {
    devices: Partial<Record<DeviceClass, Partial<DeviceReport>>>;
    room: boolean;
    link: 'up' | 'down';
    items: boolean;
  };
  judge(inner?: Partial<InnerState>): Record<string, { state: string; reason: string | null; since: string | null }>;
} {
  const clock = new FakeClock();
  const state = {
    devices: {} as Partial<Record<DeviceClass, Partial<DeviceReport>>>,
    room: true,
    link: 'up' as 'up' | 'down',
    items: true,
  };
  const unused = (): never => {
    throw new Error('a judgement only looks');
  };
  const devices: Devices = {
    reports: () => DEVICE_CLASSES.map((one) => report(one, state.devices[one])),
    signals: new Emitter<DeviceSignal>(),
    readCard: unused,
    readSocialSecurityCard: unused,
    printPdf: unused,
    allowCamera: unused,
    print: unused,
    openDoor: unused,
    readDoor: unused,
    inviteRating: unused,
    triggerScanner: unused,
  };
  const sync: SyncPort = {
    link: () => ({ state: state.link, since: 0 }),
    linkChanges: new Emitter(),
    wake: unused,
    clockOffset: () => 0,
    refreshPickups: unused,
    askCase: unused,
  };
  const catalogue = new Catalogue(1, []);
  const summaries = catalogue.summaries.bind(catalogue);
  catalogue.summaries = () => (state.items ? [{} as ReturnType<typeof summaries>[number]] : []);
  const availability = new Availability({ devices, sync, catalogue, clock, space: { hasRoom: () => state.room } });
  return {
    clock,
    state,
    judge: (inner = {}) =>
      Object.fromEntries(
        availability
          .current({ ...GOOD, ...inner })
          .map((one) => [one.id, { state: one.state, reason: one.reason?.code ?? null, since: one.since }]),
      ),
  };
}

describe('what the home screen offers', () => {
  it('is open when all is well', () => {
    const open = { state: 'open', reason: null, since: null };
    expect(kiosk().judge()).toEqual({ apply: open, collect: open, progress: open });
  });

  it.each([
    ['store', { storeUsable: false }, 'not-now K103-store-unavailable', 'not-now K103-store-unavailable'],
    ['key', { hasSealingKey: false }, 'not-now S505-no-sealing-key', 'open null'],
  ] as const)('without %s', (_, inner, apply, collect) => {
    const judged = kiosk().judge(inner);
    expect(`${judged['apply']?.state} ${judged['apply']?.reason}`).toBe(apply);
    expect(`${judged['collect']?.state} ${judged['collect']?.reason}`).toBe(collect);
  });

  it('without a clock that can be right', () => {
    const dead = kiosk();
    dead.clock.jumpWall(-dead.clock.now());
    expect(dead.judge()).toMatchObject({
      apply: { state: 'not-now', reason: 'K108-clock-wrong' },
      collect: { state: 'not-now', reason: 'K108-clock-wrong' },
      progress: { state: 'open' },
    });
  });

  it('without room, items or network', () => {
    const full = kiosk();
    full.state.room = false;
    expect(full.judge()).toMatchObject({ apply: { reason: 'K104-no-space' }, collect: { state: 'open' } });
    const bare = kiosk();
    bare.state.items = false;
    expect(bare.judge()['apply']).toMatchObject({ state: 'not-now', reason: 'S502-item-unknown' });
    const alone = kiosk();
    alone.state.link = 'down';
    expect(alone.judge()).toMatchObject({
      apply: { state: 'open' },
      collect: { state: 'open' },
      progress: { state: 'limited', reason: 'S506-platform-away' },
    });
  });

  it.each([
    [{ paper: 'out', status: 'userError' }, 'P302-paper-out', 'paper-out'],
    [{ paper: 'jammed', status: 'hardwareError' }, 'P303-paper-jam', 'trouble'],
    [{ status: 'userError', detail: 'cover open' }, 'P304-cover-open', 'trouble'],
    [{ status: 'hardwareError', detail: 'auto-cutter error' }, 'P305-cutter-error', 'trouble'],
    [{ status: 'hardwareError', detail: 'unrecoverable error' }, 'P301-printer-away', 'trouble'],
    [{ status: 'hardwareError', fault: 'cutter-error' }, 'P305-cutter-error', 'trouble'],
    [{ status: 'userError', fault: 'paper-jam', paper: 'unknown' }, 'P303-paper-jam', 'trouble'],
    [{ status: 'hardwareError', fault: 'printer-error' }, 'P301-printer-away', 'trouble'],
    [{ status: 'offline', paper: 'unknown' }, 'P301-printer-away', 'away'],
    [{ status: 'noDevice', paper: null }, 'P301-printer-away', 'none'],
  ] as const)('printer %o limits both functions by its own name', (printer, reason, word) => {
    const at = kiosk();
    at.state.devices['receipt-printer'] = printer;
    expect(at.judge()).toMatchObject({
      apply: { state: 'limited', reason },
      collect: { state: 'limited', reason },
      progress: { state: 'open' },
    });
    expect(printerWord(report('receipt-printer', printer))).toBe(word);
  });

  it('low paper and a busy printer limit nothing', () => {
    for (const printer of [{ paper: 'low' }, { status: 'deviceBusy' }] as const) {
      const at = kiosk();
      at.state.devices['receipt-printer'] = printer;
      expect(at.judge()['apply']?.state).toBe('open');
    }
    expect(printerWord(report('receipt-printer', { paper: 'low' }))).toBe('paper-low');
  });

  it.each(['offline', 'hardwareError', 'userError', 'noDevice'] as const)(
    'a %s reader or locker closes its function',
    (status) => {
      const at = kiosk();
      at.state.devices['id-card-reader'] = { status };
      expect(at.judge()).toMatchObject({
        apply: { state: 'not-now', reason: 'C201-reader-away' },
        collect: { state: 'open' },
      });
      at.state.devices = { 'pickup-locker': { status } };
      expect(at.judge()).toMatchObject({
        apply: { state: 'open' },
        collect:
          status === 'hardwareError'
            ? { state: 'limited', reason: 'L411-some-doors-away' }
            : { state: 'not-now', reason: 'L401-locker-away' },
      });
      expect(deviceWord(report('id-card-reader', { status }))).toBe(status === 'noDevice' ? 'none' : 'away');
    },
  );

  it('a reader or locker that has just been started is said to be getting ready, and closes nothing', () => {
    const at = kiosk();
    at.state.devices['id-card-reader'] = { status: 'starting' };
    expect(at.judge()).toMatchObject({
      apply: { state: 'limited', reason: 'C207-reader-starting' },
      collect: { state: 'open' },
    });
    at.state.devices = { 'pickup-locker': { status: 'starting' } };
    expect(at.judge()).toMatchObject({
      apply: { state: 'open' },
      collect: { state: 'limited', reason: 'L415-locker-starting' },
    });
    expect(deviceWord(report('id-card-reader', { status: 'starting' }))).toBe('away');
  });

  it('a locker whose sensors say what cannot be opens the doors that can be believed', () => {
    const at = kiosk();
    at.state.devices = { 'pickup-locker': { status: 'userError', fault: 'sensor-implausible' } };
    expect(at.judge()).toMatchObject({ collect: { state: 'limited', reason: 'L413-door-sensors-wrong' } });
  });

  it('says since when, and a new reason begins anew', async () => {
    const at = kiosk();
    at.state.devices['id-card-reader'] = { status: 'offline' };
    const first = at.judge()['apply']?.since;
    await at.clock.advance(5_000);
    expect(at.judge()['apply']?.since).toBe(first);
    at.state.room = false;
    const second = at.judge()['apply']?.since;
    expect(second).not.toBe(first);
    at.state.room = true;
    at.state.devices = {};
    expect(at.judge()['apply']?.since).toBeNull();
  });
});
