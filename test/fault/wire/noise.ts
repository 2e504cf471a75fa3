/** A quick repeatable source of chance (sfc32); tens of millions of bytes need more speed than the test clock's. */
export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = (seed * 0x9e3779b9) | 0;
    this.#c = 0x6a09e667;
    for (let turn = 0; turn < 16; turn += 1) this.next();
  }

  /** 32 random bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return this.next() % limit;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 1) bytes[at] = this.next() & 0xff;
    return bytes;
  }

  pick<T>(all: readonly T[]): T {
    const found = all[this.below(all.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }
}

/** What can happen to a frame on a bad line. */
export const MUTATIONS = ['flip', 'flips', 'replace', 'drop', 'duplicate', 'swap', 'truncate', 'insert'] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** A damaged copy of a frame. */
export function mutate(frame: Uint8Array, how: Mutation, chance: Chance): Uint8Array {
  const at = chance.below(frame.length);
  const copy = [...frame];
  const flip = (place: number): void => void (copy[place] = (copy[place] ?? 0) ^ (1 << chance.below(8)));
  switch (how) {
    case 'flip':
      flip(at);
      break;
    case 'flips':
      for (let turn = chance.below(6) + 2; turn > 0; turn -= 1) flip(chance.below(frame.length));
      break;
    case 'replace':
      copy[at] = chance.below(256);
      break;
    case 'drop':
      copy.splice(at, chance.below(3) + 1);
      break;
    case 'duplicate':
      copy.splice(at, 0, ...copy.slice(at, at + chance.below(3) + 1));
      break;
    case 'swap': {
      const other = chance.below(frame.length);
      [copy[at], copy[other]] = [copy[other] ?? 0, copy[at] ?? 0];
      break;
    }
    case 'truncate':
      copy.length = at;
      break;
    default:
      copy.splice(at, 0, ...chance.bytes(chance.below(4) + 1));
  }
  return Uint8Array.from(copy);
}
