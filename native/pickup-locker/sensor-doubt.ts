import type { DeviceError } from '../model/device.ts';
import type { CellAddress, DoorState } from '../model/pickup-locker.ts';
import type { DoorMemory } from './door-memory.ts';

/** Fewer doors than this may well stand open all at once. */
const FEWEST = 3;
/** One door in so many that reads open and was never seen closed is more than people leave open. */
const ONE_IN = 6;
/** Different doors that were asked for and doubted before the whole device is called ill. */
const DOUBTED_CELLS = 2;

const ADVICE =
  'the meaning of the door sensors (lock-bit, feedback, door-state, sensor) looks set the wrong way round, or the sensor cable is off; run calibrate. Where only some locks of a board are wired, set the option wired';

/**
 * Notices sensors that cannot be right. A locker whose polarity is set the wrong way round reads as if its doors stood
 * open, and an opening would be called done without a pulse. A single open door is believed; a board full of doors that
 * nobody ever saw closed is not.
 */
export class SensorDoubt {
  readonly #memory: DoorMemory;
  readonly #wired: number | null;
  readonly #boards = new Map<number, readonly DoorState[]>();
  readonly #doubted = new Map<string, CellAddress>();

  /** @param wired locks of a board that have a door, from 1; null: all that the board tells */
  constructor(memory: DoorMemory, wired: number | null) {
    this.#memory = memory;
    this.#wired = wired;
  }

  /** All doors of one board were read. */
  heard(board: number, doors: readonly DoorState[]): void {
    this.#boards.set(board, this.#wired === null ? doors : doors.slice(0, this.#wired));
  }

  /** Whether a door that reads open and was never seen closed is to be doubted, by the last reading of its board. */
  about(cell: CellAddress): DeviceError | null {
    const doors = this.#boards.get(cell.board) ?? [];
    const strange = this.#neverClosed(cell.board);
    const key = `${cell.board}/${cell.lock}`;
    if (strange < Math.max(FEWEST, Math.ceil(doors.length / ONE_IN))) {
      this.#doubted.delete(key);
      return null;
    }
    this.#doubted.set(key, cell);
    const detail = `${strange} of ${doors.length} doors of board ${cell.board} read open and were never seen closed: ${ADVICE}`;
    return { code: 'sensor-implausible', detail };
  }

  /** What is wrong with the locker as a whole, or null. */
  verdict(): DeviceError | null {
    const inverted = [...this.#boards]
      .filter(([board, doors]) => doors.length >= FEWEST && this.#neverClosed(board) === doors.length)
      .map(([board]) => board);
    if (inverted.length > 0) {
      return { code: 'sensor-implausible', detail: `all doors of board ${inverted.join(', ')} read open: ${ADVICE}` };
    }
    for (const [key, cell] of this.#doubted) if (this.#memory.hasSeenClosed(cell)) this.#doubted.delete(key);
    if (this.#doubted.size < DOUBTED_CELLS) return null;
    const cells = [...this.#doubted.keys()].join(', ');
    return { code: 'sensor-implausible', detail: `doors ${cells} (board/lock) read open all along: ${ADVICE}` };
  }

  #neverClosed(board: number): number {
    const doors = this.#boards.get(board) ?? [];
    return doors.filter((door, index) => door === 'open' && !this.#memory.hasSeenClosed({ board, lock: index + 1 }))
      .length;
  }
}
