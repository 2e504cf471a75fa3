import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../native/model/clock.ts';
import { Emitter } from '../../native/model/events.ts';
import type { EventSource } from '../../native/model/events.ts';
import type { DeviceSettings } from '../../native/manager/driver-types.ts';
import type { LineBehaviour } from '../../native/model/simulator.ts';
import type { SdtReaderSimulator } from '../../native/id-card-reader/simulator.ts';
import type { ScannerSimulator } from '../../native/code-scanner/simulator.ts';
import { receiptText } from '../../native/receipt-printer/simulator.ts';
import type { ReceiptPrinterSimulator, SimulatedReceipt } from '../../native/receipt-printer/simulator.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import type { SimulatedDoors } from '../../native/pickup-locker/simulated-doors.ts';
import { TEST_CARDS } from '../fixtures/cards.ts';
import type { TestCardKey } from '../fixtures/cards.ts';
import { paintReceipt } from '../support/paper/paint.ts';
import { LOCKERS, SIMULATED_DEVICES } from './bench-types.ts';
import type {
  BenchActions,
  BenchActivity,
  BenchReceipt,
  BenchState,
  LockerName,
  PaperAction,
  SimulatedDevice,
} from './bench-types.ts';
import type { Carrier } from './carrier.ts';
import { SimulatorLine } from './line.ts';
import { PtyCarrier } from './pty.ts';
import { buildRig } from './rig.ts';
import type { Rig } from './rig.ts';
import { TcpCarrier } from './tcp.ts';

export interface BenchOptions {
  /** Folder for the ports of the pseudo-terminals; made when missing. Keep it short: it is part of the address. */
  readonly dir: string;
  /** What serial devices are carried by; HID devices always come over TCP. */
  readonly carrier: 'pty' | 'tcp';
  /** Folder for the pictures of what was printed; made when missing. */
  readonly receiptsDir: string;
  /** When somebody shuts an opened locker door again; null (the default): only by hand. */
  readonly doorsCloseAfterMs?: number | null;
  readonly clock?: Clock;
}

/** Lines of activity that are kept. */
const LOG_LENGTH = 1000;
const LAST_LINES = 10;
const NEAR_END_LINES = 300;

type ByDevice<T> = Readonly<Record<SimulatedDevice, T>>;

/** One simulator of every device on real byte streams, and everything that a person can do to them. */
export class SimulatorBench {
  readonly actions: BenchActions;
  readonly #clock: Clock;
  readonly #receiptsDir: string;
  readonly #rig: Rig;
  readonly #carriers: ByDevice<Carrier>;
  readonly #lines: ByDevice<SimulatorLine>;
  readonly #activity = new Emitter<BenchActivity>();
  readonly #changes = new Emitter<null>();
  readonly #receiptEvents = new Emitter<BenchReceipt>();
  readonly #log: BenchActivity[] = [];
  readonly #receipts: BenchReceipt[] = [];
  #card: TestCardKey | null = null;
  #lastId = 0;
  #pieces = 0;
  #painting: Promise<void> = Promise.resolve();

  private constructor(options: BenchOptions, clock: Clock, rig: Rig, carriers: ByDevice<Carrier>) {
    this.#clock = clock;
    this.#receiptsDir = options.receiptsDir;
    this.#rig = rig;
    this.#carriers = carriers;
    this.#lines = byDevice((device) => {
      const { simulator } = rig.entries[device];
      simulator.activity.subscribe((text) => this.#note(device, text));
      return new SimulatorLine(simulator, carriers[device], clock, systemRandom);
    });
    rig.printer.receipts.subscribe((receipt) => this.#paint(receipt));
    this.actions = this.#buildActions();
  }

  static async start(options: BenchOptions): Promise<SimulatorBench> {
    const clock = options.clock ?? systemClock;
    await mkdir(options.dir, { recursive: true });
    await mkdir(options.receiptsDir, { recursive: true });
    const rig = buildRig(clock, options.doorsCloseAfterMs ?? null);
    const opened: Partial<Record<SimulatedDevice, Carrier>> = {};
    try {
      for (const device of SIMULATED_DEVICES) opened[device] = await openCarrier(options, rig, device);
    } catch (error) {
      for (const carrier of Object.values(opened)) await carrier.stop();
      throw error;
    }
    return new SimulatorBench(options, clock, rig, opened as ByDevice<Carrier>);
  }

