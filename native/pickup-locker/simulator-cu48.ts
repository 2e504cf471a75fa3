import { SimulatedBoards, addedUp } from './simulated-boards.ts';
import type { SimulatedBoardsOptions } from './simulated-boards.ts';

const LOCKS = 48;
const ALL_BOARDS = 0x0a;
const ALL_LOCKS = 0x30;
/** Thinking time of a board; with a broadcast each board starts when the one before it has ended. */
const THINK_MS = 5;

/** KERONG CU48 boards on one bus, written from the maker's table of requests and replies. */
export class Cu48Simulator extends SimulatedBoards {
  readonly #setMeans: 'closed' | 'open';

  /** @param options.setBitMeansLocked false where the detect switch is wired the other way round */
  constructor(options: SimulatedBoardsOptions & { readonly setBitMeansLocked?: boolean }) {
    super(options, 0, LOCKS);
    this.#setMeans = options.setBitMeansLocked === false ? 'open' : 'closed';
  }

  protected override obey(heard: readonly number[]): number | 'more' | 'noise' {
    const [stx, address = 0, lock = 0, command = 0, etx, sum] = heard;
    if (stx !== 0x02) return 'noise';
    if (heard.length < 6) return 'more';
    if (etx !== 0x03 || addedUp(heard.slice(0, 5)) !== sum) return 'noise';
    const addressed = this.boards.filter((board) => address === ALL_BOARDS || board === address);
    const listening = addressed.filter((board) => this.listens(board));
    if (this.behaviour.refuses) return 6;
    for (const board of listening) {
      if (command === 0x50) this.#tell(board);
      else if (command === 0x51) this.#open(board, lock);
    }
    return 6;
  }

  #open(board: number, lock: number): void {
    const locks = lock === ALL_LOCKS ? Array.from({ length: LOCKS }, (_, index) => index) : [lock];
    for (const index of locks) this.drive(board, index + 1);
  }

  #tell(board: number): void {
    const frame = [0x02, board, 0x00, 0x65, ...this.doorBits(board, 6, LOCKS, this.#setMeans), 0x03];
    this.say(board, [...frame, addedUp(frame)], THINK_MS);
  }
}
