import { crc16Ccitt, crc16Modbus, sum8, xor8 } from '../codec/checksum.ts';
import type { RatingLevel } from '../model/evaluation-keypad.ts';
import type { Checksum, FramePart, KeyRule, KeypadProfile } from './keypad-profile.ts';

/**
 * Turns what arrives into the levels of the keys that went down. Keeps what it needs to know between two arrivals; no
 * bytes at all mean that the line has been silent.
 */
export interface KeyDecoder {
  push(bytes: Uint8Array): readonly RatingLevel[];
  /** Bytes held back because more may follow. */
  readonly pending: number;
}

type Rule<TKind extends KeyRule['kind']> = Extract<KeyRule, { readonly kind: TKind }>;
type StreamRule = Rule<'bytes'> | Rule<'frame'>;

/** The decoder of a profile. */
export function keyDecoder(profile: KeypadProfile): KeyDecoder {
  const first = profile.read[0];
  if (first?.kind === 'text') return new TextDecoderOfKeys(first);
  if (profile.line === 'hid') return new ReportDecoder(profile.read);
  return new StreamDecoder(
    profile.read.filter((rule): rule is StreamRule => rule.kind === 'bytes' || rule.kind === 'frame'),
  );
}

interface Match {
  readonly length: number;
  readonly level: RatingLevel;
}

class StreamDecoder implements KeyDecoder {
  readonly #rules: readonly StreamRule[];
  #buffer: Uint8Array = new Uint8Array(0);

  constructor(rules: readonly StreamRule[]) {
    this.#rules = rules;
  }

  get pending(): number {
    return this.#buffer.length;
  }

