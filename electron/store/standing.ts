import type { OutboxSummary } from '../services/ports.ts';

/** How an open message or file stands, and who has to see to it: the kiosk itself, or duty staff once it is parked. */
export function standingOf(row: {
  readonly state: string;
  /** Milliseconds since 1970 on a clock that never jumps; 0 when it may go at once. */
  readonly next_try_at: number;
}): Pick<OutboxSummary, 'state' | 'owner' | 'nextTryAt'> {
  return {
    state: row.state === 'parked' || row.state === 'sending' ? row.state : 'ready',
    owner: row.state === 'parked' ? 'duty-staff' : 'kiosk',
    nextTryAt: row.state === 'ready' && row.next_try_at > 0 ? row.next_try_at : null,
  };
}
