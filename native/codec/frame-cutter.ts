import { cutFrames, type Look } from './cut-frames.ts';

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
    const { frames, rest } = cutFrames(all, this.#look, this.#rest.length);
    this.#rest = rest.length > this.#limit ? rest.slice(-this.#limit) : rest;
    return frames;
  }

  /** Forgets what is held back. */
  clear(): void {
    this.#rest = new Uint8Array(0);
  }
}
