/**
 * Time as a port. Kiosk clocks jump, so waits use the monotonic reading and stamps the wall reading.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970-01-01 UTC. May jump either way. */
  now(): number;
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  monotonic(): number;
  /**
   * Resolves after `ms` milliseconds (>= 0), or at once when `signal` is aborted. Never rejects.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Source of randomness as a port. */
export interface Random {
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array;
}
