import type { KioskConfig } from '../../../electron/app/config/schema.ts';
import type { Clock } from '../../../native/model/clock.ts';
import type { TransportOpener } from '../../../native/model/transport.ts';
import { testConfig } from '../../dev/kiosk-config.ts';
import { TEST_CARDS } from '../../fixtures/cards.ts';
import { buildRig, type Rig, type RigEntry } from '../../simulators/rig.ts';
import { GOOD_LINE, MemoryLine } from '../../support/memory-transport.ts';
import type { Dice } from './dice.ts';

const DEVICES = ['card-reader', 'receipt-printer', 'locker-cu48', 'serial-keypad', 'scanner'] as const;
type Device = (typeof DEVICES)[number];
/** People shut the doors that they opened after so long, in milliseconds. */
const DOOR_SHUT_MS = 6_000;

/** The devices of one kiosk at the far ends of lines in memory. They outlive the kiosk's processes. */
export class SimHall {
  readonly rig: Rig;
  readonly #lines: Readonly<Record<Device, MemoryLine>>;

  constructor(clock: Clock) {
    this.rig = buildRig(clock, DOOR_SHUT_MS);
    const line = (device: Device): MemoryLine => {
      const { simulator, kind, baud } = this.rig.entries[device];
      return new MemoryLine(simulator, clock, { kind, baud, address: addressOf(device) });
    };
    this.#lines = {
      'card-reader': line('card-reader'),
      'receipt-printer': line('receipt-printer'),
      'locker-cu48': line('locker-cu48'),
      'serial-keypad': line('serial-keypad'),
      scanner: line('scanner'),
    };
    this.rig.reader.layCard(TEST_CARDS.lin.card);
  }

  readonly open: TransportOpener = (address) => {
    const device = DEVICES.find((one) => addressOf(one) === address);
    if (!device) throw new Error(`nobody lives at ${address}`);
    return this.#lines[device].opener(address);
  };

  config(pinHash: string, publicKey: string): KioskConfig {
    const entries: readonly (readonly [Device, RigEntry])[] = DEVICES.map((device) => [
      device,
      this.rig.entries[device],
    ]);
    const key = { kid: 'k1', alg: 'HPKE-X25519-SHA256-AES256GCM', publicKey, notAfter: null } as const;
    return testConfig({
      platformUrl: 'http://platform.example',
      sealingKey: key,
      pinHash,
      devices: entries.map(([device, { deviceClass, driver, options }]) => ({
        deviceClass,
        driver,
        address: addressOf(device),
        options: { ...options },
      })),
      firstBoard: 0,
    });
  }

  /** The process at the near ends died: the ports are free again. */
  abandon(): void {
    for (const line of Object.values(this.#lines)) {
      line.unplug();
      line.plug();
    }
  }

  /** Somebody lifts the card that lies there. */
  liftCard(): void {
    this.rig.reader.removeCard();
  }

  layCard(): void {
    this.rig.reader.layCard(TEST_CARDS.lin.card);
  }

  /** Something happens to a device. Gives what, for the trace. */
  trouble(dice: Dice): string {
    const device = dice.pick(DEVICES);
    const line = this.#lines[device];
    const what = dice.pick(['unplug', 'late', 'mute', 'garbage', 'paper', 'door'] as const);
    if (what === 'unplug') line.unplug();
    if (what === 'late') line.behaviour = { ...GOOD_LINE, lateMs: dice.between(10, 3_000) };
    if (what === 'mute') line.behaviour = { ...GOOD_LINE, mute: true };
    if (what === 'garbage') line.behaviour = { ...GOOD_LINE, garbageBytes: dice.between(1, 40) };
    if (what === 'paper') this.rig.printer.paperOutAfterLines(dice.between(0, 30));
    if (what === 'door') {
      const behaviour = dice.pick(['stuck', 'slow', 'left-open'] as const);
      this.rig.lockers['locker-cu48'].doors.setBehaviour({ board: 0, lock: dice.between(1, 4) }, behaviour);
    }
    return `${device} ${what}`;
  }

  /** Somebody puts everything right. */
  heal(): void {
    for (const line of Object.values(this.#lines)) {
      line.behaviour = GOOD_LINE;
      line.plug();
    }
    this.rig.printer.loadPaper();
    this.rig.reader.removeCard();
    this.rig.reader.layCard(TEST_CARDS.lin.card);
    const { doors } = this.rig.lockers['locker-cu48'];
    for (const { board, lock } of [1, 2, 3, 4].map((lock) => ({ board: 0, lock }))) {
      doors.setBehaviour({ board, lock }, 'normal');
      doors.closeDoor({ board, lock });
    }
  }

  /** Opening pulses that a lock of the first board felt. */
  pulses(lock: number): number {
    const doors = this.rig.lockers['locker-cu48'].doors.all();
    return doors.find(({ cell }) => cell.board === 0 && cell.lock === lock)?.pulses ?? 0;
  }

  dispose(): void {
    for (const locker of Object.values(this.rig.lockers)) locker.dispose();
  }
}

/** A TCP address, of which nothing is watched in the file system. */
function addressOf(device: Device): string {
  return `tcp://127.0.0.1:${9_100 + DEVICES.indexOf(device)}`;
}
