import { useCallback, useEffect, useRef, useState } from 'react';
import { clockIsHeld } from './context.tsx';
import { heldSince, quietClock, type QuietClock } from './quiet-clock.ts';

const TOUCHES = ['pointerdown', 'keydown'] as const;
/** Looks while nobody sees the time that is left, and while it is counted down, in milliseconds. */
const LOOK_MS = 1_000;
const COUNT_MS = 250;

/** Whether it would be drawn the same: seconds are shown only while somebody is asked. */
function looksTheSame(old: QuietClock, next: QuietClock): boolean {
  if (old.phase !== next.phase) return false;
  return next.phase !== 'asking' || Math.ceil(old.leftMs / 1000) === Math.ceil(next.leftMs / 1000);
}

/**
 * Runs the quiet clock of a visit. Any touch sets it back, except while it asks: then only `extend` does.
 * `onOver` is called once when nobody answered.
 */
export function useQuietClock(
  inVisit: boolean,
  quietMs: number,
  onOver: () => void,
): QuietClock & { extend: () => void } {
  const [clock, setClock] = useState<QuietClock>(() => quietClock(0, false));
  const since = useRef(0);
  const over = useRef(onOver);
  useEffect(() => {
    over.current = onOver;
  });
  const extend = useCallback(() => {
    since.current = performance.now();
    setClock(quietClock(0, true, quietMs));
  }, [quietMs]);
  useEffect(() => {
    if (!inVisit) {
      setClock(quietClock(0, false));
      return undefined;
    }
    since.current = performance.now();
    let ended = false;
    let looked = since.current;
    const look = (): void => {
      if (ended) return;
      const now = performance.now();
      if (clockIsHeld()) since.current = heldSince(since.current, looked, now, quietMs);
      looked = now;
      const next = quietClock(now - since.current, true, quietMs);
      setClock((old) => (looksTheSame(old, next) ? old : next));
      if (next.phase === 'over') {
        ended = true;
        over.current();
        return;
      }
      timer = setTimeout(look, next.phase === 'running' ? Math.min(LOOK_MS, next.leftMs) : COUNT_MS);
    };
    const touch = (): void => {
      if (quietClock(performance.now() - since.current, true, quietMs).phase === 'running')
        since.current = performance.now();
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    look();
    for (const name of TOUCHES) window.addEventListener(name, touch, true);
    return () => {
      ended = true;
      clearTimeout(timer);
      for (const name of TOUCHES) window.removeEventListener(name, touch, true);
    };
  }, [inVisit, quietMs]);
  return { ...clock, extend };
}
