import { SimulatedBoards } from './simulated-boards.ts';
import type { SimulatedBoardsOptions } from './simulated-boards.ts';

const THINK_MS = 8;
/** Which numbers mean what is not published; anything but 0 is no. */
const REFUSED = 1;
const HEADER = [0x57, 0x4b, 0x4c, 0x59] as const;

/** WKLY boards. Some do not answer an opening; some report door changes unasked. */
export class WklySimulator extends SimulatedBoards {
  readonly #locks: number;
  readonly #answersOpen: boolean;
  readonly #openMark: number;
  readonly #oneByOne: boolean;

  constructor(
    options: SimulatedBoardsOptions & {
      readonly locks?: number;
      readonly answersOpen?: boolean;
      readonly reportsChanges?: boolean;
      /** Knows the question for one door (83) only. */
      readonly oneByOne?: boolean;
      /** Byte for an open door; the maker's is 00. */
      readonly openMark?: 0 | 1;
    },
  ) {
    const locks = options.locks ?? 24;
    super(options, 0, locks);
    this.#locks = locks;
    this.#answersOpen = options.answersOpen ?? true;
    this.#openMark = options.openMark ?? 0;
    this.#oneByOne = options.oneByOne ?? false;
    if (options.reportsChanges === true) {
      this.doors.changes.subscribe(({ cell }) => {
        if (this.noticesChange(cell.board))
          this.#frame(cell.board, 0x85, [cell.lock, this.#mark(cell.board, cell.lock)], 0);
      });
    }
  }

  protected override obey(heard: readonly number[]): number | 'more' | 'noise' {
    if (HEADER.some((byte, index) => index < heard.length && heard[index] !== byte)) return 'noise';
    const length = heard[4];
    if (length === undefined) return 'more';
    if (length < 8) return 'noise';
    if (heard.length < length) return 'more';
    const check = heard.slice(0, length - 1).reduce((value, byte) => value ^ byte, 0);
    const [board = 0, command = 0, lock = 0] = heard.slice(5, length - 1);
    if (check !== heard[length - 1]) return 'noise';
    if (this.listens(board)) this.#do(board, command, lock);
    return length;
  }

  #do(board: number, command: number, lock: number): void {
    if (this.behaviour.refuses) {
      if (command !== 0x82 || this.#answersOpen) this.#frame(board, command, [REFUSED, lock, 0], THINK_MS);
    } else if (command === 0x82) {
      this.drive(board, lock);
      if (this.#answersOpen) this.#frame(board, 0x82, [0, lock, this.#mark(board, lock)], THINK_MS);
    } else if (command === 0x83 && lock >= 1 && lock <= this.#locks) {
      this.#frame(board, 0x83, [0, lock, this.#mark(board, lock)], THINK_MS);
    } else if (command === 0x84 && !this.#oneByOne) {
      const marks = Array.from({ length: this.#locks }, (_, index) => this.#mark(board, index + 1));
      this.#frame(board, 0x84, [0, this.#locks, ...marks], THINK_MS);
    }
  }

  #mark(board: number, lock: number): number {
    return this.sensedOpen(board, lock) ? this.#openMark : 1 - this.#openMark;
  }

  #frame(board: number, command: number, data: readonly number[], delayMs: number): void {
    const before = [...HEADER, data.length + 8, board, command, ...data];
    this.say(board, [...before, before.reduce((value, byte) => value ^ byte, 0)], delayMs);
  }
}
