import type { DeviceError } from '../model/device.ts';
import type { DriverContext } from '../model/driver-registry.ts';
import type { DoorState } from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { askedBoardsDriver, boardsOption, configuredBoards } from './asked-boards.ts';
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

const MOST_BOARDS = 16;

function wklyProtocol(context: DriverContext): BoardProtocol<WklyFrame> {
  const turned = context.options['door-state'] === '1-open';
  const door = (wire: WklyDoor): DoorState => {
    if (wire === null) return 'unknown';
    return (wire === 'open') === turned ? 'closed' : 'open';
  };
  const done = <T>(status: number, value: T): Result<T, DeviceError> =>
    status === 0 ? ok(value) : err({ code: 'bad-reply', detail: `board answered with status ${status}` });
  // A door that is asked for by itself is about to be opened: a state without a meaning is no reading.
  const watched = (status: number, state: DoorState): Result<DoorState, DeviceError> =>
    state === 'unknown' ? err({ code: 'bad-reply', detail: 'door state without a meaning' }) : done(status, state);
  return {
    driverId: 'wkly',
    firstBoard: 0,
    lastBoard: WKLY_LAST_BOARD,
    locks: WKLY_LOCKS,
    timing: { quietMs: 0, spacingMs: 25 },
    replyMs: 500,
    pulseReplyMs: 300,
    parse: parseWkly,
    doors: (board) => ({
      request: encodeWklyAllDoorsRequest(board),
      asked: null,
      answer: (frame) =>
        frame.kind === 'all-doors' && frame.board === board ? done(frame.status, frame.doors.map(door)) : null,
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
        label: { 'zh-CN': '门状态 01 表示', en: 'Door state 01 means' },
        values: ['1-closed', '1-open'],
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
    ],
  },
  (context) => configuredBoards(context, context.options['first-board'] === '1' ? 1 : 0),
  wklyProtocol,
);
