import { SimulatedBoards, addedUp } from './simulated-boards.ts';
import type { SimulatedBoardsOptions } from './simulated-boards.ts';

const LOCKS = 48;
const THINK_MS = 5;

/** Newer KERONG CU boards with the commands 60 and 61; their replies have no ETX. */
export class CuSimulator extends SimulatedBoards {
  readonly #setMeans: 'closed' | 'open';

  constructor(options: SimulatedBoardsOptions & { readonly setBitMeansLocked?: boolean }) {
    super(options, 0, LOCKS);
    this.#setMeans = options.setBitMeansLocked === false ? 'open' : 'closed';
  }

  protected override obey(heard: readonly number[]): number | 'more' | 'noise' {
    const [stx, board = 0, lockIndex = 0, command, etx, sum] = heard;
    if (stx !== 0x02) return 'noise';
    if (heard.length < 6) return 'more';
    if (etx !== 0x03 || addedUp(heard.slice(0, 5)) !== sum) return 'noise';
    if (!this.listens(board) || this.behaviour.refuses) return 6;
    if (command === 0x60) {
      this.#reply([0x02, board, 0x00, 0x75, 0x06, ...this.doorBits(board, 6, LOCKS, this.#setMeans)]);
    } else if (command === 0x61) {
      this.drive(board, lockIndex + 1);
      this.#reply([0x02, board, lockIndex, 0x75, 0x00]);
    }
    return 6;
  }

  #reply(frame: readonly number[]): void {
    this.say(frame[1] ?? 0, [...frame, addedUp(frame)], THINK_MS);
  }
}
