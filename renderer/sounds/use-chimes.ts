import { useEffect, useRef } from 'react';
import type { KioskSnapshot } from '../../electron/contract/dto.ts';
import { chimeOf, type Chime, type Heard } from './chime-of.ts';

/** Plays a chime at the loudness of this hour; without a word about it there is none. */
export function playChime(kind: Chime, sounds: KioskSnapshot['sounds']): void {
  if (sounds === undefined || sounds === 'off') return;
  // A machine without sound says so in no other way; the screen tells everything all the same.
  void import('./chimes.ts').then(({ chime }) => chime(kind, sounds)).catch(() => undefined);
}

/** Sounds what happens in a visit. */
export function useChimes(now: Heard, sounds: KioskSnapshot['sounds'], silent: boolean): void {
  const before = useRef(now);
  useEffect(() => {
    const kind = chimeOf(before.current, now);
    before.current = now;
    if (kind !== null && !silent) playChime(kind, sounds);
  });
}
