import type { DeviceError } from '../model/device.ts';
import type { DriverContext } from '../model/driver-registry.ts';
import type { DoorState } from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { askedBoardsDriver } from './asked-boards.ts';
import type { BoardProtocol } from './asked-boards.ts';
import {
  WKLY_LAST_BOARD,
  WKLY_LOCKS,
  encodeWklyAllDoorsRequest,
  encodeWklyDoorRequest,
  encodeWklyOpen,
  parseWkly,
} from './wkly-frames.ts';
import type { WklyDoor, WklyFrame } from './wkly-frames.ts';
import { boardsOption, configuredBoards, doorOf, wiredOf, wiredOption } from './wiring.ts';
import type { Wiring } from './wiring.ts';

const MOST_BOARDS = 16;

function closedLevelOf(option: string | undefined): boolean | null {
  return option === 'none' ? null : option !== '1-open';
}

/** The contact as the wire says it: 01 is a high level, whatever it means. */
function levelOf(wire: WklyDoor): boolean | null {
  return wire === null ? null : wire === 'closed';
}

function wklyProtocol(context: DriverContext): BoardProtocol<WklyFrame> {
  const wiring: Wiring = {
    closedLevel: closedLevelOf(context.options['door-state']),
    highFirst: false,
    wired: wiredOf(context),
  };
  const door = (wire: WklyDoor): DoorState => doorOf(levelOf(wire), wiring);
  const done = <T>(status: number, value: T): Result<T, DeviceError> =>
    status === 0 ? ok(value) : err({ code: 'bad-reply', detail: `board answered with status ${status}` });
  // A door that is asked for by itself is about to be opened: a state without a meaning is no reading.
  const watched = (status: number, state: DoorState): Result<DoorState, DeviceError> =>
    status === 0 && state === 'unknown' && wiring.closedLevel !== null
      ? err({ code: 'bad-reply', detail: 'door state without a meaning' })
      : done(status, state);
  return {
    driverId: 'wkly',
    firstBoard: 0,
    lastBoard: WKLY_LAST_BOARD,
    locks: WKLY_LOCKS,
    wiring,
    timing: { quietMs: 0, spacingMs: 5 },
    replyMs: 500,
    pulseReplyMs: 300,
    pulseRestMs: 25,
    stripEcho: true,
    parse: parseWkly,
    contacts: (board) => ({
      request: encodeWklyAllDoorsRequest(board),
      asked: null,
      answer: (frame) =>
        frame.kind === 'all-doors' && frame.board === board ? done(frame.status, frame.doors.map(levelOf)) : null,
    }),
    // Some boards know only the question for one door.
    contact: ({ board, lock }) => ({
      request: encodeWklyDoorRequest(board, lock),
      asked: null,
      answer: (frame) =>
        frame.kind === 'door' && frame.board === board && frame.lock === lock
          ? done(frame.status, levelOf(frame.door))
          : null,
    }),
    door: ({ board, lock }) => ({
      request: encodeWklyDoorRequest(board, lock),
      asked: null,
      answer: (frame) =>
        frame.kind === 'door' && frame.board === board && frame.lock === lock
          ? watched(frame.status, door(frame.door))
          : null,
    }),
    pulse: ({ board, lock }) => ({
      request: encodeWklyOpen(board, lock),
      asked: null,
      answer: (frame) =>
        frame.kind === 'open-reply' && frame.board === board && frame.lock === lock
          ? ok(`board answered with status ${frame.status}`)
          : null,
    }),
    reported: (frame) =>
      frame.kind === 'door-changed' ? { cell: { board: frame.board, lock: frame.lock }, door: door(frame.door) } : null,
  };
}

/** "WKLY" boards: frames begin with these four letters. */
export const wklyLocker = askedBoardsDriver(
  {
    id: 'wkly',
    name: { 'zh-CN': 'WKLY 锁控板', en: 'WKLY lock board' },
    schemes: ['serial', 'tcp'],
    bauds: [9600, 19200, 57600, 115200],
    options: [
      {
        key: 'door-state',
        label: { 'zh-CN': '门状态 01 表示(none：无门磁)', en: 'Door state 01 means (none: no door sensors)' },
        values: ['1-closed', '1-open', 'none'],
        fallback: '1-closed',
      },
      {
        key: 'first-board',
        label: { 'zh-CN': '第一块锁控板地址', en: 'Address of the first board' },
        values: ['0', '1'],
        fallback: '0',
      },
      {
        ...boardsOption(0, MOST_BOARDS),
        label: { 'zh-CN': '锁控板数量(地址连续)', en: 'Number of boards (addresses in a row)' },
      },
      wiredOption(WKLY_LOCKS),
    ],
    identify: { bauds: [9600, 19200], turn: 'frame' },
  },
  (context) => configuredBoards(context, context.options['first-board'] === '1' ? 1 : 0),
  wklyProtocol,
);
