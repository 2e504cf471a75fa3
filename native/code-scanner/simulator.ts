import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { ScannerMemory } from './simulator-memory.ts';

/** How the simulated scanner is set up and misbehaves; may be changed at any time. */
export interface ScannerBehaviour {
  /** Bytes behind each code, e.g. `\r`. A HID POS scanner sends none. */
  tail: string;
  charset: 'utf-8' | 'gbk';
  /** Scans only after a trigger command. */
  needsTrigger: boolean;
  /** Sends the code without its tail once the tail is expected (cable fault). */
  losesTail: boolean;
  /** Puts NUL bytes and control characters between the characters. */
  dirty: boolean;
  /** What becomes of commands: taken; refused; answered with a wrong checksum or status; not answered at all. */
  commands: 'taken' | 'refused' | 'damaged' | 'silent';
  /** HID: the second report of a code that needs several is lost. */
  losesReport: boolean;
}

/** The far end of any code scanner: a person holds codes before it, the host sends it commands. */
export interface CodeScannerSimulator extends DeviceSimulator {
  readonly behaviour: ScannerBehaviour;
  /** Whether the scanning light is on. */
  readonly lit: boolean;
  /** Beeps that the host asked for. */
  readonly beeps: number;
  /** A code is held before the scanner. Returns whether it was read. */
  scan(text: string): boolean;
  /** Raw bytes (HID: one report) as a broken scanner or a noisy line would send them. */
  sendRaw(bytes: Uint8Array): void;
}

/** A scanner that does what it should. */
export function goodScanner(): ScannerBehaviour {
  return {
    tail: '\r',
    charset: 'utf-8',
    needsTrigger: false,
    losesTail: false,
    dirty: false,
    commands: 'taken',
    losesReport: false,
  };
}

/** Bytes of a code as the behaviour says, without its tail. */
export function codeBytes(text: string, { charset, dirty }: ScannerBehaviour): Uint8Array {
  const sent = dirty ? Array.from(text).join('\u0000\u001d') : text;
  return charset === 'gbk' ? gb18030Bytes(sent) : new TextEncoder().encode(sent);
}

let pairs: ReadonlyMap<string, readonly [number, number]> | null = null;

/** Every two-byte character of GBK, out of the runtime's own tables. */
function gbkPairs(): ReadonlyMap<string, readonly [number, number]> {
  if (pairs !== null) return pairs;
  const decoder = new TextDecoder('gbk');
  const found = new Map<string, readonly [number, number]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const char = decoder.decode(Uint8Array.of(lead, trail));
      if (char.length === 1 && char !== '\uFFFD') found.set(char, [lead, trail]);
    }
  }
  pairs = found;
  return found;
}

/** Linear index of U+10000 among the four-byte codes. */
const FIRST_SUPPLEMENTARY = 189_000;

/** GB 18030: one, two or (beyond U+FFFF) four bytes; `?` for the few that a scanner does not meet. */
export function gb18030Bytes(text: string): Uint8Array {
  return Uint8Array.from(
    Array.from(text).flatMap((char) => {
      const code = char.codePointAt(0) ?? 0;
      if (code < 0x80) return [code];
      if (code < 0x10000) return gbkPairs().get(char) ?? [0x3f];
      const index = code - 0x10000 + FIRST_SUPPLEMENTARY;
      return [
        0x81 + Math.floor(index / 12_600),
        0x30 + (Math.floor(index / 1_260) % 10),
        0x81 + (Math.floor(index / 10) % 126),
        0x30 + (index % 10),
      ];
    }),
  );
}

/** A serial scanner module with the "7E 00" and the Newland commands. */
export class ScannerSimulator implements CodeScannerSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly behaviour: ScannerBehaviour;
  readonly memory: ScannerMemory;
  #lit = false;
  #beeps = 0;

  constructor(behaviour: Partial<ScannerBehaviour> = {}) {
    this.behaviour = { ...goodScanner(), ...behaviour };
    this.memory = new ScannerMemory({
      behaviour: this.behaviour,
      light: (on) => {
        this.#lit = on;
        this.activity.emit(on ? 'light on' : 'light off');
      },
      beep: () => {
        this.#beeps += 1;
        this.activity.emit('beep');
      },
      reply: (bytes) => this.#send(bytes),
    });
  }

  get lit(): boolean {
    return this.#lit;
  }

  get beeps(): number {
    return this.#beeps;
  }

  scan(text: string): boolean {
    if (this.behaviour.needsTrigger && !this.#lit) {
      this.activity.emit('code held before a dark scanner');
      return false;
    }
    const { tail, losesTail } = this.behaviour;
    this.#lit = false;
    this.activity.emit(`code of ${text.length} characters scanned`);
    this.#send([...codeBytes(text, this.behaviour), ...(losesTail ? [] : bytesOf(tail))]);
    return true;
  }

  sendRaw(bytes: Uint8Array): void {
    this.#send([...bytes]);
  }

  receive(bytes: Uint8Array): void {
    this.memory.receive(bytes);
  }

  #send(bytes: readonly number[]): void {
    this.output.emit({ bytes: Uint8Array.from(bytes), delayMs: 0 });
  }
}

function bytesOf(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}
