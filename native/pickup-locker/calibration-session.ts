import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import type { BoardFound, CellAddress, OpenResult } from '../model/pickup-locker.ts';
import type { Result } from '../model/result.ts';
import { beginCalibration, continueCalibration } from './calibration.ts';
import type { Calibration, CalibrationAnswer, CalibrationStep } from './calibration.ts';
import type { Contacts } from './wiring.ts';

/** What a calibration asks of the locker. The driver is best opened with `sensorlessOptions`, so that pulses work. */
export interface CalibrationPorts {
  readonly clock: Clock;
  scanBoards(): Promise<Result<readonly BoardFound[], DeviceError>>;
  readContacts(board: number): Promise<Result<Contacts, DeviceError>>;
  /** One opening pulse: an act of its own, asked for by the person. */
  openDoor(cell: CellAddress): Promise<OpenResult>;
}

/** What the person at the locker says to a step. */
export type PersonAnswer =
  /** It is done. */
  | 'done'
  /** Let the board open this door (only where a door is to be opened). */
  | 'pulse'
  /** It cannot be done; the calibration ends. */
  | 'stop';

/** Between two readings that must agree, in milliseconds: contacts bounce, doors swing. */
const STEADY_MS = 200;
const STEADY_TRIES = 8;

/** A calibration under way: it reads the locker between the answers of the person. One answer at a time. */
export class CalibrationSession {
  readonly #ports: CalibrationPorts;
  #calibration: Calibration;

  private constructor(calibration: Calibration, ports: CalibrationPorts) {
    this.#calibration = calibration;
    this.#ports = ports;
  }

  /** Finds the boards; null for a driver that has nothing to calibrate. Never moves a door. */
  static async begin(driverId: string, ports: CalibrationPorts): Promise<CalibrationSession | null> {
    const calibration = beginCalibration(driverId);
    if (calibration === null) return null;
    const session = new CalibrationSession(calibration, ports);
    const found = await ports.scanBoards();
    session.#take(found.ok ? { kind: 'boards', found: found.value } : lineFailed(found.error));
    return session;
  }

  /** What is to be done, or how it ended. */
  get step(): CalibrationStep {
    return this.#calibration.step;
  }

  get ended(): boolean {
    return this.step.kind === 'done' || this.step.kind === 'cannot-tell';
  }

  /** The person has answered the step; resolves with the next one. */
  async answer(said: PersonAnswer): Promise<CalibrationStep> {
    const { step } = this;
    if (this.ended) return step;
    if (said === 'stop') {
      this.#take({ kind: 'failed', reason: 'stopped', detail: 'ended by the person' });
      return this.step;
    }
    if (said === 'pulse' && step.kind === 'open') {
      const opened = await this.#ports.openDoor(step.cell);
      if (opened.outcome === 'refused') {
        this.#take(lineFailed(opened.cause ?? { code: 'bad-reply', detail: 'no pulse was sent' }));
        return this.step;
      }
    }
    this.#take(await this.#readAll());
    return this.step;
  }

  #take(answer: CalibrationAnswer): void {
    this.#calibration = continueCalibration(this.#calibration, answer);
  }

  /** Reads all boards until two readings in a row are the same. */
  async #readAll(): Promise<CalibrationAnswer> {
    let before = '';
    for (let tries = 0; tries < STEADY_TRIES; tries += 1) {
      const contacts = new Map<number, Contacts>();
      for (const board of this.#calibration.boards) {
        const read = await this.#ports.readContacts(board);
        if (!read.ok) return lineFailed(read.error);
        contacts.set(board, read.value);
      }
      const now = JSON.stringify([...contacts]);
      if (now === before) return { kind: 'readings', contacts };
      before = now;
      await this.#ports.clock.sleep(STEADY_MS);
    }
    return { kind: 'failed', reason: 'unsteady', detail: 'the contacts do not come to rest: a loose wire, or noise' };
  }
}

function lineFailed({ code, detail }: DeviceError): CalibrationAnswer {
  return { kind: 'failed', reason: 'line', detail: `${code}: ${detail}` };
}