  push(bytes: Uint8Array): readonly RatingLevel[] {
    const silent = bytes.length === 0;
    const all = joined(this.#buffer, bytes);
    const levels: RatingLevel[] = [];
    let at = 0;
    while (at < all.length) {
      const rest = all.subarray(at);
      const found = this.#rules.map((rule) => (rule.kind === 'bytes' ? bytesAt(rule, rest) : frameAt(rule, rest)));
      // The start of a frame can also be the byte of a key: the bytes behind it, or silence, tell which.
      if (!silent && found.includes('growing')) break;
      const best = found.reduce<Match | null>(
        (longest, one) => (typeof one === 'object' && one.length > (longest?.length ?? 0) ? one : longest),
        null,
      );
      if (best) levels.push(best.level);
      at += best?.length ?? 1;
    }
    this.#buffer = all.slice(at);
    return levels;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** How many bytes agree from the start. */
function agreeing(bytes: Uint8Array, wanted: Uint8Array): number {
  const end = Math.min(bytes.length, wanted.length);
  for (let index = 0; index < end; index += 1) if (bytes[index] !== wanted[index]) return index;
  return end;
}

function bytesAt(rule: Rule<'bytes'>, bytes: Uint8Array): Match | 'growing' | 'none' {
  let best: Match | 'none' = 'none';
  for (const { key, level } of rule.keys) {
    const same = agreeing(bytes, key);
    if (same === key.length) {
      if (best === 'none' || key.length > best.length) best = { length: key.length, level };
    } else if (same === bytes.length) return 'growing';
  }
  return best;
}

function frameAt(rule: Rule<'frame'>, bytes: Uint8Array): Match | 'growing' | 'none' {
  let at = 0;
  let level: RatingLevel | null = null;
  for (const part of rule.parts) {
    const left = bytes.subarray(at);
    if (part.kind === 'key') {
      const keyLength = rule.keys[0]?.key.length ?? 0;
      const possible = rule.keys.filter(({ key }) => agreeing(left, key) === Math.min(left.length, key.length));
      if (possible.length === 0) return 'none';
      if (left.length < keyLength) return 'growing';
      level = possible[0]?.level ?? null;
      at += keyLength;
      continue;
    }
    const wanted = part.kind === 'fixed' ? part.bytes : checksumBytes(part, bytes.subarray(0, at));
    if (agreeing(left, wanted) < Math.min(left.length, wanted.length)) return 'none';
    if (left.length < wanted.length) return 'growing';
    at += wanted.length;
  }
  return level === null ? 'none' : { length: at, level };
}

/** The checksum as it stands on the wire: Modbus low byte first, CCITT high byte first. */
export function checksumBytes(
  { sum, from }: Extract<FramePart, { readonly kind: 'checksum' }>,
  before: Uint8Array,
): Uint8Array {
  const covered = before.subarray(from);
  const checks: Readonly<Record<Checksum, () => Uint8Array>> = {
    sum8: () => Uint8Array.of(sum8(covered)),
    xor8: () => Uint8Array.of(xor8(covered)),
    'crc16-modbus': () => Uint8Array.of(crc16Modbus(covered) & 0xff, crc16Modbus(covered) >> 8),
    'crc16-ccitt': () => Uint8Array.of(crc16Ccitt(covered) >> 8, crc16Ccitt(covered) & 0xff),
  };
  return checks[sum]();
}

/** Longest line of text that a keypad sends, in bytes; a longer one is dropped whole. */
const MAX_LINE = 64;

class TextDecoderOfKeys implements KeyDecoder {
  readonly #rule: Rule<'text'>;
  #line = '';
  #tooLong = false;

  constructor(rule: Rule<'text'>) {
    this.#rule = rule;
  }

  get pending(): number {
    return this.#line.length;
  }

  push(bytes: Uint8Array): readonly RatingLevel[] {
    const levels: RatingLevel[] = [];
    const tail = String.fromCharCode(...this.#rule.tail);
    for (const byte of bytes) {
      this.#line += String.fromCharCode(byte);
      if (tail !== '' && this.#line.endsWith(tail)) this.#end(levels, tail.length);
      else if (this.#line.length > MAX_LINE) {
        this.#tooLong = true;
        this.#line = this.#line.slice(-3);
      }
    }
    if (bytes.length === 0) this.#end(levels, 0);
    return levels;
  }

  #end(levels: RatingLevel[], tailLength: number): void {
    const text = this.#tooLong ? '' : this.#line.slice(0, this.#line.length - tailLength);
    this.#line = '';
    this.#tooLong = false;
    const key = this.#rule.pattern
      .exec(text.replaceAll(/^[\r\n]+|[\r\n]+$/gu, ''))
      ?.slice(1)
      .find((one) => one);
    const found = this.#rule.keys.find((one) => one.key === key);
    if (found) levels.push(found.level);
  }
}

const BOOT_REPORT_LENGTH = 8;
const FIRST_USAGE_AT = 2;

/**
 * Decoder of whole reports. On a keyboard a key counts when it was not down in the report before; keys with Shift or
 * Ctrl and the roll-over report (all usages 01) do not count.
 */
class ReportDecoder implements KeyDecoder {
  readonly pending = 0;
  readonly #rules: readonly KeyRule[];
  #down: ReadonlySet<number> = new Set();

  constructor(rules: readonly KeyRule[]) {
    this.#rules = rules;
  }

  push(report: Uint8Array): readonly RatingLevel[] {
    if (report.length === 0) return [];
    const fresh = this.#freshUsages(report);
    return this.#rules.flatMap((rule) => {
      if (rule.kind === 'keyboard') {
        return fresh.flatMap((usage) => rule.keys.find(({ key }) => key === usage)?.level ?? []);
      }
      if (rule.kind !== 'report' || (rule.id !== null && report[0] !== rule.id)) return [];
      const value = report[rule.offset];
      return value === undefined ? [] : (rule.keys.find(({ key }) => key === (value & rule.mask))?.level ?? []);
    });
  }

  #freshUsages(report: Uint8Array): readonly number[] {
    // With report ids, the id is one more byte in front.
    const body = report.length === BOOT_REPORT_LENGTH + 1 ? report.subarray(1) : report;
    if (body.length !== BOOT_REPORT_LENGTH) return [];
    const usages = [...body.subarray(FIRST_USAGE_AT)].filter((usage) => usage !== 0);
    if (usages.includes(1)) return [];
    const fresh = usages.filter((usage) => !this.#down.has(usage));
    this.#down = new Set(usages);
    return body[0] === 0 ? fresh : [];
  }
}
