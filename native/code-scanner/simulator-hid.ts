import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { ScannerMemory } from './simulator-memory.ts';
import { codeBytes, gb18030Bytes, goodScanner } from './simulator.ts';
import type { CodeScannerSimulator, ScannerBehaviour } from './simulator.ts';

/** Reports a millisecond apart, as a full-speed USB device sends them. */
const REPORT_MS = 1;
/** Keys of a wedge come more slowly. */
const KEY_MS = 2;

abstract class HidScanner implements CodeScannerSimulator {
  readonly output = new Emitter<Parameters<Parameters<DeviceSimulator['output']['subscribe']>[0]>[0]>();
  readonly activity = new Emitter<string>();
  readonly behaviour: ScannerBehaviour;
  protected isLit = false;
  protected beepCount = 0;

  constructor(behaviour: Partial<ScannerBehaviour>) {
    this.behaviour = { ...goodScanner(), ...behaviour };
  }

  get lit(): boolean {
    return this.isLit;
  }

  get beeps(): number {
    return this.beepCount;
  }

  scan(text: string): boolean {
    if (this.behaviour.needsTrigger && !this.isLit) {
      this.activity.emit('code held before a dark scanner');
      return false;
    }
    this.isLit = false;
    this.activity.emit(`code of ${text.length} characters scanned`);
    this.sendCode(text);
    return true;
  }

  sendRaw(bytes: Uint8Array): void {
    this.output.emit({ bytes, delayMs: 0 });
  }

  abstract receive(bytes: Uint8Array): void;

  protected abstract sendCode(text: string): void;
}

/** The two byte maps of HID POS reports in the field (protocols 5.2). */
export type PosMap = 'aim' | 'newland';

const POS_REPORT_LENGTH = 64;
const POS_DATA_LENGTH = 56;

/** A scanner of usage page 8C: input report 02 with the code, output report 04 with Newland's commands. */
export class HidPosSimulator extends HidScanner {
  readonly memory: ScannerMemory;
  readonly #map: PosMap;

  constructor(map: PosMap, behaviour: Partial<ScannerBehaviour> = {}) {
    super(behaviour);
    this.#map = map;
    this.memory = new ScannerMemory({
      behaviour: this.behaviour,
      light: (on) => {
        this.isLit = on;
        this.activity.emit(on ? 'light on' : 'light off');
      },
      beep: () => {
        this.beepCount += 1;
        this.activity.emit('beep');
      },
      reply: (bytes) => this.#sendBytes(Uint8Array.from(bytes)),
    });
  }

  override receive(report: Uint8Array): void {
    if (report[0] !== 0x04) {
      this.activity.emit(`unknown output report ${report[0] ?? 'without id'}`);
      return;
    }
    this.memory.receive(report.slice(2, 2 + (report[1] ?? 0)));
  }

  protected override sendCode(text: string): void {
    this.#sendBytes(codeBytes(text, this.behaviour));
  }

  #sendBytes(bytes: Uint8Array): void {
    for (let start = 0, index = 0; start < bytes.length; start += POS_DATA_LENGTH, index += 1) {
      if (index === 1 && this.behaviour.losesReport) continue;
      const part = bytes.subarray(start, start + POS_DATA_LENGTH);
      const report = new Uint8Array(POS_REPORT_LENGTH);
      report[0] = 0x02;
      report[1] = part.length;
      if (this.#map === 'aim') {
        report.set([0x5d, 0x51, 0x30], 2);
        report.set(part, 5);
        report[61] = 0x73;
        report[63] = start + POS_DATA_LENGTH < bytes.length ? 1 : 0;
      } else {
        report.set(part, 2);
        report[62] = 0x73;
      }
      this.output.emit({ bytes: report, delayMs: index === 0 ? 0 : REPORT_MS });
    }
  }
}

/** Keys of the US layout: each character with and without Shift, from usage 1E on (protocols 4 and 5.3). */
const PLAIN = "1234567890\n\u001b\b\t -=[]\\\u0000;'`,./";
const SHIFTED = '!@#$%^&*()\n\u001b\b\t _+{}|\u0000:"~<>?';
const LEFT_SHIFT = 0x02;
const LEFT_ALT = 0x04;

/** How characters that no key has are typed: the decimal GBK or Unicode number on the number pad while Alt is down. */
export type AltNumbers = 'gbk' | 'unicode';

/** A scanner that types: boot keyboard reports, one key after the other, Enter or Tab behind the code. */
export class WedgeSimulator extends HidScanner {
  readonly #alt: AltNumbers;

  constructor(alt: AltNumbers = 'gbk', behaviour: Partial<ScannerBehaviour> = {}) {
    super(behaviour);
    this.#alt = alt;
  }

  override receive(report: Uint8Array): void {
    this.activity.emit(`keyboard lights ${report[1] ?? 0}`);
  }

  protected override sendCode(text: string): void {
    const { tail, losesTail, losesReport } = this.behaviour;
    let index = 0;
    for (const char of losesTail ? text : text + tail) {
      index += 1;
      if (losesReport && index === 2) this.#keys(0, [1, 1, 1, 1, 1, 1]);
      else this.#type(char);
    }
  }

  #type(char: string): void {
    const code = char.codePointAt(0) ?? 0;
    // No key and no number types this one.
    if (code === 0) return;
    if (/^[a-z]$/u.test(char)) this.#press(0, code - 0x61 + 0x04);
    else if (/^[A-Z]$/u.test(char)) this.#press(LEFT_SHIFT, code - 0x41 + 0x04);
    else if (char === '\r' || char === '\n') this.#press(0, 0x28);
    else if (PLAIN.includes(char)) this.#press(0, 0x1e + PLAIN.indexOf(char));
    else if (SHIFTED.includes(char)) this.#press(LEFT_SHIFT, 0x1e + SHIFTED.indexOf(char));
    else this.#typeNumber(this.#numberOf(char, code));
  }

  #numberOf(char: string, code: number): number {
    if (this.#alt === 'unicode') return code;
    return [...gb18030Bytes(char)].reduce((sum, byte) => sum * 256 + byte, 0);
  }

  #typeNumber(number: number): void {
    this.#keys(LEFT_ALT, []);
    for (const digit of String(number)) {
      this.#keys(LEFT_ALT, [digit === '0' ? 0x62 : 0x58 + Number(digit)]);
      this.#keys(LEFT_ALT, []);
    }
    this.#keys(0, []);
  }

  #press(modifiers: number, usage: number): void {
    this.#keys(modifiers, [usage]);
    this.#keys(0, []);
  }

  #keys(modifiers: number, usages: readonly number[]): void {
    const report = new Uint8Array(8);
    report[0] = modifiers;
    report.set(usages, 2);
    this.output.emit({ bytes: report, delayMs: KEY_MS });
  }
}
