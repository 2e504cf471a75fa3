import type { Clock } from '../model/clock.ts';
import type { DeviceError, DeviceState } from '../model/device.ts';
import type { EventSource } from '../model/events.ts';
import type { CellAddress, DoorState, OpenResult, PickupLocker, PickupLockerEvent } from '../model/pickup-locker.ts';
import { err } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { DoorMemory } from './door-memory.ts';
import { openAndWatch } from './open-door.ts';
import type { DoorControl } from './open-door.ts';

/** The part of a locker driver that differs from one kind of lock board to the next. */
export interface BoardDialect {
  readonly driverId: string;
  readonly firstBoard: number;
  readonly lastBoard: number;
  readonly locks: number;
  readBoard(board: number, signal?: AbortSignal): Promise<Result<readonly DoorState[], DeviceError>>;
  readDoor(cell: CellAddress, signal?: AbortSignal): Promise<Result<DoorState, DeviceError>>;
  pulse(cell: CellAddress, signal?: AbortSignal): ReturnType<DoorControl['pulse']>;
  /** Boards out of the configured ones that answer. */
  presentBoards(signal?: AbortSignal): Promise<Result<readonly number[], DeviceError>>;
  dispose(): void;
}

/** A locker made of lock boards on one bus. Openings are done one after the other. */
export class BoardLocker implements PickupLocker {
  readonly deviceClass = 'pickup-locker';
  readonly driverId: string;
  readonly #dialect: BoardDialect;
  readonly #clock: Clock;
  readonly #boards: readonly number[];
  readonly #memory: DoorMemory;
  #openings: Promise<unknown> = Promise.resolve();

  /** @param options.boards addresses of the boards that are configured */
  constructor(options: {
    readonly dialect: BoardDialect;
    readonly clock: Clock;
    readonly boards: readonly number[];
    readonly memory: DoorMemory;
  }) {
    this.#dialect = options.dialect;
    this.#clock = options.clock;
    this.#boards = options.boards;
    this.#memory = options.memory;
    this.driverId = options.dialect.driverId;
  }

  get events(): EventSource<PickupLockerEvent> {
    return this.#memory.events;
  }

  /** Online when every configured board answers; `hardwareError` names those that do not. */
  async probe(signal?: AbortSignal): Promise<DeviceState> {
    const present = await this.#dialect.presentBoards(signal);
    if (!present.ok) {
      return {
        status: 'offline',
        detail: `${present.error.code}: ${present.error.detail}`,
        paper: null,
        identity: null,
      };
    }
    const identity = `boards ${present.value.join(', ')}`;
    const missing = this.#boards.filter((board) => !present.value.includes(board));
    if (missing.length === 0) return { status: 'online', detail: '', paper: null, identity };
    return { status: 'hardwareError', detail: `no answer from board ${missing.join(', ')}`, paper: null, identity };
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
    const reading = await this.#dialect.readDoor(cell, signal);
    if (reading.ok) this.#memory.read(cell, reading.value);
    return reading;
  }

  async readBoard(board: number, signal?: AbortSignal): Promise<Result<readonly DoorState[], DeviceError>> {
    const fault = this.#fault(board, 1);
    if (fault !== null) return err(fault);
    const reading = await this.#dialect.readBoard(board, signal);
    if (reading.ok) reading.value.forEach((door, index) => this.#memory.read({ board, lock: index + 1 }, door));
    return reading;
  }

  dispose(): void {
    this.#dialect.dispose();
  }

  async #open(cell: CellAddress, signal: AbortSignal | undefined): Promise<OpenResult> {
    let sawOpen = false;
    const stop = this.#memory.events.subscribe((event) => {
      if (event.cell.board === cell.board && event.cell.lock === cell.lock && event.door === 'open') sawOpen = true;
    });
    const control: DoorControl = {
      readDoor: () => this.readDoor(cell, signal),
      pulse: () => this.#dialect.pulse(cell, signal),
      sawOpen: () => sawOpen,
    };
    try {
      return await openAndWatch(control, this.#clock, signal);
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
