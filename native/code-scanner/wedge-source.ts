import { decodeGb18030 } from '../codec/gb18030.ts';
import type { CodeSource, Scanned } from './code-source.ts';
import { MAX_CODE_LENGTH } from './scan-stream.ts';

/** What ends a typed code: Enter or Tab and silence where neither comes (`auto`), one of them, or silence alone. */
export const WEDGE_TAILS = ['auto', 'enter', 'tab', 'none'] as const;
export type WedgeTail = (typeof WEDGE_TAILS)[number];

/** What the decimal number means that is typed with Alt on the number pad. */
export const ALT_NUMBERS = ['gbk', 'unicode'] as const;
export type AltNumbers = (typeof ALT_NUMBERS)[number];

/** Silence that ends a code: keys of one code are less than 50 ms apart (protocols 5.3). */
const SILENCE_MS = 150;
/** The same where Enter or Tab is usual: half a second for the few scanners without is better than a code cut in two. */
const AUTO_SILENCE_MS = 500;
const FRAGMENT_MS = 1_000;

const BOOT_REPORT_LENGTH = 8;
const SHIFT = 0x22;
const ALT = 0x44;
const OTHER_MODIFIERS = 0x99;
/** Usages of HID keyboards up to this one say that keys were lost. */
const LAST_ERROR = 0x03;
const ENTERS: readonly number[] = [0x28, 0x58];
const TAB = 0x2b;
const PAD_ONE = 0x59;
const PAD_ZERO = 0x62;
const LOST = '\uFFFD';

/** Characters of the US layout by usage: plain, and with Shift. */
const LAYOUT: ReadonlyMap<number, readonly [string, string]> = new Map([
  ...Array.from('abcdefghijklmnopqrstuvwxyz', (char, index) => [0x04 + index, [char, char.toUpperCase()]] as const),
  ...Array.from('1234567890', (char, index) => [0x1e + index, [char, '!@#$%^&*()'[index] ?? char]] as const),
  [0x2c, [' ', ' ']],
  [0x2d, ['-', '_']],
  [0x2e, ['=', '+']],
  [0x2f, ['[', '{']],
  [0x30, [']', '}']],
  [0x31, ['\\', '|']],
  [0x32, ['#', '~']],
  [0x33, [';', ':']],
  [0x34, ["'", '"']],
  [0x35, ['`', '~']],
  [0x36, [',', '<']],
  [0x37, ['.', '>']],
  [0x38, ['/', '?']],
  [0x54, ['/', '/']],
  [0x55, ['*', '*']],
  [0x56, ['-', '-']],
  [0x57, ['+', '+']],
  ...Array.from('1234567890', (char, index) => [PAD_ONE + index, [char, char]] as const),
  [0x63, ['.', '.']],
  [0x64, ['\\', '|']],
]);

/**
 * Codes of a scanner that types them as a boot keyboard with US layout. Characters without a key come as a decimal number
 * typed on the number pad while Alt is down. Keys that were lost (roll-over) leave U+FFFD, so that the code shows as a
 * wrong one. Ctrl and Windows combinations and keys that print nothing are control characters: they are left out.
 */
export class WedgeSource implements CodeSource {
  readonly silenceMs: number;
  readonly #tail: WedgeTail;
  readonly #alt: AltNumbers;
  #text = '';
  #length = 0;
  #tooLong = false;
  #down: ReadonlySet<number> = new Set();
  /** Digits typed since Alt went down; null while it is up. */
  #number: string | null = null;

  constructor(tail: WedgeTail, alt: AltNumbers) {
    this.#tail = tail;
    this.#alt = alt;
    this.silenceMs = tail === 'auto' ? AUTO_SILENCE_MS : tail === 'none' ? SILENCE_MS : FRAGMENT_MS;
  }

  get started(): boolean {
    return this.#length > 0 || this.#tooLong || this.#number !== null;
  }

  get pending(): number {
    return this.#length + (this.#number?.length ?? 0);
  }

  push(report: Uint8Array): readonly Scanned[] {
    // With report ids, the id is one more byte in front.
    const body = report.length === BOOT_REPORT_LENGTH + 1 ? report.subarray(1) : report;
    if (body.length !== BOOT_REPORT_LENGTH) return [];
    const [modifiers = 0] = body;
    const usages = [...body.subarray(2)].filter((usage) => usage !== 0);
    if (usages.some((usage) => usage <= LAST_ERROR)) {
      this.#append(LOST);
      return [];
    }
    const fresh = usages.filter((usage) => !this.#down.has(usage));
    this.#down = new Set(usages);
    this.#followAlt((modifiers & ALT) !== 0);
    return fresh.flatMap((usage) => this.#key(usage, modifiers));
  }

  silence(): readonly Scanned[] {
    const bySilence = this.#tail === 'auto' || this.#tail === 'none';
    const held = this.#number !== null;
    this.#number = null;
    // No scanner holds a key that long: the report of its release was lost, and the next code may begin with it.
    this.#down = new Set();
    // A number that never ended is a character that was lost.
    if (held) this.#append(LOST);
    return bySilence ? this.#finish() : this.#drop();
  }

  #followAlt(down: boolean): void {
    if (down) {
      this.#number ??= '';
      return;
    }
    if (this.#number === null) return;
    const digits = this.#number;
    this.#number = null;
    if (digits !== '') this.#append(this.#characterOf(digits));
  }

  #characterOf(digits: string): string {
    const number = digits.length > 7 ? Number.NaN : Number(digits);
    if (!(number > 0)) return LOST;
    if (number < 0x80) return String.fromCharCode(number);
    if (this.#alt === 'unicode') {
      return number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff) ? LOST : String.fromCodePoint(number);
    }
    if (number < 0x8140 || number > 0xfefe) return LOST;
    const text = decodeGb18030(Uint8Array.of(number >> 8, number & 0xff));
    return Array.from(text).length === 1 ? text : LOST;
  }

  #key(usage: number, modifiers: number): readonly Scanned[] {
    if (this.#number !== null) {
      if (usage >= PAD_ONE && usage <= PAD_ZERO) this.#number += String((usage - PAD_ONE + 1) % 10);
      // More digits than any character has: it stays a lost one, without growing.
      this.#number = this.#number.slice(0, 8);
      return [];
    }
    if ((modifiers & OTHER_MODIFIERS) !== 0) return [];
    if (ENTERS.includes(usage)) return this.#tailKey('enter');
    if (usage === TAB) return this.#tailKey('tab');
    const [plain = '', shifted = ''] = LAYOUT.get(usage) ?? [];
    this.#append((modifiers & SHIFT) === 0 ? plain : shifted);
    return [];
  }

  #tailKey(key: 'enter' | 'tab'): readonly Scanned[] {
    if (this.#tail === 'auto' || this.#tail === key) return this.#finish();
    this.#append(' ');
    return [];
  }

  #append(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#length += 1;
    if (this.#length <= MAX_CODE_LENGTH) return;
    this.#tooLong = true;
    this.#text = '';
    this.#length = 0;
  }

  #finish(): readonly Scanned[] {
    const text = this.#tooLong ? '' : this.#text;
    this.#drop();
    return text === '' ? [] : [{ kind: 'text', text }];
  }

  #drop(): readonly Scanned[] {
    this.#text = '';
    this.#length = 0;
    this.#tooLong = false;
    return [];
  }
}
