/**
 * Memory in which a message is put together piece by piece as UTF-8, used again by the next one: long texts are neither
 * joined nor copied on their way into a statement or a hash, which take what they are given at once.
 */
export class Scratch {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #length = 0;

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  write(text: string): void {
    // At most three bytes for each UTF-16 unit.
    const needed = this.#length + text.length * 3;
    if (this.#bytes.length < needed) {
      const larger = Buffer.allocUnsafeSlow(2 * needed);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  /** What was written from a place on; good until the next write. */
  since(place: number): Buffer {
    return this.#bytes.subarray(place, this.#length);
  }
}
