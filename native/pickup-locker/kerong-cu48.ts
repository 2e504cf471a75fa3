import type { DeviceError } from '../model/device.ts';
import type { DriverContext, DriverDefinition } from '../model/driver-registry.ts';
import type { CellAddress, DoorState, PickupLocker } from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { BoardLine } from './board-line.ts';
import { BoardLocker } from './board-locker.ts';
import type { BoardDialect } from './board-locker.ts';
import {
  CU48_BROADCAST,
  CU48_LAST_BOARD,
  CU48_LOCKS,
  cu48Bit,
  encodeCu48StatusRequest,
  encodeCu48Unlock,
  parseCu48,
} from './cu48-frames.ts';
import type { Cu48Status } from './cu48-frames.ts';
import { DoorMemory } from './door-memory.ts';

/** Boards in the field answer within 300 ms; a gateway between adds to it. */
const REPLY_MS = 500;
/** Ten boards answer a broadcast within 63 ms of wire time. */
const BROADCAST_MS = 400;
/** Frames are cut by shape; the pause is for the board, some of which miss a request right after their reply. */
const TIMING = { quietMs: 0, spacingMs: 25 } as const;

class Cu48Dialect implements BoardDialect {
  readonly driverId = 'kerong-cu48';
  readonly firstBoard = 0;
  readonly lastBoard = CU48_LAST_BOARD;
  readonly locks = CU48_LOCKS;
  readonly #line: BoardLine<Cu48Status>;
  readonly #lockedBit: boolean;
  readonly #boards: readonly number[];

  constructor(context: DriverContext, boards: readonly number[]) {
    this.#boards = boards;
    this.#lockedBit = context.options['lock-bit'] !== '1-unlocked';
    this.#line = new BoardLine<Cu48Status>({
      transport: context.transport,
      clock: context.clock,
      timing: TIMING,
      parse: parseCu48,
      stripEcho: false,
      onUnasked: () => undefined,
    });
  }

  async readBoard(board: number, signal?: AbortSignal): Promise<Result<readonly DoorState[], DeviceError>> {
    const status = await this.#status(board, signal);
    if (!status.ok) return status;
    return ok(Array.from({ length: CU48_LOCKS }, (_, index) => this.#door(status.value, index + 1)));
  }

  async readDoor(cell: CellAddress, signal?: AbortSignal): Promise<Result<DoorState, DeviceError>> {
    const status = await this.#status(cell.board, signal);
    return status.ok ? ok(this.#door(status.value, cell.lock)) : status;
  }

  async pulse(cell: CellAddress, signal?: AbortSignal): ReturnType<BoardDialect['pulse']> {
    const sent = await this.#line.tell(encodeCu48Unlock(cell.board, cell.lock), signal);
    if (sent.ok) return { sent: true, error: null, remark: 'this board does not answer a pulse' };
    return { sent: sent.error.code === 'line-lost', error: sent.error, remark: '' };
  }

  async presentBoards(signal?: AbortSignal): Promise<Result<readonly number[], DeviceError>> {
    const answers = await this.#line.ask({
      request: encodeCu48StatusRequest(CU48_BROADCAST),
      asked: null,
      replyMs: BROADCAST_MS,
      accept: () => true,
      count: CU48_LAST_BOARD + 1,
      signal,
    });
    if (!answers.ok && answers.error.code !== 'timeout' && answers.error.code !== 'bad-reply') return answers;
    const present = new Set(answers.ok ? answers.value.map((status) => status.board) : []);
    // A slow or damaged answer to the broadcast is no missing board: who was not heard is asked alone.
    let last: DeviceError = answers.ok ? { code: 'timeout', detail: 'no answer' } : answers.error;
    for (const board of this.#boards.filter((one) => !present.has(one))) {
      const status = await this.#status(board, signal);
      if (status.ok) present.add(board);
      else last = status.error;
    }
    return present.size > 0 ? ok([...present].toSorted((a, b) => a - b)) : err(last);
  }

  dispose(): void {
    this.#line.dispose();
  }

  async #status(board: number, signal: AbortSignal | undefined): Promise<Result<Cu48Status, DeviceError>> {
    const answers = await this.#line.ask({
      request: encodeCu48StatusRequest(board),
      asked: null,
      replyMs: REPLY_MS,
      accept: (status) => status.board === board,
      count: 1,
      signal,
    });
    if (!answers.ok) return answers;
    const [status] = answers.value;
    return status === undefined ? err({ code: 'bad-reply', detail: 'no status' }) : ok(status);
  }

  #door(status: Cu48Status, lock: number): DoorState {
    const bit = cu48Bit(status, lock);
    if (bit === undefined) return 'unknown';
    return bit === this.#lockedBit ? 'closed' : 'open';
  }
}

/** KERONG CU48: up to ten boards of 48 locks, also behind the maker's transparent TCP gateway. */
export const kerongCu48Locker: DriverDefinition<PickupLocker> = {
  id: 'kerong-cu48',
  deviceClass: 'pickup-locker',
  name: { 'zh-CN': 'KERONG CU48 锁控板', en: 'KERONG CU48 lock board' },
  schemes: ['serial', 'tcp'],
  bauds: [19200, 9600, 57600, 115200],
  options: [
    {
      key: 'lock-bit',
      label: { 'zh-CN': '状态位为 1 表示', en: 'A set status bit means' },
      values: ['1-locked', '1-unlocked'],
      fallback: '1-locked',
    },
    {
      key: 'boards',
      label: { 'zh-CN': '锁控板数量(地址从 0 起)', en: 'Number of boards (addresses from 0)' },
      values: Array.from({ length: CU48_LAST_BOARD + 1 }, (_, index) => String(index + 1)),
      fallback: '1',
    },
  ],
  create: (context) => {
    const boards = Array.from({ length: Number(context.options['boards'] ?? '1') }, (_, index) => index);
    return new BoardLocker({
      dialect: new Cu48Dialect(context, boards),
      clock: context.clock,
      boards,
      memory: new DoorMemory(),
    });
  },
};
