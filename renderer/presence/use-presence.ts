import { useCallback, useEffect, useRef, useState } from 'react';
import { clockIsHeld } from '../flow/context.tsx';
import { moodOf, type Mood, type PresenceWord } from './rules.ts';

const TOUCHES = ['pointerdown', 'keydown'] as const;
/** A clock that is held is looked at again after so long, in milliseconds. */
const LOOK_MS = 1_000;

/**
 * Whether the page is covered because nobody was before the kiosk for so long, neither seen nor felt by a touch. It stays so
 * until `back`: who comes may be somebody else. What holds the quiet clock (an open door, a command, the voice) holds this
 * as well.
 * @param afterMs null: not now
 */
export function useCover(afterMs: number | null, personal: boolean): readonly [covered: boolean, back: () => void] {
  const [covered, setCovered] = useState(false);
  const back = useCallback(() => setCovered(false), []);
  useEffect(() => {
    if (!personal) setCovered(false);
  }, [personal]);
  useEffect(() => {
    if (afterMs === null || covered) return undefined;
    let since = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const now = performance.now();
      if (clockIsHeld()) since = now;
      const left = since + afterMs - now;
      if (left <= 0) setCovered(true);
      else timer = setTimeout(look, clockIsHeld() ? Math.min(left, LOOK_MS) : left);
    };
    const touch = (): void => {
      since = performance.now();
    };
    look();
    for (const name of TOUCHES) window.addEventListener(name, touch, true);
    return () => {
      clearTimeout(timer);
      for (const name of TOUCHES) window.removeEventListener(name, touch, true);
    };
  }, [afterMs, covered]);
  return [covered && personal, back];
}

/** How the attract screen stands now. */
export function useMood(presence: PresenceWord): Mood {
  const [mood, setMood] = useState<Mood>(() => moodOf(presence, 'plain').mood);
  const before = useRef(mood);
  useEffect(() => {
    before.current = mood;
  }, [mood]);
  const state = presence?.state;
  const rest = presence?.restAfterMs;
  useEffect(() => {
    const { mood: now, later } = moodOf(presence, before.current);
    setMood(now);
    if (later === null) return undefined;
    const timer = setTimeout(() => setMood(later.mood), later.afterMs);
    return () => clearTimeout(timer);
    // Every snapshot brings a new object; only what it says counts.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [state, rest]);
  return mood;
}
