import type { Clock } from '../model/clock.ts';
import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';

/** A simulated sensor before which somebody can stand. */
export interface PresenceSimulator extends DeviceSimulator {
  readonly present: boolean;
  /** Somebody comes or leaves. */
  stand(present: boolean): void;
  /** Ends its timers. */
  dispose(): void;
}

/** Somebody who comes and goes, and what is seen of him. */
abstract class Place implements PresenceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  #present: boolean;

  constructor(present: boolean) {
    this.#present = present;
  }

  get present(): boolean {
    return this.#present;
  }

  stand(present: boolean): void {
    if (present === this.#present) return;
    this.#present = present;
    this.activity.emit(present ? 'somebody comes' : 'nobody there');
  }

  abstract receive(bytes: Uint8Array): void;
  abstract dispose(): void;
}

/** CRC-16/MODBUS by the book: shift right, and where a one falls out, A001. */
function crcOf(bytes: readonly number[]): readonly [number, number] {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc % 2 === 1 ? Math.floor(crc / 2) ^ 0xa001 : Math.floor(crc / 2);
  }
  return [crc % 256, Math.floor(crc / 256)];
}

export interface InputModuleOptions {
  readonly present?: boolean;
  readonly board?: number;
  /** Functions that the module knows. */
  readonly functions?: readonly number[];
  /** Address of its first input, and how many it has. */
  readonly start?: number;
  readonly inputs?: number;
  /** Where the detector is wired, counted from 1, and what its contact does while somebody is there. */
  readonly input?: number;
  readonly contact?: 'closed' | 'open';
}

const THINK_MS = 5;
const REQUEST_LENGTH = 8;
const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
/** Longer than any request: older bytes are noise. */
const EAR = 64;

/** A Modbus-RTU digital input module with a detector's relay on one of its inputs. */
export class InputModuleSimulator extends Place {
  readonly #board: number;
  readonly #functions: readonly number[];
  readonly #start: number;
  readonly #inputs: number;
  readonly #input: number;
  readonly #contact: 'closed' | 'open';
  /** Contacts of the other inputs. */
  readonly #others = new Set<number>();
  #heard: number[] = [];

  constructor(options: InputModuleOptions = {}) {
    super(options.present ?? false);
    this.#board = options.board ?? 1;
    this.#functions = options.functions ?? [0x02];
    this.#start = options.start ?? 0;
    this.#inputs = options.inputs ?? 4;
    this.#input = options.input ?? 1;
    this.#contact = options.contact ?? 'closed';
  }

  /** Closes or opens the contact of another input. */
  setOther(input: number, closed: boolean): void {
    if (closed) this.#others.add(input);
    else this.#others.delete(input);
  }

  receive(bytes: Uint8Array): void {
    this.#heard = [...this.#heard, ...bytes].slice(-EAR);
    for (let at = 0; at + REQUEST_LENGTH <= this.#heard.length; at += 1) {
      const frame = this.#heard.slice(at, at + REQUEST_LENGTH);
      const [low, high] = crcOf(frame.slice(0, 6));
      if (frame[0] !== this.#board || frame[6] !== low || frame[7] !== high) continue;
      this.#heard = this.#heard.slice(at + REQUEST_LENGTH);
      this.#answer(frame);
      return;
    }
  }

  dispose(): void {
    this.#heard = [];
  }

  #answer([, code = 0, a = 0, b = 0, c = 0, d = 0]: readonly number[]): void {
    const address = a * 256 + b;
    const count = c * 256 + d;
    if (!this.#functions.includes(code)) {
      this.#say([code + 0x80, ILLEGAL_FUNCTION]);
      return;
    }
    const registers = code === 0x03 || code === 0x04;
    const last = registers ? Math.ceil(this.#inputs / 16) : this.#inputs;
    if (count < 1 || address < this.#start || address + count > this.#start + last) {
      this.#say([code + 0x80, ILLEGAL_ADDRESS]);
      return;
    }
    const first = address - this.#start;
    if (registers) {
      const words = Array.from({ length: count }, (_, index) => this.#bits((first + index) * 16, 16));
      this.#say([code, count * 2, ...words.flatMap((word) => [Math.floor(word / 256), word % 256])]);
      return;
    }
    const octets = Array.from({ length: Math.ceil(count / 8) }, (_, index) =>
      this.#bits(first + index * 8, Math.min(8, count - index * 8)),
    );
    this.#say([code, octets.length, ...octets]);
  }

  /** So many inputs from an index on as a number, the first one lowest. */
  #bits(from: number, count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) if (this.#closed(from + index + 1)) value += 2 ** index;
    return value;
  }

  #closed(input: number): boolean {
    if (input > this.#inputs) return false;
    return input === this.#input ? this.present === (this.#contact === 'closed') : this.#others.has(input);
  }

  #say(rest: readonly number[]): void {
    const frame = [this.#board, ...rest];
    this.output.emit({ bytes: Uint8Array.from([...frame, ...crcOf(frame)]), delayMs: THINK_MS });
  }
}

export interface TellingOptions {
  readonly clock: Clock;
  readonly present?: boolean;
  /** How far somebody stands, and what is seen when nobody does, in millimetres. */
  readonly nearMm?: number;
  readonly farMm?: number;
}

/** A module that tells what it sees again and again. */
abstract class Telling extends Place {
  readonly #stop = new AbortController();
  protected readonly nearMm: number;
  protected readonly farMm: number;

  constructor(options: TellingOptions, everyMs: number) {
    super(options.present ?? false);
    this.nearMm = options.nearMm ?? 700;
    this.farMm = options.farMm ?? 3_000;
    void this.#tell(options.clock, everyMs);
  }

  receive(): void {
    this.activity.emit('ignores what the host says');
  }

  dispose(): void {
    this.#stop.abort();
  }

  protected abstract frame(): readonly number[];

  async #tell(clock: Clock, everyMs: number): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await clock.sleep(everyMs, signal);
      if (signal.aborted) return;
      this.output.emit({ bytes: Uint8Array.from(this.frame()), delayMs: 0 });
    }
  }
}

const RANGE_EVERY_MS = 150;

/** An ultrasonic range finder of the A02YYUW kind. */
export class RangeFinderSimulator extends Telling {
  constructor(options: TellingOptions) {
    super(options, RANGE_EVERY_MS);
  }

  protected override frame(): readonly number[] {
    const distance = this.present ? this.nearMm : this.farMm;
    const high = Math.floor(distance / 256);
    const low = distance % 256;
    return [0xff, high, low, (0xff + high + low) % 256];
  }
}

const RADAR_EVERY_MS = 100;

/** A radar of the LD2410 kind. Nobody there is the state without a target. */
export class RadarSimulator extends Telling {
  constructor(options: TellingOptions) {
    super(options, RADAR_EVERY_MS);
  }

  protected override frame(): readonly number[] {
    const cm = Math.round(this.nearMm / 10);
    const word = [cm % 256, Math.floor(cm / 256)];
    const target = this.present ? [0x03, ...word, 0x50, ...word, 0x3b, ...word] : [0, 0, 0, 0, 0, 0, 0, 0, 0];
    return [0xf4, 0xf3, 0xf2, 0xf1, 0x0d, 0x00, 0x02, 0xaa, ...target, 0x55, 0x00, 0xf8, 0xf7, 0xf6, 0xf5];
  }
}
