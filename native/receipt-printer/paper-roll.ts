import type { DeviceLedger } from '../model/device-ledger.ts';
import type { DeviceState, Supply, SupplyState } from '../model/device.ts';
import type { PrinterState } from '../model/receipt-printer.ts';

const DOTS_A_MILLIMETRE = 8;
const MILLIMETRES_A_METRE = 1000;

/** Millimetres of paper that ran out since the roll was put in. */
const USED = 'paperUsedMm';
/** 1 while it is known how much the roll had, 0 from the moment on that it ended. */
const MEASURED = 'paperMeasured';

/** Lengths out of the options; `rollMm` 0 means that nobody said how long a roll is. */
export interface RollSettings {
  readonly rollMm: number;
  readonly lowAtMm: number;
}

/** Lengths out of what the technician set, in metres. */
export function rollSettings(options: Readonly<Record<string, string>>): RollSettings {
  const metres = (key: string): number => {
    const value = Number(options[key] ?? '0');
    return Number.isFinite(value) && value > 0 ? value * MILLIMETRES_A_METRE : 0;
  };
  return { rollMm: metres('roll'), lowAtMm: metres('rollLow') };
}

/** What is wrong with a length in metres that is not among the offered ones, or null. */
export function rollProblem(value: string): string | null {
  const fits = /^\d{1,3}(\.\d)?$/u.test(value) && Number(value) > 0 && Number(value) <= 500;
  return fits ? null : 'metres from 0.1 to 500';
}

/**
 * The paper roll as far as it can be known without looking: its length less what was fed. Printers have a sensor for the
 * end and some for the last metre; how much is left before that only a sum can tell. The sum is believed from the moment
 * on that somebody said that a new roll is in, until the printer says that paper is out.
 */
export class PaperRoll {
  readonly #ledger: DeviceLedger | undefined;
  readonly #settings: RollSettings;

  /** @param ledger keeps the sum over reconnects and, where it does itself, over restarts */
  constructor(ledger: DeviceLedger | undefined, settings: RollSettings) {
    this.#ledger = ledger;
    this.#settings = settings;
  }

  /** Whole millimetres left; undefined where nobody can know. */
  get leftMm(): number | undefined {
    const { rollMm } = this.#settings;
    const ledger = this.#ledger;
    if (ledger === undefined || rollMm === 0 || ledger.get(MEASURED) === 0) return undefined;
    return Math.max(0, Math.round(rollMm - ledger.get(USED)));
  }

  /** Paper ran out of the printer: dots of print, gaps, feeds and the way to the knife. */
  fed(dots: number): void {
    this.#ledger?.set(USED, this.#ledger.get(USED) + dots / DOTS_A_MILLIMETRE);
  }

  /** A roll of the configured length was put in. */
  replaced(): void {
    this.#ledger?.set(USED, 0);
    this.#ledger?.set(MEASURED, 1);
  }

  /** What the sensors say: a roll that ended is not the one any more that was measured. */
  sensed(paper: SupplyState): void {
    if (paper === 'out') this.#ledger?.set(MEASURED, 0);
  }

  /** What the sensors say, and `low` too where the sum says it; a sum never says that paper is out. */
  stateOf(sensed: SupplyState): SupplyState {
    const left = this.leftMm;
    const low = left !== undefined && left <= this.#settings.lowAtMm;
    return low && (sensed === 'full' || sensed === 'unknown') ? 'low' : sensed;
  }

  /** The printer's state with what is left of the roll. */
  inState(state: PrinterState): PrinterState {
    const left = this.leftMm;
    return { ...state, paper: this.stateOf(state.paper), ...(left === undefined ? {} : { paperLeftMm: left }) };
  }

  /** The device's state with the roll among its supplies. */
  inDeviceState(state: DeviceState): DeviceState {
    if (state.paper === null) return state;
    const paper = this.stateOf(state.paper);
    const left = this.leftMm;
    if (left === undefined) return { ...state, paper };
    const { lowAtMm } = this.#settings;
    const supply: Supply = { name: 'paper', state: paper, left, lowAt: lowAtMm, unit: 'millimetres' };
    return { ...state, paper, supplies: [supply] };
  }
}
