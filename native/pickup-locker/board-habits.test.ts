import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { PickupLocker, PickupLockerEvent } from '../model/pickup-locker.ts';
import { kerongCu12Locker, kerongCu16Locker, modbusRelayLocker, wklyLocker } from './index.ts';
import type { LockerSimulator } from './simulated-doors.ts';
import { Cu12Simulator } from './simulator-cu12.ts';
import { Cu16Simulator } from './simulator-cu16.ts';
import { ModbusRelaySimulator } from './simulator-modbus.ts';
import { WklySimulator } from './simulator-wkly.ts';

function bench<T extends LockerSimulator>(
  definition: DriverDefinition<PickupLocker>,
  make: (clock: FakeClock) => T,
  options: Record<string, string> = {},
) {
  const clock = new FakeClock();
  const simulator = make(clock);
  const line = new MemoryLine(simulator, clock, { baud: definition.bauds[0] ?? null });
  const locker = definition.create({ transport: line.open(), clock, options });
  const events: PickupLockerEvent[] = [];
  locker.events.subscribe((event) => events.push(event));
  return { clock, line, locker, simulator, events, written: line.current?.written ?? [] };
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

describe('kerong-cu16', () => {
  it('takes no item in a cell for an open or a closed door', async () => {
    const cell = { board: 0, lock: 5 };
    for (const items of [0x00, 0xff]) {
      const { clock, locker, simulator } = bench(kerongCu16Locker, (own) => new Cu16Simulator({ clock: own }));
      simulator.setItems(items, items);
      expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'closed' });
      simulator.doors.forceOpen(cell);
      expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'open' });
    }
  });

  it('leaves the board alone for 100 ms after a pulse, also where others have questions', async () => {
    const { clock, locker, line, simulator, written } = bench(
      kerongCu16Locker,
      (own) => new Cu16Simulator({ clock: own }),
    );
    const times: number[] = [];
    const passOn = line.current?.onWrite ?? null;
    if (line.current !== null) {
      line.current.onWrite = (bytes) => {
        times.push(clock.monotonic());
        passOn?.(bytes);
      };
    }
    const opening = locker.openDoor({ board: 0, lock: 1 });
    while (simulator.doors.get({ board: 0, lock: 1 })?.pulses === 0) await clock.advance(1);
    expect(await clock.run(locker.readBoard(0))).toMatchObject({ ok: true });
    await clock.run(opening);
    const pulse = written.findIndex((bytes) => hex(bytes) === '02 00 31 03 36');
    expect((times[pulse + 1] ?? 0) - (times[pulse] ?? 0)).toBeGreaterThanOrEqual(100);
  });
});

describe('kerong-cu12', () => {
  it('says what a board answered, and gives no pulse where it refuses to tell its doors', async () => {
    const { clock, locker, simulator } = bench(kerongCu12Locker, (own) => new Cu12Simulator({ clock: own }));
    simulator.setAnswer(0x11);
    expect(await clock.run(locker.openDoor({ board: 0, lock: 1 }))).toMatchObject({
      outcome: 'unknown',
      cause: { code: 'bad-reply', detail: 'no pulse sent: board answered failed' },
    });
    expect(simulator.doors.all().every((door) => door.pulses === 0)).toBe(true);
  });

  it('leaves the word to the sensor where the board says that a pulse failed', async () => {
    const { clock, locker, simulator, written } = bench(kerongCu12Locker, (own) => new Cu12Simulator({ clock: own }));
    simulator.output.subscribe(() => simulator.setAnswer(written.length === 1 ? 0x11 : 0x10));
    const opened = await clock.run(locker.openDoor({ board: 0, lock: 1 }));
    expect(opened.outcome).toBe('refused');
    expect(opened.cause?.detail).toContain('board answered failed');
  });
});

