import type { Clock } from '../model/clock.ts';
import { Emitter } from '../model/events.ts';
import { GOOD_BUS } from './simulated-bus.ts';
import type { BusBehaviour } from './simulated-bus.ts';
import { SimulatedDoors } from './simulated-doors.ts';
import type { LockerSimulator } from './simulated-doors.ts';

/** What every simulated kind of board is made with. */
export interface SimulatedBoardsOptions {
  readonly clock: Clock;
  /** Addresses as set by the DIP switches. */
  readonly boards?: readonly number[];
  readonly closesAfterMs?: number | null;
  /** Habits of the bus from the start; see {@link SimulatedBoards.behave}. */
  readonly behaviour?: Partial<BusBehaviour>;
}

/** What simulated boards have in common: doors, a bus that is listened to, boards that can be mute, and all the mishaps. */
export abstract class SimulatedBoards implements LockerSimulator {
  readonly doors: SimulatedDoors;
  readonly boards: readonly number[];
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly #mute = new Set<number>();
  #behaviour: BusBehaviour;
  #heard: number[] = [];
  #noise = 1;

  constructor(options: SimulatedBoardsOptions, firstBoard: number, locks: number) {
    this.boards = options.boards ?? [firstBoard];
    this.#behaviour = { ...GOOD_BUS, ...options.behaviour };
    this.doors = new SimulatedDoors({
      clock: options.clock,
      boards: this.boards,
      locks,
      closesAfterMs: options.closesAfterMs ?? null,
    });
    this.doors.changes.subscribe(({ cell, sensedOpen }) =>
      this.activity.emit(`board ${cell.board} lock ${cell.lock}: door ${sensedOpen ? 'open' : 'closed'}`),
    );
  }

  get behaviour(): BusBehaviour {
    return this.#behaviour;
  }

  behave(change: Partial<BusBehaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...change };
  }

  setBoardMute(board: number, mute: boolean): void {
    if (mute) this.#mute.add(board);
    else this.#mute.delete(board);
  }

  receive(bytes: Uint8Array): void {
    this.#echo(bytes);
    this.#heard.push(...bytes);
    while (this.#heard.length > 0) {
      const used = this.obey(this.#heard);
      if (used === 'more') return;
      this.#heard.splice(0, used === 'noise' ? 1 : used);
    }
  }

  dispose(): void {
    this.doors.dispose();
  }

  /**
   * Obeys the request at the beginning of what was heard.
   * @returns its length; `more` while it is not whole; `noise` when none can begin there
   */
  protected abstract obey(heard: readonly number[]): number | 'more' | 'noise';

  /** Whether a board is on the bus and has power. */
  protected listens(board: number): boolean {
    return this.boards.includes(board) && !this.#mute.has(board);
  }

  /**
   * Drives one lock, counted from 1; a board without such a lock does nothing.
   * @returns milliseconds until the door is open, or null when it will not open
   */
  protected drive(board: number, lock: number): number | null {
    const opensMs = this.doors.pulse({ board, lock });
    this.activity.emit(`board ${board} lock ${lock}: pulse${opensMs === null ? ', bolt does not move' : ''}`);
    return opensMs;
  }

  /** What the board takes from the lock's feedback contact. */
  protected sensedOpen(board: number, lock: number): boolean {
    const { sensors } = this.#behaviour;
    if (sensors === 'read-open' || sensors === 'read-closed') return sensors === 'read-open';
    return (this.doors.get({ board, lock })?.sensedOpen === true) !== (sensors === 'inverted');
  }

  /** Whether a change of this door is seen by a board that has power. */
  protected noticesChange(board: number): boolean {
    const { sensors } = this.#behaviour;
    return this.listens(board) && (sensors === 'connected' || sensors === 'inverted');
  }

  /** Bits of the doors, lock 1 in bit 0 of the first byte; a bit is set where the door is closed, or open. */
  protected doorBits(board: number, bytes: number, locks: number, setMeans: 'closed' | 'open'): number[] {
    const bits = Array.from<number>({ length: bytes }).fill(0);
    for (let index = 0; index < locks; index += 1) {
      if (this.sensedOpen(board, index + 1) !== (setMeans === 'open')) continue;
      const at = Math.floor(index / 8);
      bits[at] = (bits[at] ?? 0) + 2 ** (index % 8);
    }
    return bits;
  }

  /** One board puts a frame on the bus, `delayMs` after what it heard. */
  protected say(board: number, frame: readonly number[], delayMs: number): void {
    const { lateMs, byteGapMs, garbageBefore, garbageInside, wrongCheck, halfFrames, collidingBoards } =
      this.#behaviour;
    let bytes = [...frame];
    if (wrongCheck) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0x5a;
    // Two drivers on the wire at once: what one holds low the other cannot hold high, and they are not in step.
    if (collidingBoards.includes(board)) bytes = bytes.map((byte, at) => byte & (((bytes[at - 1] ?? 0xff) << 1) | at));
    if (halfFrames) bytes = bytes.slice(0, Math.ceil(bytes.length / 2));
    const middle = Math.floor(bytes.length / 2);
    const all = [
      ...this.#garbage(garbageBefore),
      ...bytes.slice(0, middle),
      ...this.#garbage(garbageInside),
      ...bytes.slice(middle),
    ];
    if (byteGapMs === 0) {
      this.output.emit({ bytes: Uint8Array.from(all), delayMs: delayMs + lateMs });
      return;
    }
    for (const [at, byte] of all.entries()) {
      this.output.emit({ bytes: Uint8Array.of(byte), delayMs: at === 0 ? delayMs + lateMs : byteGapMs });
    }
  }

  #echo(bytes: Uint8Array): void {
    const { echo } = this.#behaviour;
    if (echo === 'none') return;
    const from = echo === 'tail' ? Math.ceil(bytes.length / 2) : 0;
    const to = echo === 'head' ? Math.floor(bytes.length / 2) : bytes.length;
    this.output.emit({ bytes: bytes.slice(from, to), delayMs: 0 });
  }

  /** The same noise each time a simulator is made. */
  #garbage(length: number): number[] {
    return Array.from({ length }, () => {
      this.#noise = (this.#noise * 73 + 41) % 251;
      return this.#noise;
    });
  }
}

/** Sum of all bytes as one byte, as a board's firmware adds it up. */
export function addedUp(bytes: readonly number[]): number {
  return bytes.reduce((total, byte) => total + byte, 0) % 256;
}
