import type { RatingLevel } from '../model/evaluation-keypad.ts';
import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';

/** A simulated keypad with five keys that a person can press. */
export interface KeypadSimulator extends DeviceSimulator {
  /** Presses and releases the key of that level (1 very bad, 5 very good); `bounces` more contacts follow at once. */
  press(level: RatingLevel, bounces?: number): void;
  /** What the host has last asked of lamp or voice. */
  readonly inviting: boolean;
}

/** Commands of a keypad with lamp or voice. */
export interface KeypadCommands {
  readonly invite: Uint8Array | null;
  readonly dismiss: Uint8Array | null;
}

/** How the keys are numbered: key 1 is the best (as usual in halls) or the worst. */
export type KeyOrder = '1-very-good' | '1-very-bad';

/** Time a finger stays on the key, in milliseconds. */
export const HOLD_MS = 90;
const BOUNCE_MS = 12;

/** What all simulated keypads share. */
export abstract class FiveKeys implements KeypadSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly #order: KeyOrder;
  readonly #commands: KeypadCommands;
  #inviting = false;

  constructor(keyOrder: KeyOrder, commands: KeypadCommands = { invite: null, dismiss: null }) {
    this.#order = keyOrder;
    this.#commands = commands;
  }

  get inviting(): boolean {
    return this.#inviting;
  }

  receive(bytes: Uint8Array): void {
    const command = (['invite', 'dismiss'] as const).find((one) => String(this.#commands[one]) === String(bytes));
    if (command === undefined) {
      this.activity.emit(`ignores ${bytes.length} bytes from the host`);
      return;
    }
    this.#inviting = command === 'invite';
    this.activity.emit(command === 'invite' ? 'lamp on' : 'lamp off');
  }

  press(level: RatingLevel, bounces = 0): void {
    const key = this.#order === '1-very-bad' ? level : 6 - level;
    this.activity.emit(`key ${key} pressed (level ${level})`);
    for (let contact = 0; contact <= bounces; contact += 1) this.contact(key, contact === 0 ? 0 : BOUNCE_MS);
  }

  protected abstract contact(key: number, delayMs: number): void;
}

/** What a serial keypad sends for a key. */
export type SerialKeypadWire = 'byte' | 'ascii' | 'ascii-cr' | 'framed' | 'text';

export class SerialKeypadSimulator extends FiveKeys {
  readonly #wire: SerialKeypadWire;

  constructor(options: { readonly wire?: SerialKeypadWire; readonly order?: KeyOrder } = {}) {
    super(options.order ?? '1-very-bad');
    this.#wire = options.wire ?? 'byte';
  }

  protected override contact(key: number, delayMs: number): void {
    this.output.emit({ bytes: this.#bytes(key), delayMs });
  }

  #bytes(key: number): Uint8Array {
    const digit = '0'.charCodeAt(0) + key;
    if (this.#wire === 'ascii') return Uint8Array.of(digit);
    if (this.#wire === 'ascii-cr') return Uint8Array.of(digit, 0x0d);
    if (this.#wire === 'framed') return Uint8Array.of(0x02, digit, 0x03, 0x02 + digit + 0x03);
    if (this.#wire === 'text') return Uint8Array.of(0x4b, 0x45, 0x59, digit, 0x0d);
    return Uint8Array.of(key);
  }
}

/** What a HID keypad sends for a key. */
export type HidKeypadWire = 'keyboard' | 'keyboard-numpad' | 'vendor';

export class HidKeypadSimulator extends FiveKeys {
  readonly #wire: HidKeypadWire;
  readonly #offset: number;
  readonly #values: 'index' | 'ascii' | 'bits';

  /** `offset` and `values` say where a vendor report of 8 bytes with id 01 has its key, and how. */
  constructor(
    options: {
      readonly wire?: HidKeypadWire;
      readonly order?: KeyOrder;
      readonly offset?: number;
      readonly values?: 'index' | 'ascii' | 'bits';
    } = {},
  ) {
    super(options.order ?? '1-very-bad');
    this.#wire = options.wire ?? 'keyboard';
    this.#offset = options.offset ?? 1;
    this.#values = options.values ?? 'index';
  }

  protected override contact(key: number, delayMs: number): void {
    if (this.#wire === 'vendor') {
      const idle = Uint8Array.of(0x01, 0, 0, 0, 0, 0, 0, 0);
      idle[this.#offset] = 0;
      const down = idle.slice();
      down[this.#offset] = this.#values === 'index' ? key : this.#values === 'ascii' ? 0x30 + key : 2 ** (key - 1);
      this.output.emit({ bytes: down, delayMs });
      this.output.emit({ bytes: idle, delayMs: HOLD_MS });
      return;
    }
    const usage = (this.#wire === 'keyboard-numpad' ? 0x59 : 0x1e) + key - 1;
    this.output.emit({ bytes: Uint8Array.of(0, 0, usage, 0, 0, 0, 0, 0), delayMs });
    this.output.emit({ bytes: new Uint8Array(8), delayMs: HOLD_MS });
  }
}
