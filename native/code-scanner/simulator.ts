import { crc16Ccitt } from '../codec/checksum.ts';
import { encodePrinterText } from '../codec/gb18030.ts';
import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';

/** How the simulated scanner is set up and misbehaves; may be changed at any time. */
export interface ScannerBehaviour {
  /** Bytes behind each code, e.g. `\r`. */
  tail: string;
  charset: 'utf-8' | 'gbk';
  /** Scans only after a trigger command. */
  needsTrigger: boolean;
  /** Sends the code without its tail once the tail is expected (cable fault). */
  losesTail: boolean;
  /** Puts NUL bytes and control characters between the characters. */
  dirty: boolean;
}

/** A scanner module with the "7E 00" and the Newland trigger commands. */
export class ScannerSimulator implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity = new Emitter<string>();
  readonly behaviour: ScannerBehaviour = {
    tail: '\r',
    charset: 'utf-8',
    needsTrigger: false,
    losesTail: false,
    dirty: false,
  };
  #lit = false;
  #received: number[] = [];

  /** Whether the scanning light is on. */
  get lit(): boolean {
    return this.#lit;
  }

  /** A code is held before the scanner. Returns whether it was read. */
  scan(text: string): boolean {
    if (this.behaviour.needsTrigger && !this.#lit) {
      this.activity.emit('code held before a dark scanner');
      return false;
    }
    const { tail, losesTail, dirty } = this.behaviour;
    const code = this.#encode(dirty ? Array.from(text).join('\u0000\u001d') : text);
    this.#lit = false;
    this.activity.emit(`code of ${text.length} characters scanned`);
    this.#send([...code, ...(losesTail ? [] : new TextEncoder().encode(tail))]);
    return true;
  }

  /** Raw bytes as a broken scanner or a noisy line would send them. */
  sendRaw(bytes: Uint8Array): void {
    this.#send([...bytes]);
  }

  receive(bytes: Uint8Array): void {
    this.#received.push(...bytes);
    while (this.#received.length > 0) {
      const length = this.#commandLength();
      if (length === 0) break;
      this.#handle(this.#received.splice(0, length));
    }
    // Anything that is no command never grows beyond one command.
    if (this.#received.length > 64) this.#received = [];
  }

  /** Length of the complete command at the front; 1 for a byte that starts none; 0 when more must come. */
  #commandLength(): number {
    const [first, second, , dataLength] = this.#received;
    if (first !== 0x7e) return 1;
    if (second === undefined) return 0;
    if (second === 0x00) {
      const length = 6 + (dataLength ?? 0) + 2;
      return dataLength !== undefined && this.#received.length >= length ? length : 0;
    }
    if (second === 0x01) {
      const end = this.#received.findIndex((byte, index) => byte === 0x3b && this.#received[index + 1] === 0x03);
      return end === -1 ? 0 : end + 2;
    }
    return 1;
  }

  #handle(command: readonly number[]): void {
    if (command[0] !== 0x7e) return;
    if (command[1] === 0x00) this.#handle7e00(command);
    else if (command[1] === 0x01) this.#handleNewland(command);
  }

  #handle7e00(command: readonly number[]): void {
    const body = command.slice(2, -2);
    const [high, low] = command.slice(-2);
    const crc = ((high ?? 0) << 8) | (low ?? 0);
    if (crc !== 0xabcd && crc !== crc16Ccitt(Uint8Array.from(body))) {
      this.#reply7e00([0x01, 0x01, 0x00]);
      return;
    }
    const [type, , registerHigh, registerLow, value] = body;
    if (type === 0x08 && registerHigh === 0x00 && registerLow === 0x02) {
      this.#light(value === 1);
      this.#reply7e00([0x00, 0x01, 0x00]);
    } else {
      this.#reply7e00([0x03, 0x01, 0x00]);
    }
  }

  #handleNewland(command: readonly number[]): void {
    const text = String.fromCharCode(...command.slice(7, -2));
    const known = text === 'SCNTRG1' || text === 'SCNTRG0';
    if (known) this.#light(text === 'SCNTRG1');
    this.#send([0x02, 0x01, ...command.slice(2, -2), known ? 0x06 : 0x15, 0x3b, 0x03]);
  }

  #reply7e00(body: readonly number[]): void {
    const crc = crc16Ccitt(Uint8Array.from(body));
    this.#send([0x02, 0x00, ...body, crc >> 8, crc & 0xff]);
  }

  #light(on: boolean): void {
    this.#lit = on;
    this.activity.emit(on ? 'light on' : 'light off');
  }

  #encode(text: string): Uint8Array {
    return this.behaviour.charset === 'gbk'
      ? encodePrinterText(text, { charset: 'gb18030', rare: 'four-byte' })
      : new TextEncoder().encode(text);
  }

  #send(bytes: readonly number[]): void {
    this.output.emit({ bytes: Uint8Array.from(bytes), delayMs: 0 });
  }
}
