import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../native/model/events.ts';
import type { LineBehaviour } from '../../native/model/simulator.ts';
import type { Transport } from '../../native/model/transport.ts';
import { openTransport } from '../../native/transport/open.ts';
import { FakeClock, seededRandom } from '../support/fake-clock.ts';
import type { Carrier, FromProduct } from './carrier.ts';
import { CLEAN_LINE, SimulatorLine } from './line.ts';
import { PtyCarrier } from './pty.ts';
import { TcpCarrier } from './tcp.ts';

/** Collects bytes until as many have come as are waited for. */
class Received {
  readonly bytes: number[] = [];
  #waiting: { readonly count: number; readonly done: () => void } | null = null;

  take = (bytes: Uint8Array): void => {
    this.bytes.push(...bytes);
    if (this.#waiting !== null && this.bytes.length >= this.#waiting.count) this.#waiting.done();
  };

  until(count: number): Promise<void> {
    if (this.bytes.length >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = { count, done: resolve };
    });
  }
}

async function opened(address: string): Promise<Transport> {
  const transport = await openTransport(address);
  if (!transport.ok) throw new Error(transport.error.detail);
  return transport.value;
}

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hall24-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const all = Uint8Array.from({ length: 256 }, (_, index) => index);

describe.each([
  ['pseudo-terminal', (onBytes: FromProduct) => PtyCarrier.open({ dir, name: 'port', baud: 115_200, onBytes })],
  ['TCP', (onBytes: FromProduct) => TcpCarrier.open({ kind: 'stream', baud: 115_200, onBytes })],
  ['HID over TCP', (onBytes: FromProduct) => TcpCarrier.open({ kind: 'reports', baud: null, onBytes })],
] as const)('%s', (name, open) => {
  it.skipIf(name === 'pseudo-terminal' && process.platform === 'win32')(
    'carries every byte both ways, is pulled out and comes back at the same address',
    async () => {
      const atDevice = new Received();
      const carrier: Carrier = await open(atDevice.take);
      const { address } = carrier;
      for (let round = 1; round <= 3; round += 1) {
        const transport = await opened(address);
        const atProduct = new Received();
        transport.onData(atProduct.take);
        const lost = new Promise((resolve) => transport.onClosed(resolve));
        expect((await transport.write(all)).ok).toBe(true);
        await atDevice.until(256 * round);
        await carrier.send(all);
        await atProduct.until(256);
        expect(atProduct.bytes).toEqual([...all]);
        expect(atDevice.bytes.slice(-256)).toEqual([...all]);
        await carrier.unplug();
        expect(carrier.plugged).toBe(false);
        expect(await lost).toMatchObject({ code: 'lost' });
        expect((await openTransport(address)).ok).toBe(false);
        await carrier.send(all);
        await carrier.replug();
        expect(carrier.address).toBe(address);
      }
      await carrier.stop();
      expect(await readdir(dir)).toEqual([]);
    },
  );
});

it.skipIf(process.platform === 'win32')('does not stop when nobody reads', async () => {
  const carrier = await PtyCarrier.open({ dir, name: 'port', baud: 115_200, onBytes: () => undefined });
  await carrier.send(new Uint8Array(100_000));
  expect(carrier.plugged).toBe(true);
  await carrier.stop();
});

describe('line', () => {
  function bench(kind: Carrier['kind'], baud: number | null, behaviour: Partial<LineBehaviour>) {
    const clock = new FakeClock();
    const sent: { at: number; bytes: number[] }[] = [];
    const carrier: Carrier = {
      address: '',
      kind,
      baud,
      plugged: true,
      send: async (bytes) => {
        sent.push({ at: clock.monotonic(), bytes: [...bytes] });
      },
      unplug: async () => undefined,
      replug: async () => undefined,
      stop: async () => undefined,
    };
    const simulator = {
      receive: () => undefined,
      output: new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>(),
      activity: new Emitter<string>(),
    };
    const line = new SimulatorLine(simulator, carrier, clock, seededRandom(7));
    line.behaviour = { ...CLEAN_LINE, ...behaviour };
    return { clock, sent, line, say: (bytes: Uint8Array) => simulator.output.emit({ bytes, delayMs: 10 }) };
  }
  const flat = (sent: { bytes: number[] }[]): number[] => sent.flatMap(({ bytes }) => bytes);

  it('keeps to the wire speed', async () => {
    const { clock, sent, say } = bench('stream', 9600, {});
    say(all);
    await clock.advance(2000);
    expect(flat(sent)).toEqual([...all]);
    expect(sent.at(-1)?.at).toBeCloseTo(10 + 256 / 0.96, 0);
  });

  it.each([
    ['drips', { drip: true }, null, 2 * 256],
    ['is a wire of 9600 baud', {}, 9600, 256 / 0.96],
  ] as const)('that %s is as fast on a machine whose timers come late', async (_, behaviour, baud, ms) => {
    const { clock, sent, say } = bench('stream', baud, behaviour);
    const punctual = clock.sleep.bind(clock);
    clock.sleep = (wait, signal) => punctual(wait + 15, signal);
    say(all);
    await clock.advance(5_000);
    expect(flat(sent)).toEqual([...all]);
    // The thinking time before the answer, and one late timer at either end.
    expect(sent.at(-1)?.at).toBeLessThanOrEqual(10 + ms + 2 * 15 + 5);
  });

  it('is late, drips, cuts frames in half, adds garbage, or says nothing', async () => {
    const late = bench('stream', null, { lateMs: 500 });
    late.say(all);
    await late.clock.advance(509);
    expect(late.sent).toEqual([]);
    await late.clock.advance(1);
    expect(late.sent).toHaveLength(1);
    const drip = bench('stream', null, { drip: true });
    drip.say(Uint8Array.of(1, 2, 3));
    await drip.clock.advance(100);
    expect(drip.sent.map(({ bytes }) => bytes)).toEqual([[1], [2], [3]]);
    const half = bench('stream', null, { halfFrames: true });
    half.say(all);
    await half.clock.advance(100);
    expect(flat(half.sent)).toEqual([...all].slice(0, 128));
    const garbage = bench('stream', null, { garbageBytes: 4 });
    garbage.say(Uint8Array.of(1, 2));
    await garbage.clock.advance(100);
    expect(flat(garbage.sent)).toHaveLength(6);
    expect(flat(garbage.sent).slice(4)).toEqual([1, 2]);
    const mute = bench('stream', null, { mute: true });
    mute.say(all);
    await mute.clock.advance(100);
    expect(mute.sent).toEqual([]);
  });

  it('sends reports whole or not at all, and nothing after stop', async () => {
    const reports = bench('reports', null, { drip: true });
    reports.say(all);
    await reports.clock.advance(100);
    expect(reports.sent.map(({ bytes }) => bytes.length)).toEqual([256]);
    reports.line.behaviour = { ...CLEAN_LINE, halfFrames: true };
    reports.say(all);
    await reports.clock.advance(100);
    expect(reports.sent).toHaveLength(1);
    reports.line.behaviour = CLEAN_LINE;
    reports.say(all);
    await reports.line.stop();
    reports.say(all);
    await reports.clock.advance(100);
    expect(reports.sent).toHaveLength(1);
  });
});
