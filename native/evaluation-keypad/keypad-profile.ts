import { RATING_LEVELS } from '../model/evaluation-keypad.ts';
import type { RatingLevel } from '../model/evaluation-keypad.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/**
 * A keypad as data: what it sends for each key and what the host can say to it. No maker publishes a protocol
 * (protocols 4), so a technician or a vendor describes a new keypad as JSON of this shape; the profiles that come with
 * the product (`shipped-profiles.ts`) are the same. The README shows each kind of rule with an example.
 */
export interface KeypadProfile {
  /** For the technician. */
  readonly name: string;
  readonly line: 'serial' | 'hid';
  /** Tried side by side; the longest match counts. */
  readonly read: readonly KeyRule[];
  readonly say: { readonly invite: Uint8Array | null; readonly dismiss: Uint8Array | null };
}

/** What stands on the wire for a key, and the level that the key means. */
export type KeyLevels<TKey> = readonly { readonly key: TKey; readonly level: RatingLevel }[];

const CHECKSUMS = ['sum8', 'xor8', 'crc16-modbus', 'crc16-ccitt'] as const;
export type Checksum = (typeof CHECKSUMS)[number];

/** One piece of a frame: fixed bytes, the key, or the checksum of everything before it from byte `from` on. */
export type FramePart =
  | { readonly kind: 'fixed'; readonly bytes: Uint8Array }
  | { readonly kind: 'key' }
  | { readonly kind: 'checksum'; readonly sum: Checksum; readonly from: number };

export type KeyRule =
  /** Each key is a fixed series of bytes. */
  | { readonly kind: 'bytes'; readonly keys: KeyLevels<Uint8Array> }
  /** Each key is a frame of pieces. */
  | { readonly kind: 'frame'; readonly parts: readonly FramePart[]; readonly keys: KeyLevels<Uint8Array> }
  /** Each key is a line of text, ended by its tail or by silence; the first group of the pattern is the key. */
  | { readonly kind: 'text'; readonly pattern: RegExp; readonly tail: Uint8Array; readonly keys: KeyLevels<string> }
  /** HID boot keyboard: usages. */
  | { readonly kind: 'keyboard'; readonly keys: KeyLevels<number> }
  /** One byte of a HID report; `id` narrows to reports that begin with it. */
  | {
      readonly kind: 'report';
      readonly id: number | null;
      readonly offset: number;
      readonly mask: number;
      readonly keys: KeyLevels<number>;
    };

/** Longest JSON of a profile, in characters. */
const MAX_PROFILE_LENGTH = 4_096;
/** Longest series of bytes, frame or command, in bytes. */
const MAX_BYTES = 64;
const MAX_RULES = 8;
const MAX_KEYS = 32;
const MAX_PATTERN_LENGTH = 100;
const MAX_NAME_LENGTH = 60;
/** More repeats in one pattern could make matching slow. */
const MAX_REPEATS = 2;

/** What is wrong with a profile, with the place; a throw never leaves this file. */
class ProfileError extends Error {}

