import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import type { CodeScanner, CodeScannerEvent } from '../model/code-scanner.ts';
import type { DeviceState } from '../model/device.ts';
import { measuredSupply } from '../model/device.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { Emitter } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { PortWatch, Transport, TransportError, TransportOpener } from '../model/transport.ts';
import { transportError } from '../transport/transport-core.ts';
import { DeviceManager } from './device-manager.ts';
import { driverRegistry } from './registry.ts';

const ONLINE: DeviceState = { status: 'online', detail: '', paper: null, identity: null };

/** A device that does what a test says, with a driver that nobody has heard of. */
class MadeUp {
  readonly clock = new FakeClock();
  readonly opened: MemoryTransport[] = [];
  state: DeviceState = ONLINE;
  /** How the next probes behave. */
  probe: (signal?: AbortSignal) => Promise<DeviceState> = async () => this.state;
  open: TransportOpener = async (address) => {
    const transport = new MemoryTransport({ address });
    this.opened.push(transport);
    return ok(transport);
  };
  probes = 0;
  readonly events = new Emitter<CodeScannerEvent>();
  readonly definition: DriverDefinition<CodeScanner> = {
    id: 'made-up',
    deviceClass: 'code-scanner',
    name: { 'zh-CN': '虚构扫码器', en: 'Made-up scanner' },
    schemes: ['serial'],
    bauds: [9_600],
    options: [],
    create: () => ({
      deviceClass: 'code-scanner',
      driverId: 'made-up',
      events: this.events,
      probe: (signal) => {
        this.probes += 1;
        return this.probe(signal);
      },
      trigger: async () => ok(undefined),
      dispose: () => undefined,
    }),
  };
  readonly watchSigns: AbortController[] = [];
  readonly watchPort: PortWatch = () => {
    const sign = new AbortController();
    this.watchSigns.push(sign);
    return { changed: sign.signal, stop: () => undefined };
  };
  readonly manager = new DeviceManager({
    clock: this.clock,
    random: seededRandom(5),
    open: (address) => this.open(address),
    watchPort: this.watchPort,
    // The one line that a new driver needs.
    registry: { ...driverRegistry, 'code-scanner': [...driverRegistry['code-scanner'], this.definition] },
  });

  get slot(): DeviceManager['codeScanner'] {
    return this.manager.codeScanner;
  }

  async start(): Promise<this> {
    const configured = await this.manager.configure([
      { deviceClass: 'code-scanner', driver: 'made-up', address: 'serial:///dev/x?baud=9600', options: {} },
    ]);
    if (!configured.ok) throw new Error(configured.error.detail);
    await this.manager.start();
    await this.clock.advance(10);
    return this;
  }
}

const never = <T>(): Promise<T> => new Promise(() => undefined);
const untilAborted = (signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));

describe('a driver that the registry did not know', () => {
  it('works through one more entry in its list', async () => {
    const on = await new MadeUp().start();
    expect(on.slot.health()).toMatchObject({ driver: 'made-up', status: 'online' });
    const texts: string[] = [];
    on.slot.events.subscribe(({ text }) => texts.push(text));
    on.events.emit({ type: 'code', text: '8888' });
    expect(texts).toEqual(['8888']);
  });
});

