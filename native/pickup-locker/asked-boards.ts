import type { DeviceError } from '../model/device.ts';
import type { DriverContext, DriverDefinition, DriverOption } from '../model/driver-registry.ts';
import type { CellAddress, DoorState, PickupLocker } from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { BoardLine } from './board-line.ts';
import type { BoardLineTiming, FrameParser } from './board-line.ts';
import { BoardLocker } from './board-locker.ts';
import type { BoardDialect } from './board-locker.ts';
import { DoorMemory } from './door-memory.ts';

/** A question to a board: its bytes, and which of the frames that come back is the answer. */
export interface Question<TFrame, TAsked, TAnswer> {
  readonly request: Uint8Array;
  /** Hint for the frame parser. */
  readonly asked: TAsked | null;
  /** What a frame says to this question; null when it is no answer to it. */
  answer(frame: TFrame): Result<TAnswer, DeviceError> | null;
}

/** One kind of lock board that is asked for its doors and pulsed by one frame. */
export interface BoardProtocol<TFrame, TAsked = null> {
  readonly driverId: string;
  readonly firstBoard: number;
  readonly lastBoard: number;
  /** Locks of one board; cells outside are refused. */
  readonly locks: number;
  readonly timing: BoardLineTiming;
  /** Deadline of an answer in milliseconds. */
  readonly replyMs: number;
  /** How long a reply to a pulse is waited for; boards that never send one need this pause all the same. */
  readonly pulseReplyMs: number;
  readonly parse: FrameParser<TFrame, TAsked>;
  readonly doors: (board: number) => Question<TFrame, TAsked, readonly DoorState[]>;
  readonly door: (cell: CellAddress) => Question<TFrame, TAsked, DoorState>;
  /** The answer is a remark for the log: the sensor alone decides what became of the door. */
  readonly pulse: (cell: CellAddress) => Question<TFrame, TAsked, string>;
  /** A door that the board reports by itself, or null. */
  readonly reported?: (frame: TFrame) => { readonly cell: CellAddress; readonly door: DoorState } | null;
}

/** At most so many boards that did not answer are asked once more. */
const SECOND_ASKED = 2;

/** The doors behind the bits of a status reply: bit 0 of the first byte is lock 1. */
export function doorsOfBits(bytes: Uint8Array, locks: number, closedBit: boolean): readonly DoorState[] {
  return Array.from({ length: locks }, (_, index) => {
    const byte = bytes[index >> 3];
    if (byte === undefined) return 'unknown';
    return (((byte >> (index & 7)) & 1) === 1) === closedBit ? 'closed' : 'open';
  });
}

/** Sends one question and reads its answer out of what comes back. */
export async function askBoard<TFrame, TAsked, TAnswer>(
  line: BoardLine<TFrame, TAsked>,
  question: Question<TFrame, TAsked, TAnswer>,
  replyMs: number,
  signal: AbortSignal | undefined,
): Promise<Result<TAnswer, DeviceError>> {
  const answers = await line.ask({
    request: question.request,
    asked: question.asked,
    replyMs,
    accept: (frame) => question.answer(frame) !== null,
    count: 1,
    signal,
  });
  if (!answers.ok) return answers;
  const [frame] = answers.value;
  const answer = frame === undefined ? null : question.answer(frame);
  return answer ?? err({ code: 'bad-reply', detail: 'no answer in the reply' });
}

/** Asks the configured boards one by one, for protocols without a broadcast that boards answer. */
export async function presentOneByOne(
  boards: readonly number[],
  ask: (board: number) => Promise<Result<unknown, DeviceError>>,
): Promise<Result<readonly number[], DeviceError>> {
  const present = new Set<number>();
  let last: DeviceError = { code: 'timeout', detail: 'no answer' };
  const askAll = async (wanted: readonly number[]): Promise<void> => {
    for (const board of wanted) {
      const reading = await ask(board);
      if (reading.ok) present.add(board);
      else last = reading.error;
    }
  };
  await askAll(boards);
  // One lost or damaged answer is no missing board; a bus with many missing ones is not held up twice as long.
  const missing = boards.filter((board) => !present.has(board));
  if (missing.length <= SECOND_ASKED && (last.code === 'timeout' || last.code === 'bad-reply')) await askAll(missing);
  return present.size > 0 ? ok([...present].toSorted((a, b) => a - b)) : err(last);
}

/** What became of a pulse when the board answered it (as a remark), kept silent, or the line failed. */
export function pulseOutcome(answer: Result<string, DeviceError>): Awaited<ReturnType<BoardDialect['pulse']>> {
  if (answer.ok) return { sent: true, error: null, remark: answer.value };
  const { code, detail } = answer.error;
  if (code === 'line-lost') return { sent: true, error: answer.error, remark: '' };
  if (code === 'timeout') return { sent: true, error: null, remark: 'board gave no reply' };
  if (code === 'bad-reply') return { sent: true, error: null, remark: detail };
  return { sent: false, error: answer.error, remark: '' };
}

