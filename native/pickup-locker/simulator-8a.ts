import type { Clock } from '../model/clock.ts';
import { Emitter } from '../model/events.ts';
import { SimulatedDoors } from './simulated-doors.ts';
import type { LockerSimulator } from './simulated-doors.ts';

/** A board replies to a pulse about this long after it. */
const PULSE_REPLY_MS = 200;
const THINK_MS = 8;

/** How one hall wired and bought its boards. */
export interface Simulator8aOptions {
  readonly clock: Clock;
  readonly boards?: readonly number[];
  /** 8, 12, 18 and 24 channel boards send three status bytes, 50 channel boards seven. */
  readonly channels?: number;
  /** Feedback contact that is shorted while the door is closed, or while it is open. */
  readonly feedback?: 'closed-shorted' | 'open-shorted';
  readonly statusOrder?: 'high-first' | 'low-first';
  /** Header of messages sent unasked when a door moves; null for firmware without them. */
  readonly eventHeader?: 0x81 | 0x82 | null;
  readonly closesAfterMs?: number | null;
}

/** Generic 8A boards on one half-duplex bus. */
export class Bcc8aSimulator implements LockerSimulator {
  readonly doors: SimulatedDoors;
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly #boards: readonly number[];
  readonly #channels: number;
  readonly #closedMark: number;
  readonly #openMark: number;
  readonly #lowFirst: boolean;
  readonly #mute = new Set<number>();
  #echo = false;
  #garbage: Uint8Array = new Uint8Array(0);
  #heard: number[] = [];

  constructor(options: Simulator8aOptions) {
    this.#boards = options.boards ?? [1];
    this.#channels = options.channels ?? 24;
    this.#closedMark = options.feedback === 'open-shorted' ? 0x00 : 0x11;
    this.#openMark = options.feedback === 'open-shorted' ? 0x11 : 0x00;
    this.#lowFirst = options.statusOrder === 'low-first';
    this.doors = new SimulatedDoors({
      clock: options.clock,
      boards: this.#boards,
      locks: this.#channels,
      closesAfterMs: options.closesAfterMs ?? null,
    });
    const header = options.eventHeader ?? null;
    this.doors.changes.subscribe(({ cell, sensedOpen }) => {
      this.activity.emit(`board ${cell.board} lock ${cell.lock}: door ${sensedOpen ? 'open' : 'closed'}`);
      if (header !== null && !this.#mute.has(cell.board)) {
        this.#say([header, cell.board, cell.lock, sensedOpen ? this.#openMark : this.#closedMark], 0);
      }
    });
  }

  setBoardMute(board: number, mute: boolean): void {
    if (mute) this.#mute.add(board);
    else this.#mute.delete(board);
  }

  /** The serial adapter hands the host's own bytes back to it. */
  setEchoAdapter(on: boolean): void {
    this.#echo = on;
  }

  /** Bytes that the line driver spits out before every reply. */
  setGarbage(bytes: Uint8Array): void {
    this.#garbage = bytes;
  }

  receive(bytes: Uint8Array): void {
    if (this.#echo) this.output.emit({ bytes: bytes.slice(), delayMs: 0 });
    this.#heard.push(...bytes);
    while (this.#heard.length >= 5) {
      const [header = 0, board = 0, lock = 0, command = 0, check] = this.#heard;
      const right = (header ^ board ^ lock ^ command) === check;
      this.#heard.splice(0, right ? 5 : 1);
      if (right && this.#boards.includes(board) && !this.#mute.has(board)) this.#obey(header, board, lock, command);
    }
  }

  dispose(): void {
    this.doors.dispose();
  }

  #obey(header: number, board: number, lock: number, command: number): void {
    if (header === 0x8a && command === 0x11) this.#open(board, lock);
    else if (header === 0x80 && command === 0x33) this.#tell(board, lock);
  }

  #open(board: number, lock: number): void {
    const locks = lock === 0 ? Array.from({ length: this.#channels }, (_, index) => index + 1) : [lock];
    let allOpen = true;
    for (const each of locks) {
      const opensMs = this.doors.pulse({ board, lock: each });
      const sensorWorks = this.doors.get({ board, lock: each })?.behaviour !== 'sensor-broken';
      if (opensMs === null || opensMs > PULSE_REPLY_MS || !sensorWorks) allOpen = false;
      this.activity.emit(`board ${board} lock ${each}: pulse${opensMs === null ? ', bolt does not move' : ''}`);
    }
    this.#say([0x8a, board, lock, allOpen ? this.#openMark : this.#closedMark], PULSE_REPLY_MS);
  }

  #tell(board: number, lock: number): void {
    if (lock !== 0) {
      if (lock > this.#channels) return;
      const open = this.doors.get({ board, lock })?.sensedOpen === true;
      this.#say([0x80, board, lock, open ? this.#openMark : this.#closedMark], THINK_MS);
      return;
    }
    const status = Array.from<number>({ length: this.#channels > 24 ? 7 : 3 }).fill(0);
    for (let index = 0; index < this.#channels; index += 1) {
      const open = this.doors.get({ board, lock: index + 1 })?.sensedOpen === true;
      const mark = open ? this.#openMark : this.#closedMark;
      const at = Math.floor(index / 8);
      if (mark === 0x11) status[at] = (status[at] ?? 0) + 2 ** (index % 8);
    }
    this.#say([0x80, board, ...(this.#lowFirst ? status : status.reverse()), 0x33], THINK_MS);
  }

  #say(frame: readonly number[], delayMs: number): void {
    const check = frame.reduce((value, byte) => value ^ byte, 0);
    this.output.emit({ bytes: Uint8Array.from([...this.#garbage, ...frame, check]), delayMs });
  }
}
