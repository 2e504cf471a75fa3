import type { HallBridge } from '../../electron/contract/bridge.ts';
import type { CallInput, CallName, CallOutput, EventName, EventPayload } from '../../electron/contract/calls.ts';
import type { Problem } from '../../electron/contract/problems.ts';
import type { Result } from '../../native/model/result.ts';

declare global {
  interface Window {
    /** Put there by the preload; the only thing the screens can reach. */
    readonly hall24: HallBridge;
  }
}

/** A failure that no handler foresaw: the bridge itself did not answer. */
const INTERNAL: Problem = { code: 'K105-internal', params: {} };

/** One call to the main process. Never throws: a broken bridge is the problem `K105-internal`. */
export async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>, Problem>> {
  try {
    return await window.hall24.call(name, input);
  } catch {
    return { ok: false, error: INTERNAL };
  }
}

/** Listens to an event of the main process; returns the way to stop. */
export function on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void {
  return window.hall24.on(name, listener);
}
