import type { DriverContext } from '../model/driver-registry.ts';
import { ok } from '../model/result.ts';
import { askedBoardsDriver } from './asked-boards.ts';
import type { BoardProtocol, Question } from './asked-boards.ts';
import { CU_LAST_BOARD, CU_LOCKS, encodeCuStatusRequest, encodeCuUnlock, parseCu } from './cu-frames.ts';
import type { CuAsked, CuFrame } from './cu-frames.ts';
import {
  boardsOption,
  configuredBoards,
  contactsOfBytes,
  doorOf,
  lockBitLevel,
  lockBitOption,
  wiredOf,
  wiredOption,
} from './wiring.ts';
import type { Contacts, Wiring } from './wiring.ts';

function cuProtocol(context: DriverContext): BoardProtocol<CuFrame, CuAsked> {
  const wiring: Wiring = { closedLevel: lockBitLevel(context, '1-locked'), highFirst: false, wired: wiredOf(context) };
  const status = <T>(board: number, read: (contacts: Contacts) => T): Question<CuFrame, CuAsked, T> => ({
    request: encodeCuStatusRequest(board),
    asked: 'status',
    answer: (frame) =>
      frame.kind === 'status' && frame.board === board ? ok(read(contactsOfBytes(frame.bits, CU_LOCKS))) : null,
  });
  return {
    driverId: 'kerong-cu',
    firstBoard: 0,
    lastBoard: CU_LAST_BOARD,
    locks: CU_LOCKS,
    wiring,
    timing: { quietMs: 0, spacingMs: 5 },
    replyMs: 500,
    pulseReplyMs: 300,
    pulseRestMs: 25,
    stripEcho: true,
    parse: parseCu,
    contacts: (board) => status(board, (all) => all),
    door: (cell) => status(cell.board, (all) => doorOf(all[cell.lock - 1] ?? null, wiring)),
    pulse: (cell) => ({
      request: encodeCuUnlock(cell.board, cell.lock),
      asked: 'unlock',
      answer: (frame) =>
        frame.kind === 'unlock' && frame.board === cell.board && frame.lock === cell.lock
          ? ok('board confirmed the pulse')
          : null,
    }),
  };
}

/** Newer KERONG CU boards (commands 60 and 61): up to ten boards of 48 locks. */
export const kerongCuLocker = askedBoardsDriver(
  {
    id: 'kerong-cu',
    name: { 'zh-CN': 'KERONG CU 锁控板(60/61 指令)', en: 'KERONG CU lock board (commands 60/61)' },
    schemes: ['serial', 'tcp'],
    bauds: [19200, 9600, 57600, 115200],
    options: [lockBitOption('1-locked'), boardsOption(0, CU_LAST_BOARD + 1), wiredOption(CU_LOCKS)],
    identify: { bauds: [19200, 9600], turn: 'frame' },
  },
  (context) => configuredBoards(context, 0),
  cuProtocol,
);