  /** Address of every device, as the product's configuration wants it. They stay the same over unplug and replug. */
  get addresses(): ByDevice<string> {
    return byDevice((device) => this.#carriers[device].address);
  }

  /** Settings for the product's device manager: one device a class unless told otherwise. */
  settings(
    devices: readonly SimulatedDevice[] = ['card-reader', 'receipt-printer', 'locker-cu48', 'serial-keypad', 'scanner'],
  ): readonly DeviceSettings[] {
    return devices.map((device) => {
      const { deviceClass, driver, options } = this.#rig.entries[device];
      return { deviceClass, driver, options, address: this.#carriers[device].address };
    });
  }

  /** Doors of one locker, for assertions. */
  doors(locker: LockerName): SimulatedDoors {
    return this.#rig.lockers[locker].doors;
  }

  /** The printer, for faults that `actions.paper` has no word for. */
  get printer(): ReceiptPrinterSimulator {
    return this.#rig.printer;
  }

  /** The card reader, for cards of invented people that `actions` does not know. */
  get reader(): SdtReaderSimulator {
    return this.#rig.reader;
  }

  /** The scanner, for faults that `actions` has no word for. */
  get scanner(): ScannerSimulator {
    return this.#rig.scanner;
  }

  /** What came out of the printer and is painted, oldest first. */
  get receipts(): readonly BenchReceipt[] {
    return this.#receipts;
  }

  /** Told when a piece of paper has been painted. */
  get receiptEvents(): EventSource<BenchReceipt> {
    return this.#receiptEvents;
  }

  /** Resolves when everything that has left the printer so far is painted. */
  async receiptsPainted(): Promise<readonly BenchReceipt[]> {
    await this.#painting;
    return this.#receipts;
  }

  /** What happened, oldest first. */
  get log(): readonly BenchActivity[] {
    return this.#log;
  }

  get activity(): EventSource<BenchActivity> {
    return this.#activity;
  }

  /** Told when `state()` may give something else than before. */
  get changes(): EventSource<null> {
    return this.#changes;
  }

  state(): BenchState {
    const moved = (locker: LockerName): BenchState['doors'][LockerName] =>
      this.doors(locker)
        .all()
        .filter((door) => door.pulses > 0 || door.open || door.behaviour !== 'normal');
    return {
      devices: byDevice((device) => ({
        address: this.#carriers[device].address,
        plugged: this.#carriers[device].plugged,
        line: this.#lines[device].behaviour,
      })),
      card: this.#card,
      printer: this.#rig.printer.state,
      somebody: this.#rig.presence.present,
      doors: Object.fromEntries(LOCKERS.map((locker) => [locker, moved(locker)])) as BenchState['doors'],
      receipts: this.#receipts.length,
    };
  }

  /** Ends timers, closes and removes the ports, and waits for the last picture. */
  async stop(): Promise<void> {
    for (const locker of Object.values(this.#rig.lockers)) locker.dispose();
    for (const device of SIMULATED_DEVICES) {
      await this.#lines[device].stop();
      await this.#carriers[device].stop();
    }
    await this.#painting;
  }

  #buildActions(): BenchActions {
    const { reader, lockers, keypads, scanner } = this.#rig;
    const actions: BenchActions = {
      layCard: (key) => {
        const { card, readable } = TEST_CARDS[key];
        reader.removeCard();
        reader.behaviour.unreadable = !readable;
        const laid = reader.layCard(card);
        if (!laid.ok) throw new Error(`card ${key} does not fit: ${laid.error.code}`);
        this.#card = key;
      },
      removeCard: () => {
        reader.removeCard();
        this.#card = null;
      },
      scan: (text) => void scanner.scan(text),
      pressKey: (level, keypad = 'serial-keypad') => keypads[keypad].press(level),
      stand: (present) => this.#rig.presence.stand(present),
      paper: (what) => this.#doPaper(what),
      setDoor: (locker, cell, behaviour) => {
        lockers[locker].doors.setBehaviour(cell, behaviour);
        this.#note(locker, `board ${cell.board} lock ${cell.lock}: now ${behaviour}`);
      },
      closeDoor: (locker, cell) => lockers[locker].doors.closeDoor(cell),
      forceDoor: (locker, cell) => lockers[locker].doors.forceOpen(cell),
      muteBoard: (locker, board, mute) => {
        lockers[locker].setBoardMute(board, mute);
        this.#note(locker, `board ${board}: ${mute ? 'off' : 'on'}`);
      },
      unplug: async (device) => {
        await this.#carriers[device].unplug();
        this.#note(device, 'unplugged');
      },
      replug: async (device) => {
        await this.#carriers[device].replug();
        this.#note(device, 'plugged in');
      },
      setLine: (device, behaviour) => {
        const line = this.#lines[device];
        line.behaviour = { ...line.behaviour, ...behaviour };
        this.#note(device, `line: ${describeLine(line.behaviour)}`);
      },
    };
    return actions;
  }

  #doPaper(what: PaperAction): void {
    const { printer } = this.#rig;
    const doing: Readonly<Record<PaperAction, () => void>> = {
      tear: () => printer.tear(),
      out: () => printer.paperOutAfterLines(0),
      'last-lines': () => printer.paperOutAfterLines(LAST_LINES),
      'near-end': () => printer.paperOutAfterLines(NEAR_END_LINES),
      refill: () => printer.loadPaper(),
      jam: () => printer.jam(),
      'clear-jam': () => printer.clearJam(),
      'open-cover': () => printer.openCover(),
      'close-cover': () => printer.closeCover(),
      'fail-cutter': () => printer.failCutter('stuck'),
      'repair-cutter': () => printer.failCutter(null),
      'power-off': () => printer.power(false),
      'power-on': () => printer.power(true),
    };
    doing[what]();
  }

  /** Drivers ask the same thing again and again: repeats of one device's last line are left out. */
  #note(device: SimulatedDevice, text: string): void {
    const last = this.#log.findLast((entry) => entry.device === device);
    if (last?.text !== text) {
      this.#lastId += 1;
      const entry = { id: this.#lastId, at: this.#clock.now(), device, text };
      this.#log.push(entry);
      if (this.#log.length > LOG_LENGTH) this.#log.shift();
      this.#activity.emit(entry);
    }
    this.#changes.emit(null);
  }

  #paint(receipt: SimulatedReceipt): void {
    this.#pieces += 1;
    const id = this.#pieces;
    const at = this.#clock.now();
    const path = join(this.#receiptsDir, `receipt-${String(id).padStart(3, '0')}.png`);
    this.#painting = this.#painting.then(async () => {
      try {
        await writeFile(path, paintReceipt(receipt));
      } catch (error) {
        this.#note('receipt-printer', `picture failed: ${error instanceof Error ? error.message : 'unknown'}`);
        return;
      }
      const painted = { id, at, path, end: receipt.end, lines: receiptText(receipt) };
      this.#receipts.push(painted);
      this.#receiptEvents.emit(painted);
      this.#changes.emit(null);
    });
  }
}

function describeLine({ lateMs, drip, garbageBytes, mute, halfFrames }: LineBehaviour): string {
  const faults = [
    lateMs > 0 ? `${lateMs} ms late` : '',
    drip ? 'drips' : '',
    garbageBytes > 0 ? `${garbageBytes} bytes of noise` : '',
    mute ? 'mute' : '',
    halfFrames ? 'half frames' : '',
  ];
  return faults.filter((fault) => fault !== '').join(', ') || 'good';
}

function byDevice<T>(make: (device: SimulatedDevice) => T): ByDevice<T> {
  return Object.fromEntries(SIMULATED_DEVICES.map((device) => [device, make(device)])) as ByDevice<T>;
}

function openCarrier(options: BenchOptions, rig: Rig, device: SimulatedDevice): Promise<Carrier> {
  const { kind, baud, simulator } = rig.entries[device];
  const onBytes = (bytes: Uint8Array): void => simulator.receive(bytes);
  if (kind === 'reports' || baud === null || options.carrier === 'tcp') return TcpCarrier.open({ kind, baud, onBytes });
  return PtyCarrier.open({ dir: options.dir, name: device, baud, onBytes });
}
