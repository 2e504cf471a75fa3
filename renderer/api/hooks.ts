import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { CallInput, CallName, CallOutput, EventName, EventPayload } from '../../electron/contract/calls.ts';
import type { Problem } from '../../electron/contract/problems.ts';
import type { Result } from '../../native/model/result.ts';
import { call, on } from './bridge.ts';
import { kioskView, subscribeKiosk, type KioskView } from './kiosk-store.ts';

/** Live state of the kiosk. */
export function useKiosk(): KioskView {
  return useSyncExternalStore(subscribeKiosk, kioskView);
}

/** The kiosk's time, renewed every `everyMs` milliseconds. */
export function useNow(everyMs = 1000): Date {
  const { offsetMs } = useKiosk();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return new Date(now + offsetMs);
}

const MINUTE_MS = 60_000;

/** The kiosk's time, renewed with each of its minutes: for a clock without seconds. */
export function useMinute(): Date {
  const { offsetMs } = useKiosk();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = (): void => {
      // A moment after the minute has begun: timers come a little early at times.
      timer = setTimeout(renew, MINUTE_MS - ((Date.now() + offsetMs) % MINUTE_MS) + 50);
    };
    const renew = (): void => {
      const present = Date.now();
      // Nothing is drawn anew that would say the same.
      const minute = (time: number): number => Math.floor((time + offsetMs) / MINUTE_MS);
      setNow((old) => (minute(old) === minute(present) ? old : present));
      next();
    };
    renew();
    return () => clearTimeout(timer);
  }, [offsetMs]);
  return new Date(now + offsetMs);
}

/** Listens to an event as long as the component is mounted; always calls the newest listener. */
export function useEvent<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): void {
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => on(name, (payload) => newest.current(payload)), [name]);
}

/** A call under the component's care. */
export interface CallHandle<N extends CallName> {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** Makes the call; `null` when the component is gone or a newer call of this handle was made meanwhile. */
  readonly run: (input: CallInput<N>) => Promise<Result<CallOutput<N>, Problem> | null>;
  /** Forgets the problem. */
  readonly clear: () => void;
}

/** A call whose answer is dropped when the component has left the screen. */
export function useCall<N extends CallName>(name: N): CallHandle<N> {
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const turn = useRef(0);
  useEffect(() => {
    const turns = turn;
    return () => {
      turns.current += 1;
    };
  }, []);
  const run = useCallback(
    async (input: CallInput<N>): Promise<Result<CallOutput<N>, Problem> | null> => {
      turn.current += 1;
      const mine = turn.current;
      setState({ busy: true, problem: null });
      const answer = await call(name, input);
      if (mine !== turn.current) return null;
      setState({ busy: false, problem: answer.ok ? null : answer.error });
      return answer;
    },
    [name],
  );
  const clear = useCallback(() => setState({ busy: false, problem: null }), []);
  return { ...state, run, clear };
}

/** True once `active` has lasted `ms` milliseconds without a break. */
export function useLasting(active: boolean, ms: number): boolean {
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!active) return undefined;
    const timer = setTimeout(() => setLasted(true), ms);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [active, ms]);
  return active && lasted;
}
