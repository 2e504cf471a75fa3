import { SimulatedBoards, addedUp } from './simulated-boards.ts';
import type { SimulatedBoardsOptions } from './simulated-boards.ts';

const LOCKS = 16;
const THINK_MS = 5;

/** KERONG CU16 boards. Makers differ in whether an unlock is answered; both kinds are in the field. */
export class Cu16Simulator extends SimulatedBoards {
  readonly #setMeans: 'closed' | 'open';
  readonly #answersUnlock: boolean;
  #items: readonly [number, number] = [0, 0];

  constructor(
    options: SimulatedBoardsOptions & { readonly setBitMeansLocked?: boolean; readonly answersUnlock?: boolean },
  ) {
    super(options, 0, LOCKS);
    this.#setMeans = options.setBitMeansLocked === false ? 'open' : 'closed';
    this.#answersUnlock = options.answersUnlock ?? false;
  }

  /** What the infrared sensors see in the cells, as the two bytes on the wire. */
  setItems(first: number, second: number): void {
    this.#items = [first, second];
  }

  protected override obey(heard: readonly number[]): number | 'more' | 'noise' {
    const [stx, address = 0, command, etx, sum] = heard;
    if (stx !== 0x02) return 'noise';
    if (heard.length < 5) return 'more';
    if (etx !== 0x03 || addedUp(heard.slice(0, 4)) !== sum) return 'noise';
    const board = Math.floor(address / 16);
    if (!this.listens(board) || this.behaviour.refuses) return 5;
    if (command === 0x30) {
      this.#tell(board);
    } else if (command === 0x31) {
      this.drive(board, (address % 16) + 1);
      if (this.#answersUnlock) this.#tell(board);
    } else if (command === 0x33) {
      for (let lock = 1; lock <= LOCKS; lock += 1) this.drive(board, lock);
    }
    return 5;
  }

  #tell(board: number): void {
    const frame = [0x02, board * 16, 0x35, ...this.doorBits(board, 2, LOCKS, this.#setMeans), ...this.#items, 0x03];
    this.say(board, [...frame, addedUp(frame)], THINK_MS);
  }
}