describe('commands and health questions', () => {
  it('a command takes the line from a question under way, and that says nothing against the device', async () => {
    const on = await new MadeUp().start();
    let aborted = false;
    on.probe = async (signal) => {
      await untilAborted(signal);
      aborted = true;
      return { ...ONLINE, status: 'offline', detail: 'cancelled' };
    };
    await on.clock.advance(5_000);
    expect([on.probes, aborted]).toEqual([2, false]);
    const asked = on.clock.monotonic();
    expect(await on.clock.run(on.slot.run(async () => ok('served')))).toEqual(ok('served'));
    expect([aborted, on.clock.monotonic() - asked]).toEqual([true, 60]);
    on.probe = async () => on.state;
    await on.clock.advance(1_000);
    expect(on.slot.history.map(({ status }) => status)).toEqual(['starting', 'online']);
    expect(on.slot.counters).toMatchObject({ probesSilent: 0, probesAnswered: 2, commands: 1, hangs: 0 });
  });

  it('a question that is about to be answered is not broken off: its late answer would hold up the line longer', async () => {
    const on = await new MadeUp().start();
    let broken = false;
    on.probe = async (signal) => {
      await on.clock.sleep(30, signal);
      broken = signal?.aborted ?? false;
      return ONLINE;
    };
    await on.clock.advance(5_000);
    const asked = on.clock.monotonic();
    expect(await on.clock.run(on.slot.run(async () => ok('served')))).toEqual(ok('served'));
    expect([broken, on.clock.monotonic() - asked <= 30]).toEqual([false, true]);
  });

  it('the health does not starve behind commands that never cease', async () => {
    const on = await new MadeUp().start();
    const stop = new AbortController();
    const command = async (): Promise<Result<null, never>> => {
      await on.clock.sleep(900);
      return ok(null);
    };
    // Two at a time, so that one always waits.
    const busy = [0, 1].map(async () => {
      while (!stop.signal.aborted) await on.slot.run(command);
    });
    const before = on.probes;
    await on.clock.advance(200_000);
    expect(on.probes - before).toBeGreaterThanOrEqual(2);
    stop.abort();
    await on.clock.run(Promise.all(busy));
  });

  it('nor do commands wait long for a question that had starved and is not answered', async () => {
    const on = await new MadeUp().start();
    const stop = new AbortController();
    on.probe = async (signal) => {
      await untilAborted(signal);
      return { ...ONLINE, status: 'offline', detail: 'cancelled' };
    };
    const waits: number[] = [];
    const busy = [0, 1].map(async () => {
      while (!stop.signal.aborted) {
        const asked = on.clock.monotonic();
        await on.slot.run(async () => {
          waits.push(on.clock.monotonic() - asked);
          await on.clock.sleep(900);
          return ok(null);
        });
      }
    });
    const before = on.probes;
    await on.clock.advance(200_000);
    stop.abort();
    await on.clock.run(Promise.all(busy));
    expect(on.probes - before).toBeGreaterThanOrEqual(2);
    // One command that runs, and the patience with the question.
    expect(Math.max(...waits)).toBeLessThanOrEqual(900 + 100);
    // Both commands of a round wait for it.
    expect(waits.filter((ms) => ms > 900).length).toBeLessThanOrEqual(2 * on.probes);
    expect(on.slot.counters).toMatchObject({ hangs: 0 });
  });

  it('refuses more commands than can sensibly wait, without asking the device anything', async () => {
    const on = await new MadeUp().start();
    const slow = async (): Promise<Result<null, never>> => {
      await on.clock.sleep(10);
      return ok(null);
    };
    const results = await on.clock.run(Promise.all(Array.from({ length: 50 }, () => on.slot.run(slow))));
    const refused = results.filter((one) => !one.ok);
    expect(refused).toHaveLength(50 - 33);
    expect(refused[0]).toMatchObject({ error: { code: 'busy' } });
    expect(on.slot.counters).toMatchObject({ commands: 33, failures: { busy: 17 } });
  });
});

describe('what hangs', () => {
  it('a question that is never answered nor given up: the slot gives up, opens the line anew and says why', async () => {
    const on = await new MadeUp().start();
    on.probe = () => never();
    await on.clock.advance(5_000 + 65_000 + 10);
    expect(on.slot.health()).toMatchObject({ status: 'hardwareError', fault: 'timeout' });
    expect(on.opened[0]?.closed).toBe(true);
    on.probe = async () => ONLINE;
    await on.clock.advance(1_000);
    expect(on.slot.health()).toMatchObject({ status: 'online', fault: null });
    expect(on.slot.counters).toMatchObject({ hangs: 1, opened: 2, reconnects: 1 });
    expect(on.opened).toHaveLength(2);
  });

  it('a command past its deadline: its signal first, then the line', async () => {
    const on = await new MadeUp().start();
    let told = -1;
    const began = on.clock.monotonic();
    const stuck = on.slot.run(
      async (_, signal) => {
        await untilAborted(signal);
        told = on.clock.monotonic() - began;
        return never<Result<null, never>>();
      },
      { deadlineMs: 1_000 },
    );
    expect(await on.clock.run(stuck)).toMatchObject({ error: { code: 'timeout' } });
    expect([told, on.clock.monotonic() - began]).toEqual([1_000, 6_000]);
    expect(on.opened[0]?.closed).toBe(true);
    expect(on.slot.health()).toMatchObject({ status: 'hardwareError', fault: 'timeout' });
    await on.clock.advance(1_000);
    expect(on.slot.health().status).toBe('online');
    expect(on.slot.counters).toMatchObject({ hangs: 1, failures: { timeout: 1 } });
  });

  it('a driver that heeds its deadline loses nothing', async () => {
    const on = await new MadeUp().start();
    const obedient = on.slot.run(
      async (_, signal) => {
        await untilAborted(signal);
        return err({ code: 'cancelled', detail: 'told to' } as const);
      },
      { deadlineMs: 1_000 },
    );
    expect(await on.clock.run(obedient)).toMatchObject({ error: { code: 'cancelled' } });
    expect(on.opened).toHaveLength(1);
  });

  it('an opening that never ends is given up, and what opens too late is closed', async () => {
    const on = new MadeUp();
    let late: (opened: Result<Transport, TransportError>) => void = () => undefined;
    on.open = () => new Promise((resolve) => (late = resolve));
    await on.start();
    await on.clock.advance(20_010);
    expect(on.slot.health()).toMatchObject({ status: 'offline', fault: 'not-connected' });
    const transport = new MemoryTransport();
    late(ok(transport));
    await on.clock.settle();
    expect(transport.closed).toBe(true);
  });

  it('a line whose closing never ends does not keep the kiosk from stopping', async () => {
    const on = new MadeUp();
    on.open = async () => ok(Object.assign(new MemoryTransport(), { close: () => never<void>() }));
    await on.start();
    await on.clock.run(on.manager.stop());
    expect(on.slot.health().status).toBe('noDevice');
  });
});

