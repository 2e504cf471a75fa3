import type { LogPort } from '../services/ports.ts';
import type { Clock } from '../../native/model/clock.ts';

/** Pause before a store that is in trouble is asked again, in milliseconds. */
export const STORE_PAUSE_MS = 1_000;

/**
 * Repeats a step until the store has taken it, so that nothing is left half done while the disk has trouble. A step that
 * the store will never take (`conflict`, `not-found`) is given up, and so is any at stop: the next start releases what is
 * still claimed. Each failure is logged as `event`.
 */
export async function untilStored(
  step: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } }>,
  ports: { readonly clock: Clock; readonly log: LogPort; readonly stopping: () => boolean },
  event: string,
): Promise<void> {
  for (;;) {
    const done = await step();
    if (done.ok) return;
    const { code } = done.error;
    ports.log.event('error', event, { code });
    if (code === 'conflict' || code === 'not-found' || ports.stopping()) return;
    await ports.clock.sleep(STORE_PAUSE_MS);
  }
}
