import { useCallback, useEffect, useRef } from 'react';
import type { CallInput, CallName, CallOutput } from '../../../electron/contract/calls.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { Result } from '../../../native/model/result.ts';
import { call } from '../../api/index.ts';

type Guarded = Extract<CallName, `technician.${string}`>;
/** `null`: the screen has gone, or the mode is locked. */
export type Ask = <N extends Guarded>(
  name: N,
  input: Omit<CallInput<N>, 'token'>,
) => Promise<Result<CallOutput<N>, Problem> | null>;

/** Without a touch for so long the mode locks itself, in milliseconds: as long as the main process keeps it open. */
const IDLE_MS = 10 * 60_000;

/** Calls with the token; a mode that was locked meanwhile, or left alone, ends by `onLocked`. */
export function useSession(token: string, onLocked: () => void): Ask {
  const alive = useRef(true);
  const locked = useRef(onLocked);
  useEffect(() => {
    locked.current = onLocked;
  });
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
      // Mounting twice must not lock: the next turn tells whether the screen has really gone.
      setTimeout(() => {
        if (!alive.current) void call('technician.lock', { token });
      }, 0);
    };
  }, [token]);
  useEffect(() => {
    let timer = setTimeout(() => locked.current(), IDLE_MS);
    const touched = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => locked.current(), IDLE_MS);
    };
    window.addEventListener('pointerdown', touched, true);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pointerdown', touched, true);
    };
  }, []);
  return useCallback<Ask>(
    async (name, input) => {
      const answer = await call(name, { ...input, token } as unknown as CallInput<typeof name>);
      if (!alive.current) return null;
      if (!answer.ok && answer.error.code === 'T603-not-unlocked') {
        locked.current();
        return null;
      }
      return answer;
    },
    [token],
  );
}