describe('wkly', () => {
  it('turns unasked messages into door events', async () => {
    const { clock, simulator, events } = bench(
      wklyLocker,
      (own) => new WklySimulator({ clock: own, reportsChanges: true }),
    );
    const cell = { board: 0, lock: 9 };
    simulator.doors.forceOpen(cell);
    await clock.advance(100);
    simulator.doors.closeDoor(cell);
    await clock.advance(100);
    expect(events).toEqual([
      { type: 'door-changed', cell, door: 'open' },
      { type: 'door-changed', cell, door: 'closed' },
    ]);
  });

  it('reads a board door by door that knows only that question, and finds how many it has', async () => {
    const { clock, locker, simulator, written } = bench(
      wklyLocker,
      (own) => new WklySimulator({ clock: own, locks: 12, oneByOne: true }),
    );
    const cell = { board: 0, lock: 7 };
    simulator.doors.forceOpen(cell);
    const first = await clock.run(locker.readBoard(0));
    expect(first.ok && first.value.map((door) => door === 'open')).toEqual(
      Array.from({ length: 12 }, (_, index) => index === 6),
    );
    expect(await clock.run(locker.probe())).toMatchObject({ status: 'online' });
    simulator.doors.closeDoor(cell);
    const before = written.length;
    expect(await clock.run(locker.readBoard(0))).toMatchObject({ ok: true, value: Array(12).fill('closed') });
    // One question a door, and four for the one that has changed.
    expect(written.length - before).toBe(15);
    expect((await clock.run(locker.openDoor({ board: 0, lock: 12 }))).outcome).toBe('opened');
  });

  it('does not take a silent board for one that is read door by door', async () => {
    const { clock, locker, simulator } = bench(wklyLocker, (own) => new WklySimulator({ clock: own }));
    simulator.setBoardMute(0, true);
    expect(await clock.run(locker.readBoard(0))).toMatchObject({ ok: false, error: { code: 'timeout' } });
    simulator.setBoardMute(0, false);
    const reading = await clock.run(locker.readBoard(0));
    expect(reading.ok && reading.value).toHaveLength(24);
  });

  it('gives no pulse to a lock that the board does not have', async () => {
    const { clock, locker } = bench(wklyLocker, (own) => new WklySimulator({ clock: own, locks: 12 }));
    expect(await clock.run(locker.openDoor({ board: 0, lock: 13 }))).toMatchObject({
      outcome: 'unknown',
      cause: { code: 'timeout' },
    });
    const reading = await clock.run(locker.readBoard(0));
    expect(reading.ok && reading.value).toHaveLength(12);
  });
});

