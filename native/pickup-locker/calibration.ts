import type { BoardFound, CellAddress } from '../model/pickup-locker.ts';
import { calibrationFacts } from './calibration-facts.ts';
import type { CalibrationFacts } from './calibration-facts.ts';
import { resolveWiring } from './resolve-wiring.ts';
import type { Contacts } from './wiring.ts';

/** Why a calibration ended without options. */
export type CannotTell =
  | 'no-board'
  | 'garbled-board'
  | 'no-contact'
  | 'several-contacts'
  | 'did-not-return'
  | 'mixed-polarity'
  | 'numbering'
  | 'unsteady'
  | 'stopped'
  | 'line';

/** What was found out. */
export interface CalibrationResult {
  /** Values of the driver's options, to be stored. */
  readonly options: Readonly<Record<string, string>>;
  readonly boards: readonly number[];
  /** Lock number as the driver counts it minus the number that was asked for: not 0 where a hall counts from 0. */
  readonly offset: number;
  /** Doors that were tried: which was asked for, and which contact moved. */
  readonly doors: readonly { readonly asked: CellAddress; readonly seen: CellAddress }[];
  /** For the technician: what has to be looked at besides. */
  readonly remarks: readonly string[];
}

/** What comes next, as data for a screen or a terminal. */
export type CalibrationStep =
  /** Nobody has to do anything: find out which boards answer. */
  | { readonly kind: 'scan' }
  /** The person shuts all doors; then all boards are read. */
  | { readonly kind: 'close-all'; readonly again: boolean }
  /** The person opens this one door, by hand or by letting the board pulse it; then all boards are read. */
  | { readonly kind: 'open'; readonly cell: CellAddress; readonly again: boolean }
  /** The person shuts it again; then all boards are read. */
  | { readonly kind: 'close'; readonly cell: CellAddress; readonly again: boolean }
  | { readonly kind: 'done'; readonly result: CalibrationResult }
  | { readonly kind: 'cannot-tell'; readonly reason: CannotTell; readonly detail: string };

/** What a step gave. */
export type CalibrationAnswer =
  | { readonly kind: 'boards'; readonly found: readonly BoardFound[] }
  /** Contacts of all boards after the person had done the step. */
  | { readonly kind: 'readings'; readonly contacts: ReadonlyMap<number, Contacts> }
  | { readonly kind: 'failed'; readonly reason: 'unsteady' | 'stopped' | 'line'; readonly detail: string };

/** One door that was opened: the contact that moved, in the order of the wire, and its level then. */
export interface MovedContact {
  readonly asked: CellAddress;
  readonly board: number;
  readonly index: number;
  readonly openLevel: boolean;
}

/** A calibration as far as it has come. A value: nothing in it changes. */
export interface Calibration {
  readonly facts: CalibrationFacts;
  readonly step: CalibrationStep;
  readonly boards: readonly number[];
  readonly atRest: ReadonlyMap<number, Contacts>;
  readonly moved: readonly MovedContact[];
  /** Doors still to be tried. */
  readonly plan: readonly CellAddress[];
}

/** Begins the calibration of a driver's boards; null for a driver that has nothing to calibrate. */
export function beginCalibration(driverId: string): Calibration | null {
  const facts = calibrationFacts[driverId];
  if (facts === undefined) return null;
  return { facts, step: { kind: 'scan' }, boards: [], atRest: new Map(), moved: [], plan: [] };
}

/** Goes on by what a step gave. An answer that does not belong to the step changes nothing. */
export function continueCalibration(calibration: Calibration, answer: CalibrationAnswer): Calibration {
  const { step } = calibration;
  if (step.kind === 'done' || step.kind === 'cannot-tell') return calibration;
  if (answer.kind === 'failed') return cannotTell(calibration, answer.reason, answer.detail);
  if (answer.kind === 'boards') return step.kind === 'scan' ? scanned(calibration, answer.found) : calibration;
  if (step.kind === 'close-all') {
    const [first] = calibration.plan;
    if (first === undefined) return calibration;
    return { ...calibration, atRest: answer.contacts, step: { kind: 'open', cell: first, again: false } };
  }
  if (step.kind === 'open') return opened(calibration, step, answer.contacts);
  return step.kind === 'close' ? closed(calibration, step, answer.contacts) : calibration;
}