/** Reads a profile from JSON text; the error says what is wrong and where, e.g. `read[0].keys: ...`. */
export function parseKeypadProfile(text: string): Result<KeypadProfile, string> {
  if (text.length > MAX_PROFILE_LENGTH) return err(`a profile has at most ${MAX_PROFILE_LENGTH} characters`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return err(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return readKeypadProfile(json);
}

/** The same for what has been parsed already. */
export function readKeypadProfile(json: unknown): Result<KeypadProfile, string> {
  try {
    return ok(profileOf(json));
  } catch (error) {
    if (error instanceof ProfileError) return err(error.message);
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function profileOf(json: unknown): KeypadProfile {
  const fields = objectOf(json, 'profile', ['name', 'line', 'read', 'say']);
  const name = textOf(fields['name'], 'name', MAX_NAME_LENGTH);
  const line = fields['line'];
  if (line !== 'serial' && line !== 'hid') return fail('line', 'must be "serial" or "hid"');
  const rules = fields['read'];
  if (!Array.isArray(rules) || rules.length === 0 || rules.length > MAX_RULES) {
    return fail('read', `must be a list of 1 to ${MAX_RULES} rules`);
  }
  const read = rules.map((rule, index) => ruleOf(rule, line, `read[${index}]`));
  if (read.length > 1 && read.some(({ kind }) => kind === 'text')) {
    return fail('read', 'a text rule must be the only one');
  }
  const say = fields['say'] === undefined ? {} : objectOf(fields['say'], 'say', ['invite', 'dismiss']);
  const saying = (key: string): Uint8Array | null =>
    say[key] === undefined ? null : bytesOf(say[key], `say.${key}`, 1, MAX_BYTES);
  return { name, line, read, say: { invite: saying('invite'), dismiss: saying('dismiss') } };
}

const RULE_FIELDS = {
  bytes: ['keys'],
  frame: ['parts', 'from', 'keys'],
  text: ['pattern', 'tail', 'keys'],
  keyboard: ['keys'],
  report: ['id', 'offset', 'mask', 'keys'],
} as const satisfies Record<KeyRule['kind'], readonly string[]>;
const RULES_OF_LINE = { serial: ['bytes', 'frame', 'text'], hid: ['keyboard', 'report'] } as const;

function ruleOf(json: unknown, line: 'serial' | 'hid', at: string): KeyRule {
  const kind = RULES_OF_LINE[line].find((known) => known === objectOf(json, at, null)['kind']);
  if (kind === undefined) return fail(`${at}.kind`, `must be one of ${RULES_OF_LINE[line].join(', ')}`);
  const fields = objectOf(json, at, ['kind', ...RULE_FIELDS[kind]]);
  const keysAt = `${at}.keys`;
  switch (kind) {
    case 'bytes':
      return { kind, keys: keysOf(fields['keys'], keysAt, (text, where) => bytesOf(text, where, 1, MAX_BYTES)) };
    case 'frame':
      return frameOf(fields, at);
    case 'text':
      return {
        kind,
        pattern: patternOf(fields['pattern'], `${at}.pattern`),
        tail: fields['tail'] === undefined ? new Uint8Array(0) : bytesOf(fields['tail'], `${at}.tail`, 1, 4),
        keys: keysOf(fields['keys'], keysAt, (text) => text),
      };
    case 'keyboard':
      return { kind, keys: keysOf(fields['keys'], keysAt, byteOf) };
    default:
      return {
        kind,
        id: fields['id'] === undefined ? null : byteOf(fields['id'], `${at}.id`),
        offset: numberOf(fields['offset'], `${at}.offset`, 0, 1_023),
        mask: fields['mask'] === undefined ? 0xff : byteOf(fields['mask'], `${at}.mask`),
        keys: keysOf(fields['keys'], keysAt, byteOf),
      };
  }
}

function frameOf(fields: Fields, at: string): KeyRule {
  const texts = fields['parts'];
  if (!Array.isArray(texts) || texts.length < 2 || texts.length > 12) {
    return fail(`${at}.parts`, 'must be a list such as ["02", "KEY", "03", "SUM8"]');
  }
  const from = fields['from'] === undefined ? 0 : numberOf(fields['from'], `${at}.from`, 0, MAX_BYTES - 1);
  const parts = texts.map((text: unknown, index): FramePart => {
    if (text === 'KEY') return { kind: 'key' };
    const sum = CHECKSUMS.find((known) => typeof text === 'string' && known === text.toLowerCase());
    if (sum !== undefined) return { kind: 'checksum', sum, from };
    return { kind: 'fixed', bytes: bytesOf(text, `${at}.parts[${index}]`, 1, MAX_BYTES, 'KEY, ' + sumNames()) };
  });
  if (parts.filter(({ kind }) => kind === 'key').length !== 1) return fail(`${at}.parts`, 'needs KEY exactly once');
  if (parts.filter(({ kind }) => kind === 'checksum').length > 1) return fail(`${at}.parts`, 'has two checksums');
  if (parts[0]?.kind !== 'fixed') return fail(`${at}.parts`, 'must begin with the bytes of the start');
  if (fields['from'] !== undefined && parts.every(({ kind }) => kind !== 'checksum')) {
    return fail(`${at}.from`, 'says where a checksum begins, but there is none');
  }
  const keys = keysOf(fields['keys'], `${at}.keys`, (text, where) => bytesOf(text, where, 1, 8));
  const length = keys[0]?.key.length ?? 0;
  if (keys.some(({ key }) => key.length !== length))
    return fail(`${at}.keys`, 'must all have the same number of bytes');
  const before = parts.slice(
    0,
    parts.findIndex(({ kind }) => kind === 'checksum'),
  );
  if (from > 0 && from >= before.reduce((sum, part) => sum + (part.kind === 'fixed' ? part.bytes.length : length), 0)) {
    return fail(`${at}.from`, 'lies behind the checksum');
  }
  return { kind: 'frame', parts, keys };
}

function sumNames(): string {
  return CHECKSUMS.map((name) => name.toUpperCase()).join(', ');
}

function keysOf<TKey>(json: unknown, at: string, read: (text: string, at: string) => TKey): KeyLevels<TKey> {
  const entries = Object.entries(objectOf(json, at, null));
  if (entries.length === 0 || entries.length > MAX_KEYS) return fail(at, `must name 1 to ${MAX_KEYS} keys`);
  const seen = new Set<string>();
  return entries.map(([text, value]) => {
    const level = RATING_LEVELS.find((known) => known === value);
    if (level === undefined) return fail(`${at}["${text}"]`, 'must be a level from 1 (very bad) to 5 (very good)');
    const key = read(text, `${at}["${text}"]`);
    const same = String(key);
    if (seen.has(same)) return fail(`${at}["${text}"]`, 'is there twice');
    seen.add(same);
    return { key, level };
  });
}

/**
 * Patterns are a plain part of regular expressions, so that no pattern can hang the kiosk: characters, classes, one
 * level of groups, alternatives and at most two repeats of a single character or class.
 */
function patternOf(json: unknown, at: string): RegExp {
  const source = textOf(json, at, MAX_PATTERN_LENGTH);
  const atom = String.raw`(?:\\x[0-9A-Fa-f]{2}|\\[dwsrnt.\\/*+?()[\]{}|^$-]|\[\^?(?:\\.|[^\]\\])+\]|[^\\()[\]{}|*+?^$])`;
  const repeats = source.match(new RegExp(String.raw`${atom}(?:[*+?]|\{\d{1,2}(?:,\d{0,2})?\})`, 'gu')) ?? [];
  const single = String.raw`${atom}(?:[*+?]|\{\d{1,2}(?:,\d{0,2})?\})?`;
  const group = String.raw`\((?:\?:)?(?:${single}|\|)*\)`;
  if (!new RegExp(String.raw`^(?:${single}|${group}|\|)+$`, 'u').test(source)) {
    return fail(at, 'may hold characters, classes, groups that are not repeated and | only');
  }
  if (repeats.length > MAX_REPEATS) return fail(at, `may have at most ${MAX_REPEATS} repeats`);
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${source})$`, 'su');
  } catch (error) {
    return fail(at, error instanceof Error ? error.message : 'is no regular expression');
  }
  if (!/\((?!\?:)/u.test(source)) return fail(at, 'needs a group ( ) around the key');
  return pattern;
}

function objectOf(json: unknown, at: string, known: readonly string[] | null): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail(at, 'must be an object { }');
  const fields = json as Fields;
  const unknown = known === null ? undefined : Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) return fail(at, `has no field "${unknown}"; known: ${known?.join(', ')}`);
  return fields;
}

function textOf(json: unknown, at: string, max: number): string {
  return typeof json === 'string' && json !== '' && json.length <= max
    ? json
    : fail(at, `must be a text of 1 to ${max} characters`);
}

function numberOf(json: unknown, at: string, min: number, max: number): number {
  return typeof json === 'number' && Number.isInteger(json) && json >= min && json <= max
    ? json
    : fail(at, `must be a whole number from ${min} to ${max}`);
}

function byteOf(json: unknown, at: string): number {
  return bytesOf(json, at, 1, 1)[0] ?? 0;
}

function bytesOf(json: unknown, at: string, min: number, max: number, or = ''): Uint8Array {
  const digits = typeof json === 'string' ? json.replaceAll(/\s/gu, '') : '';
  const count = digits.length / 2;
  if (!/^(?:[0-9a-f]{2})+$/iu.test(digits) || count < min || count > max) {
    const many = min === max ? 'one byte' : `${min} to ${max} bytes`;
    return fail(at, `must be ${many} in hexadecimal such as "02 31 03"${or === '' ? '' : `, or ${or}`}`);
  }
  return Uint8Array.from({ length: count }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16));
}

function fail(at: string, problem: string): never {
  throw new ProfileError(`${at}: ${problem}`);
}
