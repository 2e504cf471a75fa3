import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { PtyCarrier } from '../../test/simulators/pty.ts';
import { ScannerSimulator } from '../code-scanner/simulator.ts';
import { SerialKeypadSimulator } from '../evaluation-keypad/simulator.ts';
import { SdtReaderSimulator } from '../id-card-reader/simulator.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import type { TransportOpener } from '../model/transport.ts';
import { Cu48Simulator } from '../pickup-locker/simulator-cu48.ts';
import { lockerSimulators } from '../pickup-locker/simulators.ts';
import { ReceiptPrinterSimulator } from '../receipt-printer/simulator.ts';
import { openTransport } from '../transport/open.ts';
import { systemClock } from '../transport/system-clock.ts';
import { identify } from './identify.ts';
import type { Identified } from './identify.ts';
import { driverRegistry } from './registry.ts';

interface Asked {
  readonly answers: readonly Identified[];
  /** Drivers in the order they were asked, with the speed. */
  readonly order: readonly string[];
  readonly written: readonly Uint8Array[];
  readonly pending: number;
}

/** Asks on a port whose device runs at one speed: at any other it hears nothing that makes sense. */
async function ask(simulator: DeviceSimulator, baud: number, clock = new FakeClock()): Promise<Asked> {
  const line = new MemoryLine(simulator, clock, { baud });
  const written: Uint8Array[] = [];
  const order: string[] = [];
  const open: TransportOpener = async (address) => {
    const opened = await line.opener(address);
    const transport = line.current;
    if (!opened.ok || !transport) return opened;
    const fits = address.endsWith(`baud=${baud}`);
    transport.onWrite = (bytes) => {
      written.push(bytes);
      if (fits) simulator.receive(bytes);
    };
    return opened;
  };
  const found = await clock.run(
    identify({
      address: 'serial:///dev/somewhere',
      registry: driverRegistry,
      open,
      clock,
      onAsk: (driver, address) => order.push(`${driver} ${address.replace(/.*baud=/u, '')}`),
    }),
  );
  if (!found.ok) throw new Error(found.error.detail);
  expect(line.current?.closed).toBe(true);
  return { answers: found.value, order, written, pending: clock.pending };
}

describe('which driver answers on a port', () => {
  it.each([115_200, 9_600])('finds a card reader at %d baud and what it is called', async (baud) => {
    const { answers } = await ask(new SdtReaderSimulator(), baud);
    expect(answers).toEqual([
      {
        deviceClass: 'id-card-reader',
        driver: 'sdt',
        address: `serial:///dev/somewhere?baud=${baud}`,
        status: 'online',
        identity: '05.01-20200101-0001234567-0987654321',
      },
    ]);
  });

  it('finds a printer before any whole frame is sent, and prints nothing', async () => {
    const printer = new ReceiptPrinterSimulator();
    let pieces = 0;
    printer.receipts.subscribe(() => (pieces += 1));
    const { answers, order } = await ask(printer, 38_400);
    expect(answers.map(({ driver }) => driver)).toEqual(['escpos']);
    expect(new Set(order.map((one) => one.split(' ')[0]))).toEqual(new Set(['escpos']));
    expect(pieces).toBe(0);
  });

  it.each(driverRegistry['pickup-locker'].map(({ id }) => id))('finds a %s without a pulse', async (driver) => {
    const definition = driverRegistry['pickup-locker'].find(({ id }) => id === driver);
    const make = lockerSimulators[driver];
    if (!definition?.identify || !make) throw new Error('a lock board that cannot be asked');
    const clock = new FakeClock();
    const simulator = make({ clock });
    const { answers } = await ask(simulator, definition.identify.bauds[0] ?? 0, clock);
    expect(answers.map((one) => one.driver)).toContain(driver);
    expect(simulator.doors.all().filter(({ pulses, open }) => pulses > 0 || open)).toEqual([]);
    simulator.dispose();
  });

  it('claims nothing where nobody answers, and asks each driver at each of its speeds once', async () => {
    for (const silent of [new ScannerSimulator(), new SerialKeypadSimulator()]) {
      const { answers, order, pending } = await ask(silent, 4_800);
      expect(answers).toEqual([]);
      expect(new Set(order).size).toBe(order.length);
      expect(order.findLastIndex((one) => one.startsWith('escpos'))).toBeLessThan(
        order.findIndex((one) => one.startsWith('sdt')),
      );
      expect(pending).toBe(0);
    }
  });

  it('says why a port cannot be asked, and stops when it is told to', async () => {
    const clock = new FakeClock();
    const line = new MemoryLine(new Cu48Simulator({ clock, boards: [0] }), clock);
    const ports = { registry: driverRegistry, open: line.opener, clock };
    expect(await identify({ ...ports, address: 'nonsense' })).toMatchObject({ error: { code: 'bad-address' } });
    line.unplug();
    expect(await identify({ ...ports, address: 'serial:///dev/x' })).toMatchObject({ error: { code: 'not-found' } });
    expect(await identify({ ...ports, address: 'serial:///dev/x', signal: AbortSignal.abort() })).toEqual({
      ok: true,
      value: [],
    });
  });
});

describe.runIf(process.platform === 'linux')('on a real port', () => {
  it('the reader at the far end is found, and the port is free again', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'h24-ask-'));
    const reader = new SdtReaderSimulator();
    const carrier = await PtyCarrier.open({
      dir,
      name: 'port',
      baud: 115_200,
      onBytes: (bytes) => reader.receive(bytes),
    });
    reader.output.subscribe(({ bytes }) => void carrier.send(bytes));
    try {
      const ports = { registry: driverRegistry, open: openTransport, clock: systemClock };
      const asked = { ...ports, address: `serial://${dir}/port`, classes: ['id-card-reader'] } as const;
      for (let round = 0; round < 2; round += 1) {
        expect(await identify(asked)).toMatchObject({
          ok: true,
          value: [{ driver: 'sdt', address: `serial://${dir}/port?baud=115200` }],
        });
      }
      const opened = await openTransport(carrier.address);
      expect(opened.ok).toBe(true);
      expect(await identify(asked)).toMatchObject({ ok: false, error: { code: 'busy' } });
      if (opened.ok) await opened.value.close();
    } finally {
      await carrier.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
