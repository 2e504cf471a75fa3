import { SerialPort } from 'serialport';
import { SdtReaderSimulator } from '../../../native/id-card-reader/simulator.ts';
import { TEST_CARD } from '../../../native/id-card-reader/test-card.ts';
import { DeviceManager } from '../../../native/manager/device-manager.ts';
import type { DeviceSettings } from '../../../native/manager/driver-types.ts';
import { driverRegistry } from '../../../native/manager/registry.ts';
import { Emitter } from '../../../native/model/events.ts';
import type { DeviceSimulator } from '../../../native/model/simulator.ts';
import { Cu48Simulator } from '../../../native/pickup-locker/simulator-cu48.ts';
import { openTransport } from '../../../native/transport/open.ts';
import { systemClock, systemRandom } from '../../../native/transport/system-clock.ts';
import { FarEnd } from './far-end.ts';
import { Samples, findThreads, pause, until, waitedForCpuMs } from './figures.ts';
import type { Measured } from './figures.ts';

/** Length of the answer that holds a card's text and photo (protocols: SDT, 11 + 1,284). */
export const CARD_FRAME = 1_295;
const COMMAND = 6;
/** Pause between two commands: longer than the silence that lock boards want on their bus. */
const GAP_MS = 8;

/** Answers everything with so many bytes. */
class Answering implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly #answer: Uint8Array;

  constructor(length: number) {
    this.#answer = Uint8Array.from({ length }, (_, index) => index & 0xff);
  }

  receive(): void {
    this.output.emit({ bytes: this.#answer, delayMs: 0 });
  }
}

/** `serialport` alone: 6 bytes out, so many back; time beyond the wire. */
export async function rawExchange(dir: string, baud: number, answer: number, rounds: number): Promise<Measured> {
  const far = await FarEnd.open({ dir, name: 'raw', baud, simulator: new Answering(answer) });
  const path = new URL(far.address).pathname;
  const port = new SerialPort({ path, baudRate: baud, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  findThreads();
  const samples = new Samples();
  try {
    let left = 0;
    let whole = (): void => undefined;
    port.on('data', (bytes: Buffer) => {
      left -= bytes.length;
      if (left <= 0) whole();
    });
    for (let round = 0; round < rounds; round += 1) {
      const answered = new Promise<void>((resolve) => {
        whole = resolve;
      });
      left = answer;
      far.reset();
      const [asked, waited] = [performance.now(), waitedForCpuMs()];
      port.write(Buffer.alloc(COMMAND, 0x55));
      await answered;
      samples.add(performance.now() - asked - far.wireMs, waitedForCpuMs() - waited - far.wireWaitedMs);
      await pause(GAP_MS);
    }
  } finally {
    await new Promise<void>((resolve) => port.close(() => resolve()));
    await far.stop();
  }
  return samples.measured;
}

/** A device manager with one device, ready. */
async function ready(settings: DeviceSettings): Promise<DeviceManager> {
  const manager = new DeviceManager({
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    registry: driverRegistry,
  });
  const configured = await manager.configure([settings]);
  if (!configured.ok) throw new Error(configured.error.detail);
  await manager.start();
  await until(`${settings.driver} online`, () => manager.slot(settings.deviceClass).health().status === 'online');
  return manager;
}

/** A door's sensor asked through slot, driver and transport: a command of 6 bytes and its answer. */
export async function commandReply(dir: string, rounds: number): Promise<Measured> {
  const simulator = new Cu48Simulator({ clock: systemClock, boards: [0], closesAfterMs: null });
  const far = await FarEnd.open({ dir, name: 'locker', baud: 19_200, simulator });
  const manager = await ready({
    deviceClass: 'pickup-locker',
    driver: 'kerong-cu48',
    address: far.address,
    options: {},
  });
  findThreads();
  const samples = new Samples();
  try {
    for (let round = 0; round < rounds; round += 1) {
      await pause(GAP_MS);
      far.reset();
      const [asked, waited] = [performance.now(), waitedForCpuMs()];
      const read = await manager.pickupLocker.run((driver, signal) => driver.readDoor({ board: 0, lock: 3 }, signal));
      if (!read.ok) throw new Error(`${read.error.code}: ${read.error.detail}`);
      samples.add(performance.now() - asked - far.wireMs, waitedForCpuMs() - waited - far.wireWaitedMs);
    }
  } finally {
    await manager.stop();
    simulator.dispose();
    await far.stop();
  }
  return samples.measured;
}

/** From the last byte of a card's answer on the line to the card in the caller's hands. */
export async function cardFrame(dir: string, rounds: number): Promise<Measured> {
  const simulator = new SdtReaderSimulator();
  const far = await FarEnd.open({ dir, name: 'reader', baud: 115_200, simulator });
  let answer = 0;
  simulator.output.subscribe(({ bytes }) => {
    answer = bytes.length;
  });
  const manager = await ready({ deviceClass: 'id-card-reader', driver: 'sdt', address: far.address, options: {} });
  findThreads();
  const samples = new Samples();
  try {
    for (let round = 0; round < rounds; round += 1) {
      simulator.removeCard();
      simulator.layCard(TEST_CARD);
      const read = await manager.idCardReader.run((driver, signal) => driver.readCard({ deadlineMs: 5_000, signal }));
      const [delivered, waited] = [performance.now(), waitedForCpuMs()];
      if (!read.ok) throw new Error(`${read.error.code}: ${read.error.detail}`);
      if (read.value.number !== TEST_CARD.number || answer !== CARD_FRAME)
        throw new Error('not the card that was laid');
      samples.add(delivered - far.lastSentAt, waited - far.lastSentWaited);
    }
  } finally {
    await manager.stop();
    await far.stop();
  }
  return samples.measured;
}