function cannotTell(calibration: Calibration, reason: CannotTell, detail: string): Calibration {
  return { ...calibration, step: { kind: 'cannot-tell', reason, detail } };
}

function scanned(calibration: Calibration, found: readonly BoardFound[]): Calibration {
  const garbled = found.filter(({ answer }) => answer === 'garbled').map(({ board }) => board);
  if (garbled.length > 0) {
    const detail = `board ${garbled.join(', ')} answers, but not clearly: two boards with one address, a wrong baud rate, noise, or an adapter that echoes (own-echo)`;
    return cannotTell(calibration, 'garbled-board', detail);
  }
  const boards = found.map(({ board }) => board);
  const [first, ...others] = boards;
  if (first === undefined) {
    return cannotTell(calibration, 'no-board', 'no board answers: power, A and B swapped, baud rate, driver');
  }
  // Two doors of one board show how locks are counted, one of each other board that it is wired alike.
  const plan = [{ board: first, lock: 1 }, { board: first, lock: 2 }, ...others.map((board) => ({ board, lock: 1 }))];
  return { ...calibration, boards, plan, step: { kind: 'close-all', again: false } };
}

/** Contacts whose level is another than at rest. */
function changes(
  atRest: ReadonlyMap<number, Contacts>,
  now: ReadonlyMap<number, Contacts>,
): readonly { readonly board: number; readonly index: number; readonly level: boolean }[] {
  return [...now].flatMap(([board, contacts]) =>
    contacts.flatMap((level, index) => {
      const before = atRest.get(board)?.[index] ?? null;
      return level === null || before === null || level === before ? [] : [{ board, index, level }];
    }),
  );
}

function opened(
  calibration: Calibration,
  step: { readonly cell: CellAddress; readonly again: boolean },
  contacts: ReadonlyMap<number, Contacts>,
): Calibration {
  const { cell, again } = step;
  const all = changes(calibration.atRest, contacts);
  const [only] = all;
  if (only !== undefined && all.length === 1) {
    const moved: MovedContact = { asked: cell, board: only.board, index: only.index, openLevel: only.level };
    return { ...calibration, moved: [...calibration.moved, moved], step: { kind: 'close', cell, again: false } };
  }
  if (!again) return { ...calibration, step: { kind: 'open', cell, again: true } };
  const door = `door ${cell.lock} of board ${cell.board}`;
  if (only === undefined) {
    const detail = `no contact moved when ${door} was opened: it has no sensor, or its sensor is not wired. Where no door has a sensor, set ${calibration.facts.noSensor.join('=')}`;
    return cannotTell(calibration, 'no-contact', detail);
  }
  const which = all.map(({ board, index }) => `board ${board} contact ${index + 1}`).join(', ');
  return cannotTell(calibration, 'several-contacts', `more than one contact moved when ${door} was opened: ${which}`);
}

function closed(
  calibration: Calibration,
  step: { readonly cell: CellAddress; readonly again: boolean },
  contacts: ReadonlyMap<number, Contacts>,
): Calibration {
  const { cell, again } = step;
  if (changes(calibration.atRest, contacts).length > 0) {
    if (!again) return { ...calibration, step: { kind: 'close', cell, again: true } };
    const detail = `the contact of door ${cell.lock} of board ${cell.board} did not come back when it was shut`;
    return cannotTell(calibration, 'did-not-return', detail);
  }
  const plan = calibration.plan.slice(1);
  const [next] = plan;
  if (next !== undefined) return { ...calibration, plan, step: { kind: 'open', cell: next, again: false } };
  const resolved = resolveWiring(calibration);
  return resolved.ok
    ? { ...calibration, plan, step: { kind: 'done', result: resolved.value } }
    : cannotTell(calibration, resolved.error.reason, resolved.error.detail);
}
