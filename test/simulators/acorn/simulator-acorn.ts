import { SimulatedBoards } from '../../../native/pickup-locker/simulated-boards.ts';
import type { SimulatedBoardsOptions } from '../../../native/pickup-locker/simulated-boards.ts';

/** ACORN-4 boards on one bus, written from the manual's table and not from the driver. */
export class AcornSimulator extends SimulatedBoards {
  constructor(options: SimulatedBoardsOptions) {
    super(options, 1, 4);
  }

  protected override obey(heard: readonly number[]): number | 'more' | 'noise' {
    const [header, board = 0, command, lock = 0, check] = heard;
    if (header !== 0xa4) return 'noise';
    if (heard.length < 5) return 'more';
    if ((0xa4 ^ board ^ (command ?? 0) ^ lock) !== check) return 'noise';
    if (!this.listens(board) || this.behaviour.refuses) return 5;
    if (command === 0x02) this.drive(board, lock);
    if (command === 0x01) {
      const [bits = 0] = this.doorBits(board, 1, 4, 'open');
      this.say(board, [0xa4, board, 0x81, bits, 0xa4 ^ board ^ 0x81 ^ bits], 5);
    }
    return 5;
  }
}
