import type { Clock } from '../model/clock.ts';
import { Emitter } from '../model/events.ts';
import { SimulatedDoors } from './simulated-doors.ts';
import type { LockerSimulator } from './simulated-doors.ts';

const LOCKS = 48;
const REQUEST_LENGTH = 6;
const ALL_BOARDS = 0x0a;
const ALL_LOCKS = 0x30;
/** Thinking time of a board; with a broadcast each board starts when the one before it has ended. */
const THINK_MS = 5;

/** KERONG CU48 boards on one bus, written from the maker's table of requests and replies. */
export class Cu48Simulator implements LockerSimulator {
  readonly doors: SimulatedDoors;
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly #boards: readonly number[];
  readonly #setBitMeansLocked: boolean;
  readonly #mute = new Set<number>();
  #heard: number[] = [];

  /** @param options.setBitMeansLocked false where the detect switch is wired the other way round */
  constructor(options: {
    readonly clock: Clock;
    readonly boards?: readonly number[];
    readonly setBitMeansLocked?: boolean;
    readonly closesAfterMs?: number | null;
  }) {
    this.#boards = options.boards ?? [0];
    this.#setBitMeansLocked = options.setBitMeansLocked ?? true;
    this.doors = new SimulatedDoors({
      clock: options.clock,
      boards: this.#boards,
      locks: LOCKS,
      closesAfterMs: options.closesAfterMs ?? null,
    });
    this.doors.changes.subscribe(({ cell, sensedOpen }) =>
      this.activity.emit(`board ${cell.board} lock ${cell.lock}: door ${sensedOpen ? 'open' : 'closed'}`),
    );
  }

  setBoardMute(board: number, mute: boolean): void {
    if (mute) this.#mute.add(board);
    else this.#mute.delete(board);
  }

  receive(bytes: Uint8Array): void {
    this.#heard.push(...bytes);
    while (this.#heard.length >= REQUEST_LENGTH) {
      const [stx, address = 0, lock = 0, command = 0, etx, sum] = this.#heard;
      const right = stx === 2 && etx === 3 && ((5 + address + lock + command) & 0xff) === sum;
      this.#heard.splice(0, right ? REQUEST_LENGTH : 1);
      if (right) this.#obey(address, lock, command);
    }
  }

  dispose(): void {
    this.doors.dispose();
  }

  #obey(address: number, lock: number, command: number): void {
    const addressed = this.#boards.filter((board) => address === ALL_BOARDS || board === address);
    const listening = addressed.filter((board) => !this.#mute.has(board));
    if (command === 0x50) {
      for (const board of listening) this.output.emit({ bytes: this.#status(board), delayMs: THINK_MS });
    } else if (command === 0x51) {
      for (const board of listening) {
        const locks = lock === ALL_LOCKS ? Array.from({ length: LOCKS }, (_, index) => index) : [lock];
        for (const index of locks) {
          const willOpen = this.doors.pulse({ board, lock: index + 1 }) !== null;
          this.activity.emit(`board ${board} lock ${index + 1}: pulse${willOpen ? '' : ', bolt does not move'}`);
        }
      }
    }
  }

  #status(board: number): Uint8Array {
    const frame = [0x02, board, 0x00, 0x65, 0, 0, 0, 0, 0, 0, 0x03];
    for (let index = 0; index < LOCKS; index += 1) {
      const locked = this.doors.get({ board, lock: index + 1 })?.sensedOpen !== true;
      if (locked !== this.#setBitMeansLocked) continue;
      const at = 4 + Math.floor(index / 8);
      frame[at] = (frame[at] ?? 0) + 2 ** (index % 8);
    }
    return Uint8Array.from([...frame, frame.reduce((total, byte) => total + byte, 0) % 256]);
  }
}
