import { SimulatedBoards } from './simulated-boards.ts';
import type { SimulatedBoardsOptions } from './simulated-boards.ts';

/** A board replies to a pulse about this long after it. */
const PULSE_REPLY_MS = 200;
const THINK_MS = 8;
const REQUEST_LENGTH = 5;

/** How one hall wired and bought its boards. */
export interface Simulator8aOptions extends SimulatedBoardsOptions {
  /** 8, 12, 18 and 24 channel boards send three status bytes, 50 channel boards seven. */
  readonly channels?: number;
  /** Feedback contact that is shorted while the door is closed, or while it is open. */
  readonly feedback?: 'closed-shorted' | 'open-shorted';
  readonly statusOrder?: 'high-first' | 'low-first';
  /** Header of messages sent unasked when a door moves; null for firmware without them. */
  readonly eventHeader?: 0x81 | 0x82 | null;
}

/** Generic 8A boards on one half-duplex bus. */
export class Bcc8aSimulator extends SimulatedBoards {
  readonly #channels: number;
  readonly #closedMark: number;
  readonly #openMark: number;
  readonly #lowFirst: boolean;
  #garbage: Uint8Array = new Uint8Array(0);

  constructor(options: Simulator8aOptions) {
    const channels = options.channels ?? 24;
    super(options, 1, channels);
    this.#channels = channels;
    this.#closedMark = options.feedback === 'open-shorted' ? 0x00 : 0x11;
    this.#openMark = options.feedback === 'open-shorted' ? 0x11 : 0x00;
    this.#lowFirst = options.statusOrder === 'low-first';
    const header = options.eventHeader ?? null;
    this.doors.changes.subscribe(({ cell }) => {
      if (header === null || !this.noticesChange(cell.board)) return;
      this.#say([header, cell.board, cell.lock, this.#mark(cell.board, cell.lock)], 0);
    });
  }

  /** The serial adapter hands the host's own bytes back to it. */
  setEchoAdapter(on: boolean): void {
    this.behave({ echo: on ? 'whole' : 'none' });
  }

  /** Bytes that the line driver spits out before every reply. */
  setGarbage(bytes: Uint8Array): void {
    this.#garbage = bytes;
  }

  protected override obey(heard: readonly number[]): number | 'more' | 'noise' {
    if (heard.length < REQUEST_LENGTH) return 'more';
    const [header = 0, board = 0, lock = 0, command = 0, check] = heard;
    if ((header ^ board ^ lock ^ command) !== check) return 'noise';
    if (!this.listens(board) || this.behaviour.refuses) return REQUEST_LENGTH;
    if (header === 0x8a && command === 0x11) this.#open(board, lock);
    else if (header === 0x80 && command === 0x33) this.#tell(board, lock);
    return REQUEST_LENGTH;
  }

  #mark(board: number, lock: number): number {
    return this.sensedOpen(board, lock) ? this.#openMark : this.#closedMark;
  }

  #open(board: number, lock: number): void {
    const locks = lock === 0 ? Array.from({ length: this.#channels }, (_, index) => index + 1) : [lock];
    let allOpen = true;
    for (const each of locks) {
      const opensMs = this.drive(board, each);
      const sensorWorks = this.doors.get({ board, lock: each })?.behaviour !== 'sensor-broken';
      if (opensMs === null || opensMs > PULSE_REPLY_MS || !sensorWorks) allOpen = false;
    }
    // The reply is the contact, as it is read some time after the pulse: wiring turns it round as well.
    const seenOpen = allOpen !== (this.behaviour.sensors === 'inverted');
    this.#say([0x8a, board, lock, seenOpen ? this.#openMark : this.#closedMark], PULSE_REPLY_MS);
  }

  #tell(board: number, lock: number): void {
    if (lock !== 0) {
      if (lock <= this.#channels) this.#say([0x80, board, lock, this.#mark(board, lock)], THINK_MS);
      return;
    }
    const setMeans = this.#closedMark === 0x11 ? 'closed' : 'open';
    const status = this.doorBits(board, this.#channels > 24 ? 7 : 3, this.#channels, setMeans);
    this.#say([0x80, board, ...(this.#lowFirst ? status : status.reverse()), 0x33], THINK_MS);
  }

  #say(frame: readonly number[], delayMs: number): void {
    const check = frame.reduce((value, byte) => value ^ byte, 0);
    this.say(frame[1] ?? 0, [...this.#garbage, ...frame, check], delayMs);
  }
}
