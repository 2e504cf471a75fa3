import { MAX_ANSWER_LENGTH, answer7e00, newlandAnswer } from './command-frames.ts';
import type { CommandSet } from './command-frames.ts';

/** A piece of what a scanner sent: an answer to a command with its checks passed, or bytes of codes. */
export interface Piece {
  readonly kind: 'answer' | 'code';
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * Parts the answers to commands from the codes on the same line. Answers begin with control characters that no code
 * begins with; what begins like an answer and is damaged is dropped up to the next silence or whole answer, because its
 * rest would look like a code that nobody scanned.
 */
export class AnswerSplitter {
  readonly #set: CommandSet;
  #held: Uint8Array = NOTHING;
  #dropping = false;
  #damaged = 0;

  constructor(set: CommandSet) {
    this.#set = set;
  }

  /** Whether silence would change anything. */
  get started(): boolean {
    return this.#held.length > 0 || this.#dropping;
  }

  /** Bytes held back. */
  get pending(): number {
    return this.#held.length;
  }

  /** How many answers were damaged so far. */
  get damaged(): number {
    return this.#damaged;
  }

  push(bytes: Uint8Array): readonly Piece[] {
    if (this.#set === 'none') return [{ kind: 'code', bytes }];
    const all = new Uint8Array(this.#held.length + bytes.length);
    all.set(this.#held);
    all.set(bytes, this.#held.length);
    this.#held = NOTHING;
    const pieces: Piece[] = [];
    let at = 0;
    let codeFrom = 0;
    const take = (from: number, length: number): void => {
      pieces.push({ kind: 'answer', bytes: all.slice(from, from + length) });
      at = codeFrom = from + length;
    };
    if (this.#dropping) {
      const next = this.#nextAnswer(all, 0);
      if (next === null) return pieces;
      this.#dropping = false;
      take(next.at, next.length);
    }
    while (at < all.length) {
      const length = this.#answerAt(all.subarray(at));
      if (length === 0) {
        at += 1;
        continue;
      }
      if (at > codeFrom) pieces.push({ kind: 'code', bytes: all.slice(codeFrom, at) });
      if (length !== 'growing' && length !== 'damaged') {
        take(at, length);
        continue;
      }
      // A beginning that is none must not swallow the answer behind it.
      const next = this.#nextAnswer(all, at + 1);
      if (next !== null) {
        this.#damaged += 1;
        take(next.at, next.length);
        continue;
      }
      if (length === 'growing') this.#held = all.slice(at);
      else {
        this.#damaged += 1;
        this.#dropping = true;
      }
      return pieces;
    }
    if (at > codeFrom) pieces.push({ kind: 'code', bytes: all.slice(codeFrom) });
    return pieces;
  }

  /** The first whole answer from a place on; where there is none, what may still become one is held back. */
  #nextAnswer(all: Uint8Array, from: number): { readonly at: number; readonly length: number } | null {
    let growing = all.length;
    for (let at = from; at < all.length; at += 1) {
      const length = this.#answerAt(all.subarray(at));
      if (length === 'growing') growing = Math.min(growing, at);
      else if (length !== 'damaged' && length > 0) return { at, length };
    }
    this.#held = all.slice(growing);
    return null;
  }

  /** Silence on the line: what began like an answer and did not end is dropped, and codes are heard again. */
  silence(): void {
    if (this.#held.length > 1 && !this.#dropping) this.#damaged += 1;
    this.#held = NOTHING;
    this.#dropping = false;
  }

  /** Length of the answer at the front; 0 where none begins. */
  #answerAt(bytes: Uint8Array): number | 'growing' | 'damaged' {
    return this.#set === '7e00' ? frame7e00(bytes) : frameNewland(bytes);
  }
}

function frame7e00(bytes: Uint8Array): number | 'growing' | 'damaged' {
  const [head, zero, , length] = bytes;
  if (head !== 0x02 && head !== 0x03) return 0;
  if (zero === undefined) return 'growing';
  if (zero !== 0x00) return 0;
  if (length === undefined || bytes.length < 4 + length + 2) return 'growing';
  const whole = 4 + length + 2;
  return answer7e00(bytes.subarray(0, whole)) ? whole : 'damaged';
}

const NEWLAND_HEAD = [0x02, 0x01, 0x30, 0x30, 0x30, 0x30];

function frameNewland(bytes: Uint8Array): number | 'growing' | 'damaged' {
  if (bytes[0] !== NEWLAND_HEAD[0]) return 0;
  if (bytes.length > 1 && bytes[1] !== NEWLAND_HEAD[1]) return 0;
  for (let index = 2; index < Math.min(bytes.length, NEWLAND_HEAD.length); index += 1) {
    if (bytes[index] !== NEWLAND_HEAD[index]) return 'damaged';
  }
  for (let index = NEWLAND_HEAD.length; index < Math.min(bytes.length, MAX_ANSWER_LENGTH); index += 1) {
    if (bytes[index] === 0x03 && bytes[index - 1] === 0x3b) {
      return newlandAnswer(bytes.subarray(0, index + 1)) ? index + 1 : 'damaged';
    }
  }
  return bytes.length < MAX_ANSWER_LENGTH ? 'growing' : 'damaged';
}