/** Boards on one bus that speak one {@link BoardProtocol}. */
export class AskedBoards<TFrame, TAsked = null> implements BoardDialect {
  readonly driverId: string;
  readonly firstBoard: number;
  readonly lastBoard: number;
  readonly locks: number;
  readonly #protocol: BoardProtocol<TFrame, TAsked>;
  readonly #boards: readonly number[];
  readonly #line: BoardLine<TFrame, TAsked>;

  constructor(options: {
    readonly protocol: BoardProtocol<TFrame, TAsked>;
    readonly context: DriverContext;
    readonly boards: readonly number[];
    readonly memory: DoorMemory;
  }) {
    const { protocol, context, memory } = options;
    this.driverId = protocol.driverId;
    this.firstBoard = protocol.firstBoard;
    this.lastBoard = protocol.lastBoard;
    this.locks = protocol.locks;
    this.#protocol = protocol;
    this.#boards = options.boards;
    this.#line = new BoardLine<TFrame, TAsked>({
      transport: context.transport,
      clock: context.clock,
      timing: protocol.timing,
      parse: protocol.parse,
      stripEcho: false,
      onUnasked: (frame) => {
        const news = protocol.reported?.(frame) ?? null;
        if (news !== null) memory.reported(news.cell, news.door);
      },
    });
  }

  readBoard(board: number, signal?: AbortSignal): Promise<Result<readonly DoorState[], DeviceError>> {
    return askBoard(this.#line, this.#protocol.doors(board), this.#protocol.replyMs, signal);
  }

  readDoor(cell: CellAddress, signal?: AbortSignal): Promise<Result<DoorState, DeviceError>> {
    return askBoard(this.#line, this.#protocol.door(cell), this.#protocol.replyMs, signal);
  }

  /** The reply is waited for whatever the caller does meanwhile: it must not answer the next question. */
  async pulse(cell: CellAddress, signal?: AbortSignal): ReturnType<BoardDialect['pulse']> {
    if (signal?.aborted === true) {
      return { sent: false, error: { code: 'cancelled', detail: 'cancelled before the pulse' }, remark: '' };
    }
    return pulseOutcome(await askBoard(this.#line, this.#protocol.pulse(cell), this.#protocol.pulseReplyMs, undefined));
  }

  presentBoards(signal?: AbortSignal): Promise<Result<readonly number[], DeviceError>> {
    return presentOneByOne(this.#boards, (board) => this.readDoor({ board, lock: 1 }, signal));
  }

  dispose(): void {
    this.#line.dispose();
  }
}

/** The option that says how many boards there are. */
export function boardsOption(first: number, most: number): DriverOption {
  return {
    key: 'boards',
    label: { 'zh-CN': `锁控板数量(地址从 ${first} 起)`, en: `Number of boards (addresses from ${first})` },
    values: Array.from({ length: most }, (_, index) => String(index + 1)),
    fallback: '1',
  };
}

/** Addresses of the configured boards. */
export function configuredBoards(context: DriverContext, first: number): readonly number[] {
  return Array.from({ length: Number(context.options['boards'] ?? '1') }, (_, index) => first + index);
}

/** The option that says what a set status bit means; the maker's own meaning first. */
export function lockBitOption(fallback: '1-locked' | '1-unlocked'): DriverOption {
  return {
    key: 'lock-bit',
    label: { 'zh-CN': '状态位为 1 表示', en: 'A set status bit means' },
    values: fallback === '1-locked' ? ['1-locked', '1-unlocked'] : ['1-unlocked', '1-locked'],
    fallback,
  };
}

/** Whether a set bit stands for a closed door, by the option above. */
export function closedBitOf(context: DriverContext, fallback: '1-locked' | '1-unlocked'): boolean {
  return (context.options['lock-bit'] ?? fallback) === '1-locked';
}

/** A driver for boards that speak one protocol. */
export function askedBoardsDriver<TFrame, TAsked>(
  definition: Omit<DriverDefinition<PickupLocker>, 'deviceClass' | 'create'>,
  boardsOf: (context: DriverContext) => readonly number[],
  protocolOf: (context: DriverContext) => BoardProtocol<TFrame, TAsked>,
): DriverDefinition<PickupLocker> {
  return {
    ...definition,
    deviceClass: 'pickup-locker',
    create: (context) => {
      const boards = boardsOf(context);
      const memory = new DoorMemory();
      const dialect = new AskedBoards({ protocol: protocolOf(context), context, boards, memory });
      return new BoardLocker({ dialect, clock: context.clock, boards, memory });
    },
  };
}
