import { ok } from '../../../native/model/result.ts';
import { askedBoardsDriver } from '../../../native/pickup-locker/asked-boards.ts';
import { boardsOption, configuredBoards, contactsOfBytes, doorOf } from '../../../native/pickup-locker/wiring.ts';
import type { Wiring } from '../../../native/pickup-locker/wiring.ts';
import { ACORN_LAST_BOARD, ACORN_LOCKS, encodeAcornOpen, encodeAcornStatus, parseAcorn } from './acorn-frames.ts';

const WIRING: Wiring = { closedLevel: false, highFirst: false, wired: null };

/** ACORN-4: up to eight boards of four locks on one bus. */
export const acornLocker = askedBoardsDriver(
  {
    id: 'acorn-4',
    firstBoard: 1,
    name: { 'zh-CN': '橡果 4 路锁控板（示例）', en: 'ACORN-4 lock board (example)' },
    schemes: ['serial', 'tcp'],
    bauds: [9600],
    options: [boardsOption(1, ACORN_LAST_BOARD)],
  },
  (context) => configuredBoards(context, 1),
  () => ({
    driverId: 'acorn-4',
    firstBoard: 1,
    lastBoard: ACORN_LAST_BOARD,
    locks: ACORN_LOCKS,
    wiring: WIRING,
    timing: { quietMs: 0, spacingMs: 5 },
    replyMs: 300,
    pulseReplyMs: 0,
    pulseRestMs: 50,
    stripEcho: true,
    parse: parseAcorn,
    contacts: (board) => ({
      request: encodeAcornStatus(board),
      asked: null,
      answer: (frame) => (frame.board === board ? ok(contactsOfBytes(Uint8Array.of(frame.bits), ACORN_LOCKS)) : null),
    }),
    door: ({ board, lock }) => ({
      request: encodeAcornStatus(board),
      asked: null,
      answer: (frame) => (frame.board === board ? ok(doorOf(((frame.bits >> (lock - 1)) & 1) === 1, WIRING)) : null),
    }),
    pulse: ({ board, lock }) => ({ request: encodeAcornOpen(board, lock), asked: null, answer: () => null }),
  }),
);
