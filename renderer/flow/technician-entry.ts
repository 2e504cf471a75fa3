import { useEffect, useRef, type HTMLAttributes } from 'react';
import type { ScreenId } from './types.ts';

/** Taps on the clock, each within this of the one before. */
export const TAP_GAP_MS = 1_200;
export const TAPS = 7;
/** Then the mark is held for so long, begun within `HOLD_WITHIN_MS` of the last tap. */
export const HOLD_MS = 3_000;
export const HOLD_WITHIN_MS = 5_000;

/** Progress of the hidden gesture; times in ms of one clock. */
export interface EntryState {
  readonly taps: number;
  readonly lastTapAt: number;
}

export const NO_ENTRY: EntryState = { taps: 0, lastTapAt: 0 };

/** Counts one tap on the clock. */
export function tapped(state: EntryState, at: number): EntryState {
  const inTime = state.taps > 0 && at - state.lastTapAt <= TAP_GAP_MS;
  return { taps: inTime ? Math.min(TAPS, state.taps + 1) : 1, lastTapAt: at };
}

/** Whether holding the mark now opens the technician's door. */
export function mayHold(state: EntryState, at: number): boolean {
  return state.taps >= TAPS && at - state.lastTapAt <= HOLD_WITHIN_MS;
}

interface Entry {
  readonly clock: Pick<HTMLAttributes<HTMLElement>, 'onPointerDown'>;
  readonly mark: Pick<
    HTMLAttributes<HTMLElement>,
    'onPointerDown' | 'onPointerUp' | 'onPointerLeave' | 'onPointerCancel'
  >;
}

/** The hidden way to the technician's screens: seven quick taps on the clock, then three seconds on the mark. */
export function useTechnicianEntry(open: () => void, screen: ScreenId): Entry {
  const state = useRef(NO_ENTRY);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const stop = (): void => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
  };
  useEffect(() => {
    const running = timer;
    return () => {
      if (running.current !== null) clearTimeout(running.current);
    };
  }, []);
  return {
    clock: {
      onPointerDown: (event) => {
        state.current = tapped(state.current, event.timeStamp);
      },
    },
    mark: {
      onPointerDown: (event) => {
        stop();
        const allowed = screen === 'attract' || screen === 'home';
        if (!allowed || !mayHold(state.current, event.timeStamp)) return;
        timer.current = setTimeout(() => {
          state.current = NO_ENTRY;
          open();
        }, HOLD_MS);
      },
      onPointerUp: stop,
      onPointerLeave: stop,
      onPointerCancel: stop,
    },
  };
}
