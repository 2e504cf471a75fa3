import type { Result } from '../../native/model/result.ts';
import type { CallInput, CallName, CallOutput, EventName, EventPayload } from './calls.ts';
import type { Problem } from './problems.ts';

/** What the preload puts on `window.hall24`; the only thing a screen can reach. */
export interface HallBridge {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>, Problem>>;
  /** Returns the way to stop listening. */
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void;
}

/** IPC channel names; the renderer never sees them. */
export const CALL_CHANNEL = 'hall24:call';
export const EVENT_CHANNEL = 'hall24:event';
