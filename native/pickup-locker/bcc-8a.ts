import type { DriverContext } from '../model/driver-registry.ts';
import { ok } from '../model/result.ts';
import { askedBoardsDriver } from './asked-boards.ts';
import type { BoardProtocol } from './asked-boards.ts';
import {
  BCC_8A_LAST_BOARD,
  BCC_8A_LOCKS,
  encodeBcc8aBoardStatus,
  encodeBcc8aLockStatus,
  encodeBcc8aOpen,
  parseBcc8a,
} from './bcc-8a-frames.ts';
import type { Bcc8aFrame } from './bcc-8a-frames.ts';
import { boardsOption, configuredBoards, contactsOfBytes, doorOf, wiredOf, wiredOption } from './wiring.ts';
import type { Wiring } from './wiring.ts';

function closedLevelOf(option: string | undefined): boolean | null {
  return option === 'none' ? null : option !== 'open-shorted';
}

function bcc8aProtocol(context: DriverContext): BoardProtocol<Bcc8aFrame, number> {
  const wiring: Wiring = {
    closedLevel: closedLevelOf(context.options['feedback']),
    highFirst: context.options['status-order'] !== 'low-first',
    wired: wiredOf(context),
  };
  return {
    driverId: 'bcc-8a',
    firstBoard: 1,
    lastBoard: BCC_8A_LAST_BOARD,
    locks: BCC_8A_LOCKS,
    wiring,
    // 3.5 characters are 4 ms at 9600 baud; USB adapters hand bytes over up to 16 ms late.
    timing: { quietMs: 20, spacingMs: 8 },
    // Boards answer a pulse after about 200 ms and a question at once; some take 300 ms for either.
    replyMs: 500,
    pulseReplyMs: 500,
    pulseRestMs: 25,
    stripEcho: context.options['own-echo'] === 'suppress',
    parse: parseBcc8a,
    // Only whole-board replies have no length; the others are told by their five bytes.
    needsQuiet: (asked) => asked !== null,
    contacts: (board) => ({
      request: encodeBcc8aBoardStatus(board),
      asked: board,
      answer: (frame) =>
        frame.kind === 'board-status' && frame.board === board
          ? ok(contactsOfBytes(frame.bytes, frame.bytes.length * 8))
          : null,
    }),
    door: ({ board, lock }) => ({
      request: encodeBcc8aLockStatus(board, lock),
      asked: null,
      answer: (frame) =>
        frame.kind === 'lock-status' && frame.board === board && frame.lock === lock
          ? ok(doorOf(frame.level, wiring))
          : null,
    }),
    // The reply is a remark only: an echo looks the same, and a lock may be slower than the reply.
    pulse: ({ board, lock }) => ({
      request: encodeBcc8aOpen(board, lock),
      asked: null,
      answer: (frame) => {
        if (frame.kind !== 'open-reply' || frame.board !== board || frame.lock !== lock) return null;
        return ok(doorOf(frame.level, wiring) === 'open' ? 'board replied opened' : 'board replied failed');
      },
    }),
    reported: (frame) =>
      frame.kind === 'event'
        ? { cell: { board: frame.board, lock: frame.lock }, door: doorOf(frame.level, wiring) }
        : null,
  };
}

/** Generic boards with frames 8A .. BCC, as sold under many names. */
export const bcc8aLocker = askedBoardsDriver(
  {
    id: 'bcc-8a',
    firstBoard: 1,
    name: { 'zh-CN': '8A 协议锁控板', en: 'Lock board with 8A frames' },
    schemes: ['serial', 'tcp'],
    bauds: [9600, 19200, 115200],
    options: [
      {
        key: 'feedback',
        label: { 'zh-CN': '锁反馈触点(none：无)', en: 'Lock feedback contact (none: not there)' },
        values: ['closed-shorted', 'open-shorted', 'none'],
        fallback: 'closed-shorted',
      },
      {
        key: 'status-order',
        label: { 'zh-CN': '整板状态字节顺序', en: 'Order of the board status bytes' },
        values: ['high-first', 'low-first'],
        fallback: 'high-first',
      },
      {
        key: 'own-echo',
        label: { 'zh-CN': '串口适配器回显', en: 'Echo of the serial adapter' },
        values: ['none', 'suppress'],
        fallback: 'none',
      },
      boardsOption(1, BCC_8A_LAST_BOARD),
      wiredOption(BCC_8A_LOCKS),
    ],
    identify: { bauds: [9600], turn: 'frame' },
  },
  (context) => configuredBoards(context, 1),
  bcc8aProtocol,
);
