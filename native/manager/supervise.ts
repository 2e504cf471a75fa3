import type { Clock } from '../model/clock.ts';
import type { DeviceErrorCode, DeviceError } from '../model/device.ts';
import type { Result } from '../model/result.ts';
import { ENDED, joinSignals } from './abort-signals.ts';

/** How long work may take to end once its line has gone, in milliseconds. */
const LINE_GONE_GRACE_MS = 2_000;

/** How supervised work ended: with its value, or given up. Work that was given up goes on unheard. */
export type Supervised<T> =
  | { readonly ended: true; readonly value: T }
  | { readonly ended: false; readonly why: 'line-lost' | 'timeout' };

/** Limits of supervised work; times in milliseconds. */
export interface Supervision {
  readonly clock: Clock;
  /** The line has gone: the work must end soon. */
  readonly gone: AbortSignal;
  /** Somebody wants it to end. */
  readonly cancel?: AbortSignal;
  readonly deadlineMs: number;
  /** How long it may take to end after its deadline. */
  readonly deadlineGraceMs: number;
  /** How long it may take to end after it was cancelled. */
  readonly cancelGraceMs: number;
}

/**
 * Runs work of a driver so that nothing it does, or leaves undone, can hold up the device for good. The work's signal
 * is aborted when the line has gone, it is cancelled or its deadline has passed. Rejects when the work does.
 */
export async function supervise<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limits: Supervision,
): Promise<Supervised<T>> {
  const inner = new AbortController();
  const done = new AbortController();
  try {
    const running = work(inner.signal).then((value): Supervised<T> => ({ ended: true, value }));
    return await Promise.race([running, giveUp<T>(limits, inner, done.signal)]);
  } finally {
    done.abort(ENDED);
  }
}

/** Resolves when the work should have ended and did not. */
async function giveUp<T>(limits: Supervision, inner: AbortController, done: AbortSignal): Promise<Supervised<T>> {
  const { clock, gone, cancel, deadlineMs, deadlineGraceMs, cancelGraceMs } = limits;
  const first = joinSignals([done, gone, cancel]);
  await clock.sleep(deadlineMs, first.signal);
  first.release();
  if (!done.aborted) inner.abort();
  if (!done.aborted && !gone.aborted) {
    const second = joinSignals([done, gone]);
    await clock.sleep(cancel?.aborted ? cancelGraceMs : deadlineGraceMs, second.signal);
    second.release();
    if (!gone.aborted) return { ended: false, why: 'timeout' };
  }
  await clock.sleep(LINE_GONE_GRACE_MS, done);
  return { ended: false, why: 'line-lost' };
}

/** Waits for something that cannot be cancelled, but not longer than `ms`. Rejects when it does. */
export async function settledWithin<T>(
  work: Promise<T>,
  ms: number,
  clock: Clock,
): Promise<{ readonly ended: true; readonly value: T } | { readonly ended: false }> {
  const done = new AbortController();
  try {
    return await Promise.race([
      work.then((value) => ({ ended: true, value }) as const),
      clock.sleep(ms, done.signal).then(() => ({ ended: false }) as const),
    ]);
  } finally {
    done.abort(ENDED);
  }
}

/** The failure in a command's result, also of commands with an outcome of their own (`print`, `openDoor`). */
export function causeOf(result: Result<unknown, DeviceError>): DeviceErrorCode | null {
  if (!result.ok) return result.error.code;
  const { value } = result;
  if (typeof value !== 'object' || value === null || !('cause' in value)) return null;
  const { cause } = value;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return null;
  return typeof cause.code === 'string' ? (cause.code as DeviceErrorCode) : null;
}
