import type { DeviceError } from '../model/device.ts';
import type { DriverContext, DriverDefinition } from '../model/driver-registry.ts';
import type { CellAddress, DoorState, PickupLocker } from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { BoardLine } from './board-line.ts';
import type { BoardLineTiming, FrameParser } from './board-line.ts';
import { BoardLocker } from './board-locker.ts';
import type { BoardDialect, DoorHow, ReadHow } from './board-locker.ts';
import { DoorMemory } from './door-memory.ts';
import { SURE_8_BITS, SureReadings } from './sure-readings.ts';
import type { Reading } from './sure-readings.ts';
import type { Contacts, Wiring } from './wiring.ts';

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
  readonly wiring: Wiring;
  readonly timing: BoardLineTiming;
  /** Deadline of an answer in milliseconds. */
  readonly replyMs: number;
  /** How long a reply to a pulse is waited for; 0 where boards never send one. */
  readonly pulseReplyMs: number;
  /** How long a board is left alone after a pulse. */
  readonly pulseRestMs: number;
  /** Whether our own bytes are taken away where they come back. Not where a board's answer may look the same. */
  readonly stripEcho: boolean;
  readonly parse: FrameParser<TFrame, TAsked>;
  /** Which answers are cut by silence; default: all where the timing has a quiet time. */
  readonly needsQuiet?: (asked: TAsked | null) => boolean;
  /** All feedback contacts of a board. */
  readonly contacts: (board: number) => Question<TFrame, TAsked, Contacts>;
  /** One contact, for boards that do not know the question for all of them. */
  readonly contact?: (cell: CellAddress) => Question<TFrame, TAsked, boolean | null>;
  /** One door, by whatever question says it quickest. */
  readonly door: (cell: CellAddress) => Question<TFrame, TAsked, DoorState>;
  /** The answer is a remark for the log: the sensor alone decides what became of the door. */
  readonly pulse: (cell: CellAddress) => Question<TFrame, TAsked, string>;
  /** One question that all boards of the bus answer, one after the other. */
  readonly callAll?: {
    readonly question: Question<TFrame, TAsked, number>;
    readonly most: number;
    readonly replyMs: number;
  };
  /** A door that the board reports by itself, or null. It is asked before anything is believed. */
  readonly reported?: (frame: TFrame) => { readonly cell: CellAddress; readonly door: DoorState } | null;
}

/** How a question is asked; see `Exchange`. */
export interface AskHow {
  readonly replyMs: number;
  readonly repeatable: boolean;
  readonly restMs?: number;
  readonly quick?: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Sends one question and reads its answer out of what comes back. */
export async function askBoard<TFrame, TAsked, TAnswer>(
  line: BoardLine<TFrame, TAsked>,
  question: Question<TFrame, TAsked, TAnswer>,
  how: AskHow,
): Promise<Result<TAnswer, DeviceError>> {
  const said = await frameOf(line, question, how);
  return said.ok ? answerIn(question, said.value) : said;
}

/** The same for something that is to be believed; see {@link SureReadings}. */
export async function askSurely<TFrame, TAsked, TAnswer>(
  line: BoardLine<TFrame, TAsked>,
  question: Question<TFrame, TAsked, TAnswer>,
  how: AskHow,
  sure: SureReadings,
  enough?: (answer: TAnswer) => boolean,
): Promise<Result<Reading<TAnswer>, DeviceError>> {
  // A refusal is no reading: it ends the question as an error, whatever a further one would say.
  const ask = async (): Promise<Result<TFrame, DeviceError>> => {
    const said = await frameOf(line, question, how);
    if (!said.ok) return said;
    const answer = answerIn(question, said.value);
    return answer.ok ? said : answer;
  };
  const read = await sure.read(question.request.join(), ask, (frame) => {
    const answer = answerIn(question, frame);
    return answer.ok && enough !== undefined && enough(answer.value);
  });
  if (!read.ok) return read;
  const answer = answerIn(question, read.value.value);
  return answer.ok ? ok({ value: answer.value, sure: read.value.sure }) : answer;
}

function answerIn<TFrame, TAsked, TAnswer>(
  question: Question<TFrame, TAsked, TAnswer>,
  frame: TFrame,
): Result<TAnswer, DeviceError> {
  return question.answer(frame) ?? err({ code: 'bad-reply', detail: 'no answer in the reply' });
}

async function frameOf<TFrame, TAsked, TAnswer>(
  line: BoardLine<TFrame, TAsked>,
  question: Question<TFrame, TAsked, TAnswer>,
  how: AskHow,
): Promise<Result<TFrame, DeviceError>> {
  const answers = await line.ask({
    request: question.request,
    asked: question.asked,
    accept: (frame) => question.answer(frame) !== null,
    count: 1,
    ...how,
  });
  if (!answers.ok) return answers;
  const [frame] = answers.value;
  return frame === undefined ? err({ code: 'bad-reply', detail: 'no answer in the reply' }) : ok(frame);
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
class AskedBoards<TFrame, TAsked = null> implements BoardDialect {
  readonly driverId: string;
  readonly firstBoard: number;
  readonly lastBoard: number;
  readonly lastScanned: number;
  readonly locks: number;
  readonly wiring: Wiring;
  readonly #protocol: BoardProtocol<TFrame, TAsked>;
  readonly #line: BoardLine<TFrame, TAsked>;
  readonly #sure = new SureReadings(SURE_8_BITS);
  /** Boards that tell their doors one by one only, with the number of their locks. */
  readonly #oneByOne = new Map<number, number>();

  constructor(options: {
    readonly protocol: BoardProtocol<TFrame, TAsked>;
    readonly context: DriverContext;
    readonly memory: DoorMemory;
  }) {
    const { protocol, context, memory } = options;
    this.driverId = protocol.driverId;
    this.firstBoard = protocol.firstBoard;
    this.lastBoard = protocol.lastBoard;
    this.lastScanned = protocol.lastBoard;
    this.locks = protocol.locks;
    this.wiring = protocol.wiring;
    this.#protocol = protocol;
    this.#line = new BoardLine<TFrame, TAsked>({
      transport: context.transport,
      clock: context.clock,
      timing: protocol.timing,
      parse: protocol.parse,
      stripEcho: protocol.stripEcho,
      ...(protocol.needsQuiet ? { needsQuiet: protocol.needsQuiet } : {}),
      onUnasked: (frame) => {
        const news = protocol.reported?.(frame) ?? null;
        if (news !== null) memory.hinted(news.cell);
      },
    });
  }