describe('a port that comes back', () => {
  const away = err(transportError('not-found', 'no such port'));

  it('is opened at the sign of the watch, not when the wait is over', async () => {
    const on = new MadeUp();
    const there = on.open;
    on.open = async () => away;
    await on.start();
    await on.clock.advance(30_000);
    on.open = there;
    on.watchSigns.at(-1)?.abort();
    await on.clock.advance(61);
    expect(on.slot.health().status).toBe('online');
  });

  it('that flaps is not tried in a busy loop', async () => {
    const on = new MadeUp();
    let tries = 0;
    on.open = async () => {
      tries += 1;
      on.watchSigns.at(-1)?.abort();
      return away;
    };
    await on.start();
    await on.clock.advance(20_000);
    expect(tries).toBeLessThan(60);
    expect(tries).toBeGreaterThan(10);
  });
});

describe('what is known of a device', () => {
  it('supplies, with thresholds where it tells them; the fault goes along into the history', async () => {
    const on = await new MadeUp().start();
    on.state = { ...ONLINE, paper: 'low' };
    await on.clock.advance(5_000);
    expect(on.slot.health().supplies).toEqual([{ name: 'paper', state: 'low' }]);
    const toner = measuredSupply('toner', { left: 8, lowAt: 10, unit: 'percent' });
    on.state = { ...ONLINE, status: 'hardwareError', fault: 'cutter-error', paper: 'full', supplies: [toner] };
    await on.clock.advance(5_000);
    expect(on.slot.health()).toMatchObject({
      fault: 'cutter-error',
      paper: 'full',
      supplies: [{ name: 'toner', state: 'low', left: 8, lowAt: 10 }],
    });
    expect(on.slot.history.at(-1)).toMatchObject({ fault: 'cutter-error', supplies: [toner], lastedMs: null });
  });

  it.each([
    [0, 'out'],
    [10, 'low'],
    [11, 'full'],
    [-1, 'unknown'],
    [Number.NaN, 'unknown'],
  ] as const)('a supply with %d left of a threshold of 10 is %s', (left, state) => {
    expect(measuredSupply('toner', { left, lowAt: 10, unit: 'percent' }).state).toBe(state);
  });

  it('edges with the time that each state lasted, not more than a hundred of them', async () => {
    const on = await new MadeUp().start();
    on.state = { ...ONLINE, status: 'userError', detail: 'cover open', fault: 'cover-open' };
    await on.clock.advance(5_000);
    on.clock.jumpWall(-86_400_000);
    await on.clock.advance(60_000);
    on.state = ONLINE;
    await on.clock.advance(5_000);
    expect(on.slot.history.map(({ status, lastedMs }) => [status, lastedMs])).toEqual([
      ['starting', 0],
      ['online', 5_000],
      ['userError', 65_000],
      ['online', null],
    ]);
    for (let change = 0; change < 300; change += 1) {
      on.state = { ...ONLINE, detail: `change ${change}` };
      await on.clock.advance(5_000);
    }
    expect(on.slot.history).toHaveLength(100);
    expect(on.slot.history.slice(0, -1).every(({ lastedMs }) => lastedMs === 5_000)).toBe(true);
  });

  it('counts commands, failures by code, reconnects, answer times and the time it could be used', async () => {
    const on = new MadeUp();
    on.probe = async () => {
      await on.clock.sleep(40);
      return on.state;
    };
    await on.start();
    await on.clock.advance(90);
    await on.slot.run(async () => ok(1));
    await on.slot.run(async () => err({ code: 'no-card', detail: '' } as const));
    await on.slot.call(async () => ({ outcome: 'unknown', cause: { code: 'paper-jam', detail: '' } }));
    on.opened.at(-1)?.lose();
    await on.clock.advance(1);
    expect(await on.slot.run(async () => ok(1))).toMatchObject({ error: { code: 'not-connected' } });
    await on.clock.advance(10_000);
    const counters = on.manager.counters().find(({ deviceClass }) => deviceClass === 'code-scanner');
    expect(counters).toMatchObject({
      commands: 3,
      failures: { 'no-card': 1, 'paper-jam': 1, 'not-connected': 1 },
      opened: 2,
      reconnects: 1,
      hangs: 0,
      answer: { mean: 40, p50: 40, p95: 40, max: 40 },
    });
    expect(counters?.configuredMs).toBe(on.clock.monotonic());
    expect(counters?.usableMs).toBeGreaterThan(9_000);
    expect(counters?.usableMs).toBeLessThan(counters?.configuredMs ?? 0);
  });
});
