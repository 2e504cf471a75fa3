import type { DriverContext } from '../model/driver-registry.ts';
import type { DoorState } from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import {
  askedBoardsDriver,
  boardsOption,
  closedBitOf,
  configuredBoards,
  doorsOfBits,
  lockBitOption,
} from './asked-boards.ts';
import type { BoardProtocol, Question } from './asked-boards.ts';
import { CU12_LAST_BOARD, CU12_LOCKS, encodeCu12StatusRequest, encodeCu12Unlock, parseCu12 } from './cu12-frames.ts';
import type { Cu12Frame } from './cu12-frames.ts';

const STATUS_BYTES = 2;

function cu12Protocol(context: DriverContext): BoardProtocol<Cu12Frame> {
  const closedBit = closedBitOf(context, '1-unlocked');
  const status = <T>(board: number, read: (doors: readonly DoorState[]) => T): Question<Cu12Frame, null, T> => ({
    request: encodeCu12StatusRequest(board),
    asked: null,
    answer: (frame) => {
      if (frame.kind !== 'status' || frame.board !== board) return null;
      if (frame.answer !== 'ok') return err({ code: 'bad-reply', detail: `board answered ${frame.answer}` });
      if (frame.data.length !== STATUS_BYTES) return null;
      return ok(read(doorsOfBits(frame.data, CU12_LOCKS, closedBit)));
    },
  });
  return {
    driverId: 'kerong-cu12',
    firstBoard: 0,
    lastBoard: CU12_LAST_BOARD,
    locks: CU12_LOCKS,
    timing: { quietMs: 0, spacingMs: 25 },
    replyMs: 500,
    pulseReplyMs: 300,
    parse: parseCu12,
    doors: (board) => status(board, (all) => all),
    door: (cell) => status(cell.board, (all) => all[cell.lock - 1] ?? 'unknown'),
    pulse: (cell) => ({
      request: encodeCu12Unlock(cell.board, cell.lock),
      asked: null,
      answer: (frame) =>
        frame.kind === 'unlock' && frame.board === cell.board && frame.lockIndex === cell.lock - 1
          ? ok(`board answered ${frame.answer}`)
          : null,
    }),
  };
}

/** KERONG CU12 / DS12: up to sixteen boards of 12 locks. As delivered, a set bit means unlocked. */
export const kerongCu12Locker = askedBoardsDriver(
  {
    id: 'kerong-cu12',
    name: { 'zh-CN': 'KERONG CU12 / DS12 锁控板', en: 'KERONG CU12 / DS12 lock board' },
    schemes: ['serial', 'tcp'],
    bauds: [19200, 9600, 57600, 115200],
    options: [lockBitOption('1-unlocked'), boardsOption(0, CU12_LAST_BOARD + 1)],
  },
  (context) => configuredBoards(context, 0),
  cu12Protocol,
);
