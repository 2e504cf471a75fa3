import type { Clock } from '../model/clock.ts';
import type { DeviceError, DeviceState } from '../model/device.ts';
import { count } from '../model/device-ledger.ts';
import type { DeviceLedger } from '../model/device-ledger.ts';
import type { EventSource, Unsubscribe } from '../model/events.ts';
import type {
  BoardFound,
  CellAddress,
  DoorState,
  OpenResult,
  PickupLocker,
  PickupLockerEvent,
} from '../model/pickup-locker.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { DoorMemory } from './door-memory.ts';
import { openAndWatch } from './open-door.ts';
import type { DoorControl } from './open-door.ts';
import { SensorDoubt } from './sensor-doubt.ts';
import type { Reading } from './sure-readings.ts';
import { doorsOf } from './wiring.ts';
import type { Contacts, Wiring } from './wiring.ts';

/** How a board is read. */
export interface ReadHow {
  readonly signal?: AbortSignal | undefined;
  /** The contacts are wanted also where doors are said to have no sensors. */
  readonly calibrating?: boolean;
  /** The board was not there the last time: no long wait for it. */
  readonly quick?: boolean;
}

/** How a door is read. */
export interface DoorHow {
  readonly signal?: AbortSignal | undefined;
  /** A first answer that says closed will do, unsure as it may be: nothing is made of it but a pulse. */
  readonly hasty?: boolean;
}

/** The part of a locker driver that differs from one kind of lock board to the next. */
export interface BoardDialect {
  readonly driverId: string;
  readonly firstBoard: number;
  /** Highest address that boards of this kind can be set to. */
  readonly lastBoard: number;
  /** Highest address that is looked at when boards are searched for. */
  readonly lastScanned: number;
  readonly locks: number;
  readonly wiring: Wiring;
  /**
   * All contacts of a board. Where doors have no sensors, any sign of life is enough.
   */
  readContacts(board: number, how?: ReadHow): Promise<Result<Contacts, DeviceError>>;
  readDoor(cell: CellAddress, how?: DoorHow): Promise<Result<Reading<DoorState>, DeviceError>>;
  pulse(cell: CellAddress, signal?: AbortSignal): ReturnType<DoorControl['pulse']>;
  /** Boards that answer one question to all of them; empty where the protocol has no such question. */
  callAll(signal?: AbortSignal): Promise<Result<readonly number[], DeviceError>>;
  dispose(): void;
}

/** A board that is away is asked in every health round, but waited for as long as it may take only in each fourth. */
const WHOLE_WAIT_EVERY = 4;
/** A door that a board told of is asked after this, in milliseconds: a message or noise often comes with more. */
const HINT_MS = 5;
/** At most so many boards that did not answer are asked once more. */
const SECOND_ASKED = 2;

/** A locker made of lock boards on one bus. Openings are done one after the other. */
export class BoardLocker implements PickupLocker {
  readonly deviceClass = 'pickup-locker';
  readonly driverId: string;
  readonly #dialect: BoardDialect;
  readonly #clock: Clock;
  readonly #boards: readonly number[];
  readonly #memory: DoorMemory;
  readonly #doubt: SensorDoubt;
  readonly #ledger: DeviceLedger | undefined;
  /** Boards that did not answer in the last health rounds, and for how many. */
  readonly #away = new Map<number, number>();
  readonly #hinted = new Set<string>();
  readonly #forgetHints: Unsubscribe;
  #openings: Promise<unknown> = Promise.resolve();

  /** @param options.boards addresses of the boards that are configured */
  constructor(options: {
    readonly dialect: BoardDialect;
    readonly clock: Clock;
    readonly boards: readonly number[];
    readonly memory: DoorMemory;
    readonly ledger?: DeviceLedger | undefined;
  }) {
    this.#dialect = options.dialect;
    this.#clock = options.clock;
    this.#boards = options.boards;
    this.#memory = options.memory;
    this.#ledger = options.ledger;
    this.#doubt = new SensorDoubt(options.memory, options.dialect.wiring.wired);
    this.driverId = options.dialect.driverId;
    this.#forgetHints = options.memory.hints.subscribe((cell) => void this.#follow(cell));
  }

  get events(): EventSource<PickupLockerEvent> {
    return this.#memory.events;
  }