describe('modbus-relay', () => {
  const cell = { board: 1, lock: 3 };
  const relays = (
    options: Record<string, string> = {},
    wiring: Partial<ConstructorParameters<typeof ModbusRelaySimulator>[0]> = {},
  ) => bench(modbusRelayLocker, (clock) => new ModbusRelaySimulator({ clock, ...wiring }), options);

  it('switches the relay on once and off again after the time that was set', async () => {
    const { clock, locker, simulator, written } = relays({ 'pulse-ms': '300' });
    const opening = locker.openDoor(cell);
    while (simulator.relaysOn === 0) await clock.advance(1);
    const on = clock.monotonic();
    while (simulator.relaysOn === 1) await clock.advance(1);
    expect(clock.monotonic() - on).toBeGreaterThanOrEqual(300);
    expect(clock.monotonic() - on).toBeLessThan(400);
    expect((await clock.run(opening)).outcome).toBe('opened');
    const writes = written.map(hex).filter((frame) => frame.startsWith('01 05'));
    expect(writes.map((frame) => frame.slice(0, 17))).toEqual(['01 05 00 02 FF 00', '01 05 00 02 00 00']);
  });

  it('leaves the switching off to the board with timed pulses', async () => {
    const { clock, locker, simulator, written } = relays({ pulse: 'timed', 'pulse-ms': '700' });
    expect((await clock.run(locker.openDoor({ board: 1, lock: 1 }))).outcome).toBe('opened');
    const writes = written.map(hex).filter((frame) => frame.startsWith('01 05'));
    expect(writes).toEqual(['01 05 02 00 00 07 8D B0']);
    expect(simulator.relaysOn).toBe(1);
    await clock.advance(700);
    expect(simulator.relaysOn).toBe(0);
  });

  it('switches off although cancelled, and although the board lost an answer', async () => {
    const cancelled = relays();
    const cancel = new AbortController();
    const opening = cancelled.locker.openDoor(cell, cancel.signal);
    while (cancelled.simulator.relaysOn === 0) await cancelled.clock.advance(1);
    cancel.abort();
    expect((await cancelled.clock.run(opening)).outcome).toBe('unknown');
    expect(cancelled.simulator.relaysOn).toBe(0);

    const deaf = relays();
    deaf.simulator.doors.setBehaviour(cell, 'stuck');
    const second = deaf.locker.openDoor(cell);
    while (deaf.simulator.relaysOn === 0) await deaf.clock.advance(1);
    deaf.simulator.setBoardMute(1, true);
    await deaf.clock.advance(1_100);
    expect(deaf.simulator.relaysOn).toBe(1);
    deaf.simulator.setBoardMute(1, false);
    // For so long nobody watched that the door could have been opened and shut again.
    expect((await deaf.clock.run(second)).outcome).toBe('unknown');
    expect(deaf.simulator.relaysOn).toBe(0);
    expect(deaf.simulator.doors.get(cell)?.pulses).toBe(1);
  });

  it('switches off after a write that failed although its bytes had left', async () => {
    const { clock, locker, line, simulator } = relays();
    const transport = line.current;
    if (transport !== null) {
      const write = transport.write.bind(transport);
      transport.write = async (bytes) => {
        await write(bytes);
        return hex(bytes).startsWith('01 05 00 02 FF')
          ? { ok: false, error: { code: 'io', detail: 'no word from the port in 5 s' } }
          : { ok: true, value: undefined };
      };
    }
    expect(await clock.run(locker.openDoor(cell))).toMatchObject({ outcome: 'unknown', cause: { code: 'line-lost' } });
    expect(simulator.doors.get(cell)?.pulses).toBe(1);
    expect(simulator.relaysOn).toBe(0);
  });

  it('switches off when the driver is put away in the middle of a pulse', async () => {
    const { clock, locker, simulator } = relays();
    const opening = locker.openDoor(cell);
    while (simulator.relaysOn === 0) await clock.advance(1);
    await clock.advance(50);
    locker.dispose();
    await clock.settle();
    expect(simulator.relaysOn).toBe(0);
    expect((await clock.run(opening)).outcome).toBe('unknown');
  });

  it('knows nothing of doors without inputs: one pulse, and never a word of opened or refused', async () => {
    for (const behaviour of ['normal', 'stuck'] as const) {
      const { clock, locker, simulator, written } = relays({ sensor: 'none' }, { inputs: 'none' });
      simulator.doors.setBehaviour(cell, behaviour);
      expect((await clock.run(locker.probe())).status).toBe('online');
      expect(await clock.run(locker.readDoor(cell))).toEqual({ ok: true, value: 'unknown' });
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('unknown');
      expect(simulator.doors.get(cell)?.pulses).toBe(1);
      expect(written.every((frame) => frame[1] !== 0x02)).toBe(true);
    }
    const silent = relays({ sensor: 'none' }, { inputs: 'none' });
    silent.simulator.setBoardMute(1, true);
    expect((await silent.clock.run(silent.locker.openDoor(cell))).outcome).toBe('unknown');
    expect(silent.simulator.doors.get(cell)?.pulses).toBe(0);
  });

  it('gives no pulse where inputs are set but the board has none', async () => {
    const { clock, locker, simulator } = relays({}, { inputs: 'none' });
    expect(await clock.run(locker.openDoor(cell))).toMatchObject({
      outcome: 'unknown',
      cause: { code: 'bad-reply', detail: 'no pulse sent: board refused: 1' },
    });
    expect(simulator.doors.get(cell)?.pulses).toBe(0);
  });

  it('says refused where the board knows no timed pulse', async () => {
    const { clock, locker, simulator } = relays({ pulse: 'timed' }, { timedPulse: false });
    const opened = await clock.run(locker.openDoor(cell));
    expect(opened).toMatchObject({ outcome: 'refused', cause: { code: 'timeout' } });
    expect(opened.cause?.detail).toContain('board refused: 2');
    expect(simulator.doors.get(cell)?.pulses).toBe(0);
  });

  it('works behind an adapter that echoes', async () => {
    for (const ownEcho of ['none', 'suppress']) {
      const { clock, locker, line, simulator } = relays({ 'own-echo': ownEcho });
      const transport = line.current;
      const passOn = transport?.onWrite ?? null;
      if (transport !== null) {
        transport.onWrite = (bytes) => {
          transport.deliver(bytes);
          passOn?.(bytes);
        };
      }
      expect((await clock.run(locker.openDoor(cell))).outcome).toBe('opened');
      expect(simulator.doors.get(cell)?.pulses).toBe(1);
      expect(simulator.relaysOn).toBe(0);
    }
  });
});
