import type { Clock } from '../model/clock.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { CellAddress, PickupLocker } from '../model/pickup-locker.ts';
import {
  bcc8aLocker,
  kerongCu12Locker,
  kerongCu16Locker,
  kerongCu48Locker,
  kerongCuLocker,
  modbusRelayLocker,
  wklyLocker,
} from './index.ts';
import type { LockerSimulator } from './simulated-doors.ts';
import { Bcc8aSimulator } from './simulator-8a.ts';
import { CuSimulator } from './simulator-cu.ts';
import { Cu12Simulator } from './simulator-cu12.ts';
import { Cu16Simulator } from './simulator-cu16.ts';
import { Cu48Simulator } from './simulator-cu48.ts';
import { ModbusRelaySimulator } from './simulator-modbus.ts';
import { WklySimulator } from './simulator-wkly.ts';

/** One driver with the boards it is made for: two on one bus, wired as its options say. */
export interface LockerSubject {
  readonly name: string;
  readonly definition: DriverDefinition<PickupLocker>;
  readonly options: Readonly<Record<string, string>>;
  /** A lock of one board; `other` is the lock of the same number on the other board. */
  readonly cell: CellAddress;
  readonly other: CellAddress;
  readonly simulate: (options: { readonly clock: Clock; readonly closesAfterMs?: number }) => LockerSimulator;
}

function subject(
  definition: DriverDefinition<PickupLocker>,
  wiring: string,
  firstBoard: number,
  lock: number,
  options: Readonly<Record<string, string>>,
  make: (common: {
    readonly clock: Clock;
    readonly boards: readonly number[];
    readonly closesAfterMs: number | null;
  }) => LockerSimulator,
): LockerSubject {
  const boards = [firstBoard, firstBoard + 1];
  return {
    name: wiring === '' ? definition.id : `${definition.id}, ${wiring}`,
    definition,
    options: { ...options, boards: '2' },
    cell: { board: firstBoard + 1, lock },
    other: { board: firstBoard, lock },
    simulate: ({ clock, closesAfterMs }) => make({ clock, boards, closesAfterMs: closesAfterMs ?? null }),
  };
}

/** Every locker driver, and the wirings and habits of its boards that a hall may meet: one line each. */
export const LOCKER_SUBJECTS: readonly LockerSubject[] = [
  subject(kerongCu48Locker, '', 0, 40, {}, (common) => new Cu48Simulator(common)),
  subject(bcc8aLocker, 'reports changes', 1, 11, {}, (common) => new Bcc8aSimulator({ ...common, eventHeader: 0x82 })),
  subject(kerongCu16Locker, 'silent unlock', 0, 16, {}, (common) => {
    const simulator = new Cu16Simulator(common);
    simulator.setItems(0xff, 0x7f);
    return simulator;
  }),
  subject(
    kerongCu16Locker,
    'answered unlock, bit set when unlocked',
    0,
    3,
    { 'lock-bit': '1-unlocked' },
    (common) => new Cu16Simulator({ ...common, answersUnlock: true, setBitMeansLocked: false }),
  ),
  subject(kerongCu12Locker, '', 0, 12, {}, (common) => new Cu12Simulator(common)),
  subject(
    kerongCu12Locker,
    'bit set when locked',
    0,
    9,
    { 'lock-bit': '1-locked' },
    (common) => new Cu12Simulator({ ...common, setBitMeansLocked: true }),
  ),
  subject(kerongCuLocker, '', 0, 48, {}, (common) => new CuSimulator(common)),
  subject(wklyLocker, 'silent opening', 0, 24, {}, (common) => new WklySimulator({ ...common, answersOpen: false })),
  subject(
    wklyLocker,
    'reports changes, 01 when open, from board 1',
    1,
    7,
    { 'door-state': '1-open', 'first-board': '1' },
    (common) => new WklySimulator({ ...common, reportsChanges: true, openMark: 1 }),
  ),
  subject(modbusRelayLocker, 'switched on and off', 1, 8, {}, (common) => new ModbusRelaySimulator(common)),
  subject(
    modbusRelayLocker,
    'timed, input on when open',
    1,
    32,
    { sensor: 'on-open', pulse: 'timed', channels: '32' },
    (common) => new ModbusRelaySimulator({ ...common, channels: 32, inputs: 'on-open' }),
  ),
];
