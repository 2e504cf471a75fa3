import type { Clock } from '../model/clock.ts';
import { Emitter } from '../model/events.ts';
import { SimulatedDoors } from './simulated-doors.ts';
import type { LockerSimulator } from './simulated-doors.ts';

/** What every simulated kind of board is made with. */
export interface SimulatedBoardsOptions {
  readonly clock: Clock;
  /** Addresses as set by the DIP switches. */
  readonly boards?: readonly number[];
  readonly closesAfterMs?: number | null;
}

/** What simulated boards have in common: doors, a bus that is listened to, boards that can be mute. */
export abstract class SimulatedBoards implements LockerSimulator {
  readonly doors: SimulatedDoors;
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly #boards: readonly number[];
  readonly #mute = new Set<number>();
  #heard: number[] = [];

  constructor(options: SimulatedBoardsOptions, firstBoard: number, locks: number) {
    this.#boards = options.boards ?? [firstBoard];
    this.doors = new SimulatedDoors({
      clock: options.clock,
      boards: this.#boards,
      locks,
      closesAfterMs: options.closesAfterMs ?? null,
    });
    this.doors.changes.subscribe(({ cell, sensedOpen }) =>
      this.activity.emit(`board ${cell.board} lock ${cell.lock}: door ${sensedOpen ? 'open' : 'closed'}`),
    );
  }

  setBoardMute(board: number, mute: boolean): void {
    if (mute) this.#mute.add(board);
    else this.#mute.delete(board);
  }

  receive(bytes: Uint8Array): void {
    this.#heard.push(...bytes);
    while (this.#heard.length > 0) {
      const used = this.obey(this.#heard);
      if (used === 'more') return;
      this.#heard.splice(0, used === 'noise' ? 1 : used);
    }
  }

  dispose(): void {
    this.doors.dispose();
  }

  /**
   * Obeys the request at the beginning of what was heard.
   * @returns its length; `more` while it is not whole; `noise` when none can begin there
   */
  protected abstract obey(heard: readonly number[]): number | 'more' | 'noise';

  /** Whether a board is on the bus and has power. */
  protected listens(board: number): boolean {
    return this.#boards.includes(board) && !this.#mute.has(board);
  }

  /** Drives one lock, counted from 1; a board without such a lock does nothing. */
  protected drive(board: number, lock: number): void {
    const willOpen = this.doors.pulse({ board, lock }) !== null;
    this.activity.emit(`board ${board} lock ${lock}: pulse${willOpen ? '' : ', bolt does not move'}`);
  }

  protected sensedOpen(board: number, lock: number): boolean {
    return this.doors.get({ board, lock })?.sensedOpen === true;
  }

  /** Bits of the doors, lock 1 in bit 0 of the first byte; a bit is set where the door is closed, or open. */
  protected doorBits(board: number, bytes: number, locks: number, setMeans: 'closed' | 'open'): number[] {
    const bits = Array.from<number>({ length: bytes }).fill(0);
    for (let index = 0; index < locks; index += 1) {
      if (this.sensedOpen(board, index + 1) !== (setMeans === 'open')) continue;
      const at = Math.floor(index / 8);
      bits[at] = (bits[at] ?? 0) + 2 ** (index % 8);
    }
    return bits;
  }

  protected say(frame: readonly number[], delayMs: number): void {
    this.output.emit({ bytes: Uint8Array.from(frame), delayMs });
  }
}

/** Sum of all bytes as one byte, as a board's firmware adds it up. */
export function addedUp(bytes: readonly number[]): number {
  return bytes.reduce((total, byte) => total + byte, 0) % 256;
}
