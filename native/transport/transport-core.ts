import { Emitter } from '../model/events.ts';
import type { Unsubscribe } from '../model/events.ts';
import type { TransportError, TransportErrorCode } from '../model/transport.ts';

/** What all transports share: listeners, and the rule that `closed` is told exactly once to each listener. */
export class TransportCore {
  readonly #data = new Emitter<Uint8Array>();
  readonly #closedListeners = new Set<(error: TransportError | null) => void>();
  #closed: { readonly error: TransportError | null } | null = null;

  /** True from the moment the line is lost or closing was asked for. */
  get closed(): boolean {
    return this.#closed !== null;
  }

  /** Why the line is gone, or null while it is open or when closing was asked for. */
  get closeError(): TransportError | null {
    return this.#closed?.error ?? null;
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    return this.#data.subscribe(listener);
  }

  /** A listener that comes too late is told in a microtask. */
  onClosed(listener: (error: TransportError | null) => void): Unsubscribe {
    const own = (error: TransportError | null): void => listener(error);
    this.#closedListeners.add(own);
    if (this.#closed) {
      const { error } = this.#closed;
      queueMicrotask(() => {
        if (this.#closedListeners.delete(own)) own(error);
      });
    }
    return () => {
      this.#closedListeners.delete(own);
    };
  }

  /** Hands bytes to the listeners; bytes after the end are dropped. */
  deliver(bytes: Uint8Array): void {
    if (!this.#closed && bytes.length > 0) this.#data.emit(bytes);
  }

  /** Ends the line; only the first call counts. Returns whether this was it. */
  end(error: TransportError | null): boolean {
    if (this.#closed) return false;
    this.#closed = { error };
    const listeners = [...this.#closedListeners];
    this.#closedListeners.clear();
    for (const listener of listeners) listener(error);
    return true;
  }
}

/** Builds a transport error. */
export function transportError(code: TransportErrorCode, detail: string): TransportError {
  return { code, detail };
}

/** Message of anything thrown by a library. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** How long one write may take beyond its wire time, in milliseconds. */
export const WRITE_DEADLINE_MS = 5_000;

/**
 * Deadline of one write: 5 s beyond one and a half times the wire time (10 bits a byte), because a long receipt at
 * 9600 baud takes longer than 5 s on the wire alone.
 */
export function writeDeadlineMs(length: number, baud: number | null, graceMs = WRITE_DEADLINE_MS): number {
  return graceMs + (baud === null ? 0 : (length * 10_000 * 1.5) / baud);
}

/** Settles with `fallback` when `work` takes longer than `ms`; the timer never keeps the process alive afterwards. */
export async function withDeadline<T>(work: Promise<T>, ms: number, fallback: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<T>((resolve) => {
        timer = setTimeout(() => resolve(fallback()), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
