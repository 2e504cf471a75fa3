/** What the bytes from one place on are: a whole frame, the beginning of one, or neither. */
export type Look<TFrame> = { readonly frame: TFrame; readonly length: number } | 'growing' | null;

/** What was found in a buffer, and the end of it that may still become a frame. */
export interface Cut<TFrame> {
  readonly frames: readonly TFrame[];
  readonly rest: Uint8Array;
}

/**
 * Takes all whole frames out of a buffer. The search goes on one byte behind every beginning, a false one, a growing one or
 * a whole frame, so that the first whole frame behind any noise is found.
 * @param look judges the bytes from `at` on; `growing` only as long as fewer bytes are there than a frame can have
 * @param seen how many of the bytes were in the `rest` of the call before: frames that end there were given then
 */
export function cut<TFrame>(
  buffer: Uint8Array,
  look: (buffer: Uint8Array, at: number) => Look<TFrame>,
  seen: number,
): Cut<TFrame> {
  const frames: TFrame[] = [];
  let growing = buffer.length;
  for (let at = 0; at < buffer.length; at += 1) {
    const found = look(buffer, at);
    if (found === 'growing') growing = Math.min(growing, at);
    else if (found !== null && at + found.length > seen) frames.push(found.frame);
  }
  return { frames, rest: buffer.slice(growing) };
}

/** Takes frames out of a stream whose pieces come as they like. */
export class FrameCutter<TFrame> {
  readonly #look: (buffer: Uint8Array, at: number) => Look<TFrame>;
  readonly #limit: number;
  #rest: Uint8Array = new Uint8Array(0);

  /** @param limit most bytes that can be held back, at least one less than the longest frame */
  constructor(look: (buffer: Uint8Array, at: number) => Look<TFrame>, limit: number) {
    this.#look = look;
    this.#limit = limit;
  }

  /** Bytes held back because more may follow. */
  get pending(): number {
    return this.#rest.length;
  }

  push(bytes: Uint8Array): readonly TFrame[] {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const { frames, rest } = cut(all, this.#look, this.#rest.length);
    this.#rest = rest.length > this.#limit ? rest.slice(-this.#limit) : rest;
    return frames;
  }

  /** Forgets what is held back. */
  clear(): void {
    this.#rest = new Uint8Array(0);
  }
}
