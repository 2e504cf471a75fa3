import type { FormValues } from '../../electron/domain/case.ts';
import { fromBase45, toBase45 } from './base45.ts';

/** An unfinished form as it goes out of the door and comes in again. */
export interface CarriedForm {
  readonly itemId: string;
  readonly itemVersion: number;
  readonly values: FormValues;
}

/** Why a carried form cannot be opened: the digits (or the code) are wrong, it is too old, it is something else. */
export type CarryFault = 'wrong-digits' | 'too-old' | 'foreign';

/** Digits that open the code: shown beside it, never in it. */
export const DIGITS = 8;
/** How long a carried form is good for, in days. */
export const GOOD_FOR_DAYS = 7;
/**
 * Rounds of the key's derivation. With a photograph of the code alone, trying all 10^8 numbers takes a processor of today
 * about half a year; a form is good for a week.
 */
const ROUNDS = 600_000;
/** Largest part of one code: a code of this size is read by the kiosk's scanner from a telephone's glass. */
const PART_SIGNS = 700;
/** Most parts; the largest form of the catalogue has one or two. */
const MOST_PARTS = 9;
const PREFIX = 'H24F';
const FORMAT = 1;
const SALT = 12;
const IV = 12;
const DAY_MS = 86_400_000;
/** A form is a few thousand characters; nothing larger is unpacked. */
const LARGEST = 256 * 1024;

async function through(bytes: Uint8Array, stream: GenericTransformStream): Promise<Uint8Array> {
  const piped = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough<Uint8Array>(stream);
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const reader = piped.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LARGEST) throw new RangeError('too large');
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function keyOf(digits: string, salt: Uint8Array, rounds: number, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const { subtle } = globalThis.crypto;
  const raw = await subtle.importKey('raw', new TextEncoder().encode(digits), 'PBKDF2', false, ['deriveKey']);
  return subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt: Uint8Array.from(salt), iterations: rounds },
    raw,
    { name: 'AES-GCM', length: 256 },
    false,
    [use],
  );
}

/** Digits for a new code; each equally likely. */
export function newDigits(): string {
  const limit = Math.floor(2 ** 32 / 10) * 10;
  let digits = '';
  while (digits.length < DIGITS) {
    const [number = limit] = globalThis.crypto.getRandomValues(new Uint32Array(1));
    if (number < limit) digits += String(number % 10);
  }
  return digits;
}

/** Four signs that the parts of one code share. */
function nameOf(sealed: Uint8Array): string {
  return toBase45(sealed.slice(1, 4))
    .replaceAll(/[^0-9A-Z]/gu, '0')
    .slice(0, 4)
    .padEnd(4, '0');
}

/**
 * Seals a form for the way: packed, AES-256-GCM under a key made of the digits; cut into texts of QR codes.
 * @param now milliseconds since 1970
 */
export async function sealForm(
  form: CarriedForm,
  digits: string,
  now: number,
  rounds = ROUNDS,
): Promise<readonly string[]> {
  const until = Math.floor(now / DAY_MS) + GOOD_FOR_DAYS;
  const plain = new TextEncoder().encode(
    JSON.stringify([form.itemId, form.itemVersion, until, Object.entries(form.values)]),
  );
  const packed = await through(plain, new CompressionStream('deflate-raw'));
  const salt = globalThis.crypto.getRandomValues(new Uint8Array(SALT));
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(IV));
  const key = await keyOf(digits, salt, rounds, 'encrypt');
  const box = await globalThis.crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, Uint8Array.from(packed));
  const sealed = Uint8Array.from([FORMAT, ...salt, ...iv, ...new Uint8Array(box)]);
  const text = toBase45(sealed);
  const count = Math.ceil(text.length / PART_SIGNS);
  if (count > MOST_PARTS) throw new RangeError('a form of this size cannot be carried');
  const name = nameOf(sealed);
  return Array.from({ length: count }, (_, index) => {
    return `${PREFIX}:${index + 1}:${count}:${name}:${text.slice(index * PART_SIGNS, (index + 1) * PART_SIGNS)}`;
  });
}

/** One scanned text of a carried form. */
export interface Part {
  readonly now: number;
  readonly all: number;
  readonly name: string;
  readonly text: string;
}

const PART = new RegExp(`^${PREFIX}:([1-9]):([1-9]):([0-9A-Z]{4}):([0-9A-Z $%*+./:-]{1,${PART_SIGNS}})$`, 'u');

/** Reads what the scanner gave; null when it is not part of a carried form. */
export function readPart(scanned: string): Part | null {
  // A space at the end is part of the text; line ends are the scanner's.
  const match = PART.exec(scanned.replaceAll(/[\r\n]+$/gu, ''));
  if (match === null) return null;
  const [, now, all, name = '', text = ''] = match;
  const part = { now: Number(now), all: Number(all), name, text };
  return part.now <= part.all ? part : null;
}

/** Opens a form of which every part has been scanned, in any order. */
export async function openForm(
  parts: readonly Part[],
  digits: string,
  now: number,
  rounds = ROUNDS,
): Promise<CarriedForm | CarryFault> {
  const ordered = parts.toSorted((a, b) => a.now - b.now);
  const [first] = ordered;
  const whole =
    ordered.length === first?.all && ordered.every((part, index) => part.now === index + 1 && part.name === first.name);
  const sealed = whole ? fromBase45(ordered.map((part) => part.text).join('')) : null;
  if (sealed === null || sealed[0] !== FORMAT || sealed.length < 1 + SALT + IV + 16) return 'foreign';
  const salt = sealed.slice(1, 1 + SALT);
  const iv = sealed.slice(1 + SALT, 1 + SALT + IV);
  let packed: Uint8Array;
  try {
    const key = await keyOf(digits, salt, rounds, 'decrypt');
    const box = sealed.slice(1 + SALT + IV);
    packed = new Uint8Array(await globalThis.crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, box));
  } catch {
    return 'wrong-digits';
  }
  try {
    const plain = await through(packed, new DecompressionStream('deflate-raw'));
    return formOf(JSON.parse(new TextDecoder().decode(plain)), Math.floor(now / DAY_MS));
  } catch {
    return 'foreign';
  }
}

function formOf(value: unknown, today: number): CarriedForm | CarryFault {
  if (!Array.isArray(value)) return 'foreign';
  const [itemId, itemVersion, until, entries] = value as unknown[];
  if (
    typeof itemId !== 'string' ||
    typeof itemVersion !== 'number' ||
    typeof until !== 'number' ||
    !Array.isArray(entries)
  ) {
    return 'foreign';
  }
  if (today > until) return 'too-old';
  const values: Record<string, string> = {};
  for (const entry of entries as unknown[]) {
    const [id, answer] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof id !== 'string' || typeof answer !== 'string') return 'foreign';
    values[id] = answer;
  }
  return { itemId, itemVersion, values };
}
