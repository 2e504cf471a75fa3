import type { Clock } from '../model/clock.ts';
import type { BusBehaviour } from './simulated-bus.ts';
import type { LockerSimulator } from './simulated-doors.ts';
import { Bcc8aSimulator } from './simulator-8a.ts';
import { CuSimulator } from './simulator-cu.ts';
import { Cu12Simulator } from './simulator-cu12.ts';
import { Cu16Simulator } from './simulator-cu16.ts';
import { Cu48Simulator } from './simulator-cu48.ts';
import { ModbusRelaySimulator } from './simulator-modbus.ts';
import { WklySimulator } from './simulator-wkly.ts';

/** A simulated locker as data. */
export interface LockerSimulatorOptions {
  readonly clock: Clock;
  /**
   * Options of the driver (`lock-bit`, `feedback`, `boards`, ...): the boards are wired as they say, so that a driver
   * with the same options reads them rightly. Missing ones take the driver's fallback.
   */
  readonly options?: Readonly<Record<string, string>>;
  /** Addresses on the bus, where they are not those that `options` say (a board missing, one too many). */
  readonly boards?: readonly number[];
  /** When somebody shuts an opened door again, in milliseconds; null or missing: only by hand. */
  readonly closesAfterMs?: number | null;
  /** Boards that can, answer a pulse (CU16, WKLY). Default: as most boards of the kind do. */
  readonly answersPulse?: boolean;
  /** Boards that can, tell a door's change by themselves (8A, WKLY). Default no. */
  readonly reportsChanges?: boolean;
  /** Boards that may know the question for one door only (WKLY). Default no. */
  readonly oneByOne?: boolean;
  /** Locks of one board, where boards of this kind differ (8A, WKLY). */
  readonly locks?: number;
  /** What is wrong from the start. */
  readonly behaviour?: Partial<BusBehaviour>;
}

/** The addresses that the driver with these options talks to. */
function boardsFrom(first: number, { options, boards }: LockerSimulatorOptions): readonly number[] {
  return boards ?? Array.from({ length: Number(options?.['boards'] ?? '1') }, (_, index) => first + index);
}

function common(first: number, wanted: LockerSimulatorOptions) {
  return {
    clock: wanted.clock,
    boards: boardsFrom(first, wanted),
    closesAfterMs: wanted.closesAfterMs ?? null,
    ...(wanted.behaviour ? { behaviour: wanted.behaviour } : {}),
  };
}

function sensorWiring(option: string | undefined): 'on-closed' | 'on-open' | 'none' {
  return option === 'on-open' || option === 'none' ? option : 'on-closed';
}

/** The far end of every locker driver, by driver id. */
export const lockerSimulators: Readonly<Record<string, (wanted: LockerSimulatorOptions) => LockerSimulator>> = {
  'kerong-cu48': (wanted) =>
    new Cu48Simulator({ ...common(0, wanted), setBitMeansLocked: wanted.options?.['lock-bit'] !== '1-unlocked' }),
  'kerong-cu16': (wanted) =>
    new Cu16Simulator({
      ...common(0, wanted),
      setBitMeansLocked: wanted.options?.['lock-bit'] !== '1-unlocked',
      answersUnlock: wanted.answersPulse ?? false,
    }),
  'kerong-cu12': (wanted) =>
    new Cu12Simulator({ ...common(0, wanted), setBitMeansLocked: wanted.options?.['lock-bit'] === '1-locked' }),
  'kerong-cu': (wanted) =>
    new CuSimulator({ ...common(0, wanted), setBitMeansLocked: wanted.options?.['lock-bit'] !== '1-unlocked' }),
  'bcc-8a': (wanted) =>
    new Bcc8aSimulator({
      ...common(1, wanted),
      channels: wanted.locks ?? 24,
      feedback: wanted.options?.['feedback'] === 'open-shorted' ? 'open-shorted' : 'closed-shorted',
      statusOrder: wanted.options?.['status-order'] === 'low-first' ? 'low-first' : 'high-first',
      eventHeader: wanted.reportsChanges === true ? 0x82 : null,
    }),
  wkly: (wanted) =>
    new WklySimulator({
      ...common(wanted.options?.['first-board'] === '1' ? 1 : 0, wanted),
      locks: wanted.locks ?? 24,
      openMark: wanted.options?.['door-state'] === '1-open' ? 1 : 0,
      answersOpen: wanted.answersPulse ?? true,
      reportsChanges: wanted.reportsChanges ?? false,
      oneByOne: wanted.oneByOne ?? false,
    }),
  'modbus-relay': (wanted) =>
    new ModbusRelaySimulator({
      ...common(1, wanted),
      channels: Number(wanted.options?.['channels'] ?? '8'),
      inputs: sensorWiring(wanted.options?.['sensor']),
    }),
};
