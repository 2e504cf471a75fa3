/** Takes the listener away again; calling it twice is harmless. */
export type Unsubscribe = () => void;

/** Minimal typed event source: no names, one payload type, listeners called in order of subscription. */
export interface EventSource<T> {
  subscribe(listener: (event: T) => void): Unsubscribe;
}

/** An event source one can emit on. A listener that throws is a bug and reaches the emitter's caller. */
export class Emitter<T> implements EventSource<T> {
  readonly #listeners = new Set<(event: T) => void>();

  subscribe(listener: (event: T) => void): Unsubscribe {
    const own = (event: T): void => listener(event);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  emit(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Number of listeners, for leak checks. */
  get size(): number {
    return this.#listeners.size;
  }
}
