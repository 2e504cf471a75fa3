import type { DriverDefinition } from '../../../native/model/driver-registry.ts';
import type { CellAddress, PickupLocker } from '../../../native/model/pickup-locker.ts';
import { CalibrationSession, calibrationFacts, type PersonAnswer } from '../../../native/pickup-locker/index.ts';
import { ok, type Result } from '../../../native/model/result.ts';
import type { CalibrationDto, DeviceSettingDto, SettingFault } from '../../contract/dto.ts';
import { borrow, type Borrowed, type BorrowPorts } from './borrow.ts';

/** A calibration that nobody goes on with is ended after this long, in milliseconds. */
const IDLE_MS = 10 * 60_000;

export interface CalibrationDeskPorts extends BorrowPorts {
  /** Name on the door of a lock, or null. */
  readonly cellOf: (lock: CellAddress) => string | null;
  /** A pulse is about to be sent: written down first. */
  readonly onPulse: (lock: CellAddress) => Promise<void>;
}

interface Running {
  readonly session: CalibrationSession;
  readonly borrowed: Borrowed;
  readonly locker: PickupLocker;
  readonly draft: DeviceSettingDto;
  readonly idle: AbortController;
  /** Boards that were found. */
  boards: number;
  /** Steps done so far. */
  done: number;
}

/** Leads a technician through the calibration of the locker; one at a time. Nothing is saved before the end. */
export class CalibrationDesk {
  readonly #ports: CalibrationDeskPorts;
  #running: Running | null = null;
  /** Calls run one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: CalibrationDeskPorts) {
    this.#ports = ports;
  }

  /** Finds the boards. Null for a driver without anything to find out. Moves no door. */
  begin(draft: DeviceSettingDto): Promise<Result<CalibrationDto | null, SettingFault>> {
    return this.#inTurn(async () => {
      await this.#end();
      const definition = this.#definition(draft);
      const facts = calibrationFacts[draft.driver];
      if (definition === undefined || facts === undefined) return ok(null);
      const borrowed = await borrow(this.#ports, draft);
      if (!borrowed.ok) return borrowed;
      const { transport, setting, giveBack } = borrowed.value;
      const [key, value] = facts.noSensor;
      const { clock } = this.#ports;
      // As long as nobody knows what the sensors mean, a pulse must not hang on them.
      const locker = definition.create({ transport, clock, options: { ...setting.options, [key]: value } });
      let boards = 0;
      const idle = new AbortController();
      const session = await CalibrationSession.begin(draft.driver, {
        clock,
        scanBoards: async () => {
          const found = await locker.scanBoards({ signal: idle.signal });
          if (found.ok) boards = found.value.length;
          return found;
        },
        readContacts: (board) => locker.readContacts(board, idle.signal),
        openDoor: async (cell) => {
          await this.#ports.onPulse(cell);
          return locker.openDoor(cell, idle.signal);
        },
      });
      if (session === null) {
        locker.dispose();
        await giveBack();
        return ok(null);
      }
      const running: Running = { session, borrowed: borrowed.value, locker, draft, idle, boards, done: 0 };
      this.#running = running;
      void this.#waitIdle(running);
      return ok(this.#told(running));
    });
  }

  /** The person has answered; null when no calibration is under way (any more). */
  answer(said: PersonAnswer): Promise<CalibrationDto | null> {
    return this.#inTurn(async () => {
      const running = this.#running;
      if (running === null) return null;
      const before = running.session.step;
      const next = await running.session.answer(said);
      if (!('again' in next && next.again && next.kind === before.kind)) running.done += 1;
      return this.#told(running);
    });
  }

  /** The setting with what was found; null while that is not known. The locker stays taken. */
  found(): DeviceSettingDto | null {
    const running = this.#running;
    const step = running?.session.step;
    if (running === null || step?.kind !== 'done') return null;
    return { ...running.draft, options: { ...running.borrowed.setting.options, ...step.result.options } };
  }

  /** Puts the locker back to work; harmless when nothing is under way. */
  end(): Promise<void> {
    // Questions to the bus that are under way need not be waited for.
    this.#running?.idle.abort();
    return this.#inTurn(() => this.#end());
  }

  async #end(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    running.idle.abort();
    running.locker.dispose();
    await running.borrowed.giveBack();
  }

  async #waitIdle(running: Running): Promise<void> {
    const began = running.done;
    await this.#ports.clock.sleep(IDLE_MS, running.idle.signal);
    if (this.#running !== running || running.idle.signal.aborted) return;
    if (running.done === began) return this.end();
    return this.#waitIdle(running);
  }

  #definition(draft: DeviceSettingDto): DriverDefinition<PickupLocker> | undefined {
    if (draft.deviceClass !== 'pickup-locker') return undefined;
    return this.#ports.registry['pickup-locker'].find(({ id }) => id === draft.driver);
  }

  #told(running: Running): CalibrationDto {
    const { step } = running.session;
    // All doors shut; then one door of each board and a second of the first, each opened and shut.
    const steps = running.boards === 0 ? 0 : 1 + 2 * (running.boards + 1);
    const place = { at: Math.min(running.done + 1, Math.max(steps, 1)), steps };
    switch (step.kind) {
      case 'open':
      case 'close': {
        const { board, lock } = step.cell;
        const door = { board, lock, cell: this.#ports.cellOf(step.cell) };
        return { ...place, step: { kind: step.kind, door, again: step.again } };
      }
      case 'done': {
        const { options, boards, offset, remarks } = step.result;
        const set = running.borrowed.setting.options;
        const changed = Object.keys(options).filter((key) => options[key] !== set[key]);
        return {
          ...place,
          step: { kind: 'done', options, boards: [...boards], offset, remarks: [...remarks], changed },
        };
      }
      case 'cannot-tell':
        return { ...place, step };
      case 'scan':
      case 'close-all':
        return { ...place, step: { kind: 'close-all', again: step.kind === 'close-all' && step.again } };
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

/** The fault of a driver that cannot be calibrated. */
export function notCalibrated(driver: string): SettingFault {
  return { field: 'driver', reason: `no-calibration: ${driver} has nothing to find out` };
}