  async readContacts(board: number, how: ReadHow = {}): Promise<Result<Contacts, DeviceError>> {
    const { contact } = this.#protocol;
    const known = this.#oneByOne.get(board);
    if (contact !== undefined && known !== undefined) return this.#readEach(contact, board, known, how);
    const read = await this.#readSurely(this.#protocol.contacts(board), how);
    if (read.ok) return ok(read.value.value);
    if (contact === undefined || read.error.code !== 'timeout' || how.quick === true) return read;
    // Silent to this question, or away: the first door tells which.
    const first = await this.#readSurely(contact({ board, lock: 1 }), how);
    return first.ok ? this.#readEach(contact, board, this.wiring.wired ?? this.locks, how) : read;
  }

  /** Door by door, up to the first that the board does not have. */
  async #readEach(
    contact: NonNullable<BoardProtocol<TFrame, TAsked>['contact']>,
    board: number,
    most: number,
    how: ReadHow,
  ): Promise<Result<Contacts, DeviceError>> {
    const contacts: (boolean | null)[] = [];
    for (let lock = 1; lock <= most; lock += 1) {
      const read = await this.#readSurely(contact({ board, lock }), how);
      if (!read.ok && read.error.code === 'timeout' && lock > 1 && !this.#oneByOne.has(board)) break;
      if (!read.ok) return read;
      contacts.push(read.value.value);
    }
    this.#oneByOne.set(board, contacts.length);
    return ok(contacts);
  }

  readDoor(
    cell: CellAddress,
    { signal, hasty = false }: DoorHow = {},
  ): Promise<Result<Reading<DoorState>, DeviceError>> {
    return this.#readSurely(this.#protocol.door(cell), { signal }, (door) => hasty && door === 'closed');
  }

  /** A reply is waited for whatever the caller does meanwhile: it must not answer the next question. */
  async pulse(cell: CellAddress, signal?: AbortSignal): ReturnType<BoardDialect['pulse']> {
    const { pulseReplyMs, pulseRestMs } = this.#protocol;
    if (signal?.aborted === true) {
      return { sent: false, error: { code: 'cancelled', detail: 'cancelled before the pulse' }, remark: '' };
    }
    const question = this.#protocol.pulse(cell);
    if (pulseReplyMs === 0) {
      const told = await this.#line.tell(question.request, pulseRestMs, signal);
      return pulseOutcome(told.ok ? ok('this board does not answer a pulse') : told);
    }
    const how = { replyMs: pulseReplyMs, repeatable: false, restMs: pulseRestMs, signal: undefined };
    return pulseOutcome(await askBoard(this.#line, question, how));
  }

  async callAll(signal?: AbortSignal): Promise<Result<readonly number[], DeviceError>> {
    const { callAll } = this.#protocol;
    if (callAll === undefined) return ok([]);
    const answers = await this.#line.ask({
      request: callAll.question.request,
      asked: callAll.question.asked,
      accept: (frame) => callAll.question.answer(frame) !== null,
      replyMs: callAll.replyMs,
      count: callAll.most,
      repeatable: false,
      signal,
    });
    if (!answers.ok) return answers;
    const boards = answers.value.map((frame) => callAll.question.answer(frame));
    return ok(boards.flatMap((board) => (board?.ok === true ? [board.value] : [])));
  }

  dispose(): void {
    this.#line.dispose();
  }

  #readSurely<T>(
    question: Question<TFrame, TAsked, T>,
    { signal, quick = false }: ReadHow,
    enough?: (answer: T) => boolean,
  ): Promise<Result<Reading<T>, DeviceError>> {
    const how = { replyMs: this.#protocol.replyMs, repeatable: true, quick, signal };
    return askSurely(this.#line, question, how, this.#sure, enough);
  }
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
      const memory = new DoorMemory();
      const dialect = new AskedBoards({ protocol: protocolOf(context), context, memory });
      return new BoardLocker({
        dialect,
        clock: context.clock,
        boards: boardsOf(context),
        memory,
        ledger: context.ledger,
      });
    },
  };
}
