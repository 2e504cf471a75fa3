import type { DriverContext } from '../model/driver-registry.ts';
import { ok } from '../model/result.ts';
import { askedBoardsDriver } from './asked-boards.ts';
import type { BoardProtocol, Question } from './asked-boards.ts';
import {
  CU48_BROADCAST,
  CU48_LAST_BOARD,
  CU48_LOCKS,
  encodeCu48StatusRequest,
  encodeCu48Unlock,
  parseCu48,
} from './cu48-frames.ts';
import type { Cu48Status } from './cu48-frames.ts';
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

function cu48Protocol(context: DriverContext): BoardProtocol<Cu48Status> {
  const wiring: Wiring = { closedLevel: lockBitLevel(context, '1-locked'), highFirst: false, wired: wiredOf(context) };
  const status = <T>(board: number, read: (contacts: Contacts) => T): Question<Cu48Status, null, T> => ({
    request: encodeCu48StatusRequest(board),
    asked: null,
    answer: (frame) => (frame.board === board ? ok(read(contactsOfBytes(frame.bits, CU48_LOCKS))) : null),
  });
  return {
    driverId: 'kerong-cu48',
    firstBoard: 0,
    lastBoard: CU48_LAST_BOARD,
    locks: CU48_LOCKS,
    wiring,
    timing: { quietMs: 0, spacingMs: 5 },
    // Boards in the field answer within 300 ms; a gateway between adds to it.
    replyMs: 500,
    pulseReplyMs: 0,
    pulseRestMs: 25,
    stripEcho: true,
    parse: parseCu48,
    contacts: (board) => status(board, (all) => all),
    door: (cell) => status(cell.board, (all) => doorOf(all[cell.lock - 1] ?? null, wiring)),
    pulse: (cell) => ({ request: encodeCu48Unlock(cell.board, cell.lock), asked: null, answer: () => null }),
    // Ten boards answer within 63 ms of wire time.
    callAll: {
      question: {
        request: encodeCu48StatusRequest(CU48_BROADCAST),
        asked: null,
        answer: (frame) => ok(frame.board),
      },
      most: CU48_LAST_BOARD + 1,
      replyMs: 400,
    },
  };
}

/** KERONG CU48: up to ten boards of 48 locks, also behind the maker's transparent TCP gateway. */
export const kerongCu48Locker = askedBoardsDriver(
  {
    id: 'kerong-cu48',
    name: { 'zh-CN': 'KERONG CU48 锁控板', en: 'KERONG CU48 lock board' },
    schemes: ['serial', 'tcp'],
    bauds: [19200, 9600, 57600, 115200],
    options: [lockBitOption('1-locked'), boardsOption(0, CU48_LAST_BOARD + 1), wiredOption(CU48_LOCKS)],
    identify: { bauds: [19200, 9600], turn: 'frame' },
  },
  (context) => configuredBoards(context, 0),
  cu48Protocol,
);
