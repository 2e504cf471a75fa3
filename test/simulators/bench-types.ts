import type { PrinterSimulatorState } from '../../native/receipt-printer/simulator.ts';
import type { LineBehaviour } from '../../native/model/simulator.ts';
import type { CellAddress } from '../../native/model/pickup-locker.ts';
import type { RatingLevel } from '../../native/model/evaluation-keypad.ts';
import type { DoorBehaviour, SimulatedDoor } from '../../native/pickup-locker/simulated-doors.ts';
import type { TestCardKey } from '../fixtures/cards.ts';

/** Every device on the bench. */
export const SIMULATED_DEVICES = [
  'card-reader',
  'receipt-printer',
  'locker-cu48',
  'locker-8a',
  'locker-cu16',
  'locker-cu12',
  'locker-cu',
  'locker-wkly',
  'locker-modbus',
  'serial-keypad',
  'hid-keypad',
  'scanner',
  'presence-sensor',
] as const;
export type SimulatedDevice = (typeof SIMULATED_DEVICES)[number];

export const LOCKERS = [
  'locker-cu48',
  'locker-8a',
  'locker-cu16',
  'locker-cu12',
  'locker-cu',
  'locker-wkly',
  'locker-modbus',
] as const;
export type LockerName = (typeof LOCKERS)[number];

export const KEYPADS = ['serial-keypad', 'hid-keypad'] as const;
export type KeypadName = (typeof KEYPADS)[number];

/** What somebody can do to the printer. `last-lines` leaves paper for 10 lines (40 mm). */
export const PAPER_ACTIONS = [
  'tear',
  'out',
  'last-lines',
  'near-end',
  'refill',
  'jam',
  'clear-jam',
  'open-cover',
  'close-cover',
  'fail-cutter',
  'repair-cutter',
  'power-off',
  'power-on',
] as const;
export type PaperAction = (typeof PAPER_ACTIONS)[number];

/** All that a person or a test can do to the simulated kiosk's devices. */
export interface BenchActions {
  /** Lays a card on the reader, taking away the one that lies there. */
  layCard(card: TestCardKey): void;
  removeCard(): void;
  /** Holds a code under the scanner. */
  scan(text: string): void;
  /** Presses a rating key; 1 very bad, 5 very good. */
  pressKey(level: RatingLevel, keypad?: KeypadName): void;
  /** Somebody comes before the kiosk, or leaves. */
  stand(present: boolean): void;
  paper(what: PaperAction): void;
  setDoor(locker: LockerName, cell: CellAddress, behaviour: DoorBehaviour): void;
  closeDoor(locker: LockerName, cell: CellAddress): void;
  forceDoor(locker: LockerName, cell: CellAddress): void;
  muteBoard(locker: LockerName, board: number, mute: boolean): void;
  /** Pulls the cable; the product's port vanishes. */
  unplug(device: SimulatedDevice): Promise<void>;
  /** Plugs it in again at the same address. */
  replug(device: SimulatedDevice): Promise<void>;
  /** Changes faults of one line; what is left out stays as it is. */
  setLine(device: SimulatedDevice, behaviour: Partial<LineBehaviour>): void;
}

/** One line of what happened. */
export interface BenchActivity {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly device: SimulatedDevice;
  readonly text: string;
}

/** A piece of paper that left the printer, painted. */
export interface BenchReceipt {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** PNG file. */
  readonly path: string;
  readonly end: 'partial' | 'full' | 'torn';
  /** Its text, line by line. */
  readonly lines: readonly string[];
}

/** Snapshot of the bench. */
export interface BenchState {
  readonly devices: Readonly<
    Record<SimulatedDevice, { readonly address: string; readonly plugged: boolean; readonly line: LineBehaviour }>
  >;
  /** Card on the reader, or null. */
  readonly card: TestCardKey | null;
  readonly printer: PrinterSimulatorState;
  /** Whether somebody stands before the kiosk. */
  readonly somebody: boolean;
  /** Doors that were pulsed, opened or tampered with; all others are shut and healthy. */
  readonly doors: Readonly<Record<LockerName, readonly SimulatedDoor[]>>;
  readonly receipts: number;
}
