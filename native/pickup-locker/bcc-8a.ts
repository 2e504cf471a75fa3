import type { DeviceError } from '../model/device.ts';
import type { DriverContext, DriverDefinition } from '../model/driver-registry.ts';
import type { CellAddress, DoorState, PickupLocker } from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { presentOneByOne } from './asked-boards.ts';
import {
  BCC_8A_LAST_BOARD,
  BCC_8A_LOCKS,
  bcc8aLevels,
  encodeBcc8aBoardStatus,
  encodeBcc8aLockStatus,
  encodeBcc8aOpen,
  parseBcc8a,
} from './bcc-8a-frames.ts';
import type { Bcc8aFrame } from './bcc-8a-frames.ts';
import { BoardLine } from './board-line.ts';
import { BoardLocker } from './board-locker.ts';
import type { BoardDialect } from './board-locker.ts';
import { DoorMemory } from './door-memory.ts';

/** Boards answer a pulse after about 200 ms and a question at once; some take 300 ms for either. */
const REPLY_MS = 500;
/** 3.5 characters are 4 ms at 9600 baud; USB adapters hand bytes over up to 16 ms late. */
const TIMING = { quietMs: 20, spacingMs: 50 } as const;

class Bcc8aDialect implements BoardDialect {
  readonly driverId = 'bcc-8a';
  readonly firstBoard = 1;
  readonly lastBoard = BCC_8A_LAST_BOARD;
  readonly locks = BCC_8A_LOCKS;
  readonly #line: BoardLine<Bcc8aFrame, number>;
  readonly #closedLevel: boolean;
  readonly #order: 'high-first' | 'low-first';
  readonly #boards: readonly number[];

  constructor(context: DriverContext, boards: readonly number[], memory: DoorMemory) {
    this.#boards = boards;
    this.#closedLevel = context.options['feedback'] !== 'open-shorted';
    this.#order = context.options['status-order'] === 'low-first' ? 'low-first' : 'high-first';
    this.#line = new BoardLine<Bcc8aFrame, number>({
      transport: context.transport,
      clock: context.clock,
      timing: TIMING,
      parse: parseBcc8a,
      stripEcho: context.options['own-echo'] === 'suppress',
      onUnasked: (frame) => {
        if (frame.kind === 'event') memory.reported({ board: frame.board, lock: frame.lock }, this.#door(frame.level));
      },
    });
  }

  async readBoard(board: number, signal?: AbortSignal): Promise<Result<readonly DoorState[], DeviceError>> {
    const frame = await this.#ask(
      encodeBcc8aBoardStatus(board),
      board,
      (reply) => reply.kind === 'board-status' && reply.board === board,
      signal,
    );
    if (!frame.ok) return frame;
    if (frame.value.kind !== 'board-status') return err({ code: 'bad-reply', detail: frame.value.kind });
    return ok(bcc8aLevels(frame.value.bytes, this.#order).map((level) => this.#door(level)));
  }

  async readDoor(cell: CellAddress, signal?: AbortSignal): Promise<Result<DoorState, DeviceError>> {
    const frame = await this.#ask(
      encodeBcc8aLockStatus(cell.board, cell.lock),
      null,
      (reply) => reply.kind === 'lock-status' && reply.board === cell.board && reply.lock === cell.lock,
      signal,
    );
    if (!frame.ok) return frame;
    return frame.value.kind === 'lock-status'
      ? ok(this.#door(frame.value.level))
      : err({ code: 'bad-reply', detail: frame.value.kind });
  }

  /** The board's reply is a remark only: an echo looks the same, and a lock may be slower than the reply. */
  async pulse(cell: CellAddress, signal?: AbortSignal): ReturnType<BoardDialect['pulse']> {
    if (signal?.aborted === true) {
      return { sent: false, error: { code: 'cancelled', detail: 'cancelled before the pulse' }, remark: '' };
    }
    const frame = await this.#ask(
      encodeBcc8aOpen(cell.board, cell.lock),
      null,
      (reply) => reply.kind === 'open-reply' && reply.board === cell.board && reply.lock === cell.lock,
      undefined,
    );
    if (!frame.ok) {
      const { code } = frame.error;
      if (code === 'line-lost') return { sent: true, error: frame.error, remark: '' };
      if (code === 'timeout' || code === 'bad-reply') return { sent: true, error: null, remark: 'board gave no reply' };
      return { sent: false, error: frame.error, remark: '' };
    }
    const opened = frame.value.kind === 'open-reply' && this.#door(frame.value.level) === 'open';
    return { sent: true, error: null, remark: opened ? 'board replied opened' : 'board replied failed' };
  }

  /** There is no broadcast that boards answer: they are asked one by one. */
  presentBoards(signal?: AbortSignal): Promise<Result<readonly number[], DeviceError>> {
    return presentOneByOne(this.#boards, (board) => this.readBoard(board, signal));
  }

  dispose(): void {
    this.#line.dispose();
  }

  async #ask(
    request: Uint8Array,
    askedBoard: number | null,
    accept: (frame: Bcc8aFrame) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<Bcc8aFrame, DeviceError>> {
    const answers = await this.#line.ask({ request, asked: askedBoard, replyMs: REPLY_MS, accept, count: 1, signal });
    if (!answers.ok) return answers;
    const [frame] = answers.value;
    return frame === undefined ? err({ code: 'bad-reply', detail: 'no frame' }) : ok(frame);
  }

  #door(level: boolean): DoorState {
    return level === this.#closedLevel ? 'closed' : 'open';
  }
}

/** Generic boards with frames 8A .. BCC, as sold under many names. */
export const bcc8aLocker: DriverDefinition<PickupLocker> = {
  id: 'bcc-8a',
  deviceClass: 'pickup-locker',
  name: { 'zh-CN': '8A 协议锁控板', en: 'Lock board with 8A frames' },
  schemes: ['serial', 'tcp'],
  bauds: [9600, 19200, 115200],
  options: [
    {
      key: 'feedback',
      label: { 'zh-CN': '锁反馈触点', en: 'Lock feedback contact' },
      values: ['closed-shorted', 'open-shorted'],
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
    {
      key: 'boards',
      label: { 'zh-CN': '锁控板数量(地址从 1 起)', en: 'Number of boards (addresses from 1)' },
      values: Array.from({ length: BCC_8A_LAST_BOARD }, (_, index) => String(index + 1)),
      fallback: '1',
    },
  ],
  create: (context) => {
    const boards = Array.from({ length: Number(context.options['boards'] ?? '1') }, (_, index) => index + 1);
    const memory = new DoorMemory();
    const dialect = new Bcc8aDialect(context, boards, memory);
    return new BoardLocker({ dialect, clock: context.clock, boards, memory });
  },
};
