import type { DriverContext } from '../model/driver-registry.ts';
import { err, ok } from '../model/result.ts';
import { askedBoardsDriver } from './asked-boards.ts';
import type { BoardProtocol, Question } from './asked-boards.ts';
import { CU12_LAST_BOARD, CU12_LOCKS, encodeCu12StatusRequest, encodeCu12Unlock, parseCu12 } from './cu12-frames.ts';
import type { Cu12Frame } from './cu12-frames.ts';
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

const STATUS_BYTES = 2;

function cu12Protocol(context: DriverContext): BoardProtocol<Cu12Frame> {
  const wiring: Wiring = {
    closedLevel: lockBitLevel(context, '1-unlocked'),
    highFirst: false,
    wired: wiredOf(context),
  };
  const status = <T>(board: number, read: (contacts: Contacts) => T): Question<Cu12Frame, null, T> => ({
    request: encodeCu12StatusRequest(board),
    asked: null,
    answer: (frame) => {
      if (frame.kind !== 'status' || frame.board !== board) return null;
      if (frame.answer !== 'ok') return err({ code: 'bad-reply', detail: `board answered ${frame.answer}` });
      if (frame.data.length !== STATUS_BYTES) return null;
      return ok(read(contactsOfBytes(frame.data, CU12_LOCKS)));
    },
  });
  return {
    driverId: 'kerong-cu12',
    firstBoard: 0,
    lastBoard: CU12_LAST_BOARD,
    locks: CU12_LOCKS,
    wiring,
    timing: { quietMs: 0, spacingMs: 5 },
    replyMs: 500,
    pulseReplyMs: 300,
    pulseRestMs: 25,
    stripEcho: true,
    parse: parseCu12,
    contacts: (board) => status(board, (all) => all),
    door: (cell) => status(cell.board, (all) => doorOf(all[cell.lock - 1] ?? null, wiring)),
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
    options: [lockBitOption('1-unlocked'), boardsOption(0, CU12_LAST_BOARD + 1), wiredOption(CU12_LOCKS)],
    identify: { bauds: [19200, 9600], turn: 'frame' },
  },
  (context) => configuredBoards(context, 0),
  cu12Protocol,
);