  /**
   * Reads all doors of all configured boards, so that doors which move by themselves become events. Online when every
   * board answers and the sensors can be believed; `hardwareError` names boards that do not answer, `userError` those
   * whose sensors say what cannot be. Boards are asked one by one: between two of them a command gets the line.
   */
  async probe(signal?: AbortSignal): Promise<DeviceState> {
    const present: number[] = [];
    const missing = new Map<number, DeviceError>();
    let last: DeviceError | null = null;
    const before = new Set(this.#away.keys());
    const ask = async (boards: readonly number[]): Promise<void> => {
      for (const board of boards) {
        const rounds = this.#away.get(board) ?? 0;
        const quick = before.has(board) && rounds % WHOLE_WAIT_EVERY !== 0;
        const reading = await this.#readBoard(board, { signal, quick });
        if (reading.ok) {
          this.#away.delete(board);
          present.push(board);
          missing.delete(board);
          continue;
        }
        last = reading.error;
        if (!boardsFault(reading.error)) return;
        missing.set(board, reading.error);
        this.#away.set(board, rounds + 1);
      }
    };
    await ask(this.#boards);
    // One lost or damaged answer is no missing board; a bus with many missing ones is not held up twice as long.
    const fault: DeviceError | null = last;
    const news = [...missing.keys()].filter((board) => !before.has(board));
    if (news.length <= SECOND_ASKED && (fault === null || boardsFault(fault))) await ask(news);
    if (present.length === 0 || (last !== null && !boardsFault(last))) {
      const { code, detail } = last ?? { code: 'timeout', detail: 'no board is configured' };
      return state('offline', `${code}: ${detail}`, null);
    }
    const identity = `boards ${present.toSorted((a, b) => a - b).join(', ')}`;
    if (missing.size > 0) return state('hardwareError', describeMissing(missing), identity);
    const doubt = this.#doubt.verdict();
    if (doubt === null) return state('online', '', identity);
    return { ...state('userError', doubt.detail, identity), fault: doubt.code };
  }

  openDoor(cell: CellAddress, signal?: AbortSignal): Promise<OpenResult> {
    const fault = this.#fault(cell.board, cell.lock);
    if (fault !== null) return Promise.resolve({ outcome: 'refused', cause: fault });
    const opening = this.#openings.then(() => this.#open(cell, signal));
    this.#openings = opening.catch(() => undefined);
    return opening;
  }

  async readDoor(cell: CellAddress, signal?: AbortSignal): Promise<Result<DoorState, DeviceError>> {
    const fault = this.#fault(cell.board, cell.lock);
    if (fault !== null) return err(fault);
    return this.#readDoor(cell, { signal });
  }

  async #readDoor(
    cell: CellAddress,
    how: DoorHow,
    news: 'always' | 'if-open' | 'if-changed' = 'if-changed',
  ): Promise<Result<DoorState, DeviceError>> {
    const { signal } = how;
    const read = await this.#dialect.readDoor(cell, how);
    if (!read.ok) return read;
    const reading = ok(read.value.value);
    if (!read.value.sure) {
      if (reading.value === 'closed') this.#memory.glimpsedClosed(cell);
      return reading;
    }
    if (news === 'always' || (news === 'if-open' && reading.value === 'open'))
      this.#memory.readAfterHint(cell, reading.value);
    else this.#memory.read(cell, reading.value);
    if (reading.value !== 'open' || this.#memory.hasSeenClosed(cell)) return reading;
    // Open, and never seen otherwise: is it this door, or the meaning of the sensors?
    const board = await this.readBoard(cell.board, signal);
    if (!board.ok) return board;
    const doubt = this.#doubt.about(cell);
    return doubt === null ? reading : err(doubt);
  }

  async readBoard(board: number, signal?: AbortSignal): Promise<Result<readonly DoorState[], DeviceError>> {
    const fault = this.#fault(board, 1);
    if (fault !== null) return err(fault);
    return this.#readBoard(board, { signal });
  }

  async #readBoard(board: number, how: ReadHow): Promise<Result<readonly DoorState[], DeviceError>> {
    const contacts = await this.#dialect.readContacts(board, how);
    if (!contacts.ok) return contacts;
    const doors = doorsOf(contacts.value, this.#dialect.wiring);
    doors.forEach((door, index) => this.#memory.read({ board, lock: index + 1 }, door));
    this.#doubt.heard(board, doors);
    return ok(doors);
  }

  async readContacts(board: number, signal?: AbortSignal): Promise<Result<Contacts, DeviceError>> {
    const fault = this.#fault(board, 1);
    return fault === null ? this.#dialect.readContacts(board, { signal, calibrating: true }) : err(fault);
  }

  async scanBoards(
    options: { readonly signal?: AbortSignal; readonly onBoard?: (found: BoardFound) => void } = {},
  ): Promise<Result<readonly BoardFound[], DeviceError>> {
    const { signal, onBoard } = options;
    const { firstBoard, lastScanned } = this.#dialect;
    const called = await this.#dialect.callAll(signal);
    if (!called.ok && !boardsFault(called.error)) return err(called.error);
    const found: BoardFound[] = [];
    for (let board = firstBoard; board <= lastScanned; board += 1) {
      // Who answered the call is asked as well: of two boards with one address both did.
      const read = await this.#dialect.readContacts(board, { signal });
      if (!read.ok && !boardsFault(read.error)) return err(read.error);
      const heardCall = called.ok && called.value.includes(board);
      if (!read.ok && read.error.code === 'timeout' && !heardCall) continue;
      const one: BoardFound = { board, answer: read.ok ? 'clear' : 'garbled' };
      found.push(one);
      onBoard?.(one);
    }
    return ok(found);
  }

  dispose(): void {
    this.#forgetHints();
    this.#hinted.clear();
    this.#dialect.dispose();
  }

  /**
   * A message that nobody asked for has no question that it could fit, and a check of 8 bits: the door is asked instead of
   * believing it.
   */
  async #follow(cell: CellAddress): Promise<void> {
    const key = `${cell.board}/${cell.lock}`;
    const known = this.#boards.includes(cell.board) && this.#fault(cell.board, cell.lock) === null;
    if (!known || this.#dialect.wiring.closedLevel === null || this.#hinted.has(key)) return;
    this.#hinted.add(key);
    // Whatever comes while it is read is a new hint.
    await this.#clock.sleep(HINT_MS);
    if (this.#hinted.delete(key)) await this.#readDoor(cell, {}, 'always');
  }

  async #open(cell: CellAddress, signal: AbortSignal | undefined): Promise<OpenResult> {
    let sawOpen = false;
    const stop = this.#memory.events.subscribe((event) => {
      if (event.cell.board === cell.board && event.cell.lock === cell.lock && event.door === 'open') sawOpen = true;
    });
    const control: DoorControl = {
      hasSensor: this.#dialect.wiring.closedLevel !== null,
      readDoor: () => this.#readDoor(cell, { signal }, 'if-open'),
      lookAtDoor: () => this.#readDoor(cell, { signal, hasty: true }),
      pulse: async () => {
        const pulsed = await this.#dialect.pulse(cell, signal);
        if (pulsed.sent) count(this.#ledger, 'pulses');
        return pulsed;
      },
      sawOpen: () => sawOpen,
    };
    try {
      const result = await openAndWatch(control, this.#clock, signal);
      if (result.outcome === 'opened') count(this.#ledger, 'opens');
      return result;
    } finally {
      stop();
    }
  }

  #fault(board: number, lock: number): DeviceError | null {
    const { firstBoard, lastBoard, locks } = this.#dialect;
    const known = Number.isInteger(board) && board >= firstBoard && board <= lastBoard;
    if (known && Number.isInteger(lock) && lock >= 1 && lock <= locks) return null;
    return { code: 'unknown-cell', detail: `no lock ${lock} of board ${board}` };
  }
}

/** Whether it is one board's matter, and the others can be asked. */
function boardsFault({ code }: DeviceError): boolean {
  return code === 'timeout' || code === 'bad-reply';
}

function state(status: DeviceState['status'], detail: string, identity: string | null): DeviceState {
  return { status, detail, paper: null, identity };
}

function describeMissing(missing: ReadonlyMap<number, DeviceError>): string {
  const silent = [...missing].filter(([, { code }]) => code === 'timeout').map(([board]) => board);
  const garbled = [...missing].filter(([, { code }]) => code !== 'timeout').map(([board]) => board);
  return [
    ...(silent.length > 0 ? [`no answer from board ${silent.join(', ')}`] : []),
    ...(garbled.length > 0
      ? [
          `no valid answer from board ${garbled.join(', ')}: noise, a wrong baud rate, a board that refuses, or two boards with one address`,
        ]
      : []),
  ].join('; ');
}
