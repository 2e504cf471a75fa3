import { SimulatedBoards, addedUp } from './simulated-boards.ts';
import type { SimulatedBoardsOptions } from './simulated-boards.ts';

const LOCKS = 12;
const THINK_MS = 5;
const OK = 0x10;
const FAILED = 0x11;
const UNKNOWN_COMMAND = 0x13;

/** KERONG CU12 / DS12 boards: eight bytes of header, the sum before the data. */
export class Cu12Simulator extends SimulatedBoards {
  readonly #setMeans: 'closed' | 'open';
  #answer = OK;

  constructor(options: SimulatedBoardsOptions & { readonly setBitMeansLocked?: boolean }) {
    super(options, 0, LOCKS);
    this.#setMeans = options.setBitMeansLocked === true ? 'closed' : 'open';
  }

  /** The code that every command is answered with: 10 done, 11 failed, 12 timeout, 14 checksum error. */
  setAnswer(code: 0x10 | 0x11 | 0x12 | 0x14): void {
    this.#answer = code;
  }

  protected override obey(heard: readonly number[]): number | 'more' | 'noise' {
    const [stx, board = 0, lockIndex = 0, command = 0, , dataLength = 0, etx, sum] = heard;
    if (stx !== 0x02) return 'noise';
    if (heard.length < 8) return 'more';
    if (etx !== 0x03 || dataLength > 16) return 'noise';
    const length = 8 + dataLength;
    if (heard.length < length) return 'more';
    if (addedUp([...heard.slice(0, 7), ...heard.slice(8, length)]) !== sum) return 'noise';
    if (!this.listens(board)) return length;
    const code = this.behaviour.refuses ? FAILED : this.#answer;
    if (command === 0x80) {
      this.#reply(board, lockIndex, command, code, this.doorBits(board, 2, LOCKS, this.#setMeans));
    } else if (command === 0x81) {
      if (code === OK) {
        const locks = lockIndex === 0x0c ? Array.from({ length: LOCKS }, (_, index) => index) : [lockIndex];
        for (const index of locks) this.drive(board, index + 1);
      }
      this.#reply(board, lockIndex, command, code, []);
    } else {
      this.#reply(board, lockIndex, command, UNKNOWN_COMMAND, []);
    }
    return length;
  }

  #reply(board: number, lockIndex: number, command: number, answer: number, data: readonly number[]): void {
    const told = answer === OK ? data : [];
    const header = [0x02, board, lockIndex, command, answer, told.length, 0x03];
    this.say(board, [...header, addedUp([...header, ...told]), ...told], THINK_MS);
  }
}
