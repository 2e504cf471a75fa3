import type { DriverContext } from '../model/driver-registry.ts';
import { ok } from '../model/result.ts';
import { askedBoardsDriver } from './asked-boards.ts';
import type { BoardProtocol, Question } from './asked-boards.ts';
import { CU16_LAST_BOARD, CU16_LOCKS, encodeCu16StatusRequest, encodeCu16Unlock, parseCu16 } from './cu16-frames.ts';
import type { Cu16Status } from './cu16-frames.ts';
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

function cu16Protocol(context: DriverContext): BoardProtocol<Cu16Status> {
  const wiring: Wiring = { closedLevel: lockBitLevel(context, '1-locked'), highFirst: false, wired: wiredOf(context) };
  const status = <T>(board: number, read: (contacts: Contacts) => T): Question<Cu16Status, null, T> => ({
    request: encodeCu16StatusRequest(board),
    asked: null,
    answer: (frame) =>
      frame.board === board && frame.nibble === 0 ? ok(read(contactsOfBytes(frame.hooks, CU16_LOCKS))) : null,
  });
  return {
    driverId: 'kerong-cu16',
    firstBoard: 0,
    lastBoard: CU16_LAST_BOARD,
    locks: CU16_LOCKS,
    wiring,
    timing: { quietMs: 0, spacingMs: 5 },
    replyMs: 500,
    // The board is left alone for 100 ms after a pulse; an optional reply comes within that time.
    pulseReplyMs: 150,
    pulseRestMs: 100,
    stripEcho: true,
    parse: parseCu16,
    contacts: (board) => status(board, (all) => all),
    door: (cell) => status(cell.board, (all) => doorOf(all[cell.lock - 1] ?? null, wiring)),
    pulse: (cell) => ({
      request: encodeCu16Unlock(cell.board, cell.lock),
      asked: null,
      answer: (frame) => (frame.board === cell.board ? ok('board replied with its status') : null),
    }),
  };
}

/** KERONG CU16 / KU16: up to sixteen boards of 16 locks. */
export const kerongCu16Locker = askedBoardsDriver(
  {
    id: 'kerong-cu16',
    name: { 'zh-CN': 'KERONG CU16 锁控板', en: 'KERONG CU16 lock board' },
    schemes: ['serial', 'tcp'],
    bauds: [19200, 9600, 57600, 115200],
    options: [lockBitOption('1-locked'), boardsOption(0, CU16_LAST_BOARD + 1), wiredOption(CU16_LOCKS)],
    identify: { bauds: [19200, 9600], turn: 'frame' },
  },
  (context) => configuredBoards(context, 0),
  cu16Protocol,
);
