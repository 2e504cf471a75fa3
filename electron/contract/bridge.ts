import type { Result } from '../../native/model/result.ts';
import type { CallInput, CallName, CallOutput, EventName, EventPayload } from './calls.ts';
import type { Problem } from './problems.ts';

/** What the preload puts on `window.hall24`; the only thing a screen can reach. */
export interface HallBridge {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>, Problem>>;
  /** Returns the way to stop listening. */
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void;
  /** The page cannot go on: it is taken down with its visit, and a new one comes. */
  failed(): void;
}

/** IPC channel names; the renderer never sees them. */
export const CALL_CHANNEL = 'hall24:call';
export const EVENT_CHANNEL = 'hall24:event';
/** A page that cannot go on says so. */
export const FAILED_CHANNEL = 'hall24:failed';
/** Asks a page for a sign of life; it answers on the same channel. */
export const ALIVE_CHANNEL = 'hall24:alive';
/** Brings the page its line to the visit process. */
export const PERSONAL_CHANNEL = 'hall24:personal';

/**
 * Calls that carry a person's data: in the window they are asked of the visit process and never pass the main process.
 * What a code or a card says comes back on the same line.
 */
export const PERSONAL_CALLS = [
  'card.read',
  'card.cancel',
  'case.submit',
  'attachment.add',
  'attachment.chunk',
  'attachment.remove',
  'attachment.list',
  'scanner.listen',
  'pickup.check',
] as const satisfies readonly CallName[];

/** Calls that go the same way as soon as a visit has begun, and to the main process before that. */
export const LINE_CALLS = ['speech.say'] as const satisfies readonly CallName[];
