import { useEffect, useSyncExternalStore } from 'react';

/** Ways of using the screen that a person may choose; each joins any other, all are reset with every visit. */
export interface Modes {
  /** Large type, few choices, no clock. */
  readonly elder: boolean;
  /** Black ground, white text. */
  readonly contrast: boolean;
  /** Every control below the reach line of this kiosk. */
  readonly reach: boolean;
  /** Everything is spoken, and used by four-way pad or swipe. */
  readonly speech: boolean;
  /** What is heard stands in a line; sign-language clips where there are any. */
  readonly captions: boolean;
}

const STANDARD: Modes = { elder: false, contrast: false, reach: false, speech: false, captions: false };
let modes = STANDARD;
const listeners = new Set<() => void>();

const word = (on: boolean): 'on' | 'off' => (on ? 'on' : 'off');

/** Changes some of the modes; nothing else of the screen changes. */
export function setModes(change: Partial<Modes>): void {
  modes = { ...modes, ...change };
  const { dataset } = document.documentElement;
  dataset['size'] = modes.elder ? 'elder' : 'standard';
  dataset['theme'] = modes.contrast ? 'contrast' : 'light';
  dataset['reach'] = word(modes.reach);
  dataset['speech'] = word(modes.speech);
  dataset['captions'] = word(modes.captions || modes.speech);
  for (const listener of listeners) listener();
}

/** Back to the standard look, as every visit begins. */
export function resetModes(): void {
  setModes(STANDARD);
}

/** Whether nobody has chosen anything. */
export function isStandard(of: Modes): boolean {
  return !(of.elder || of.contrast || of.reach || of.speech || of.captions);
}

/** The modes now, for what is no component. */
export function currentModes(): Modes {
  return modes;
}

/** Calls back after every change of a mode; returns the way to stop. */
export function subscribeModes(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useModes(): Modes {
  return useSyncExternalStore(subscribeModes, currentModes);
}

/** Upright or lying panel, from the window's aspect; CSS does the rest. */
export function useLayoutAttribute(): void {
  useEffect(() => {
    const apply = (): void => {
      document.documentElement.dataset['layout'] = window.innerWidth > window.innerHeight ? 'landscape' : 'portrait';
    };
    apply();
    window.addEventListener('resize', apply);
    return () => window.removeEventListener('resize', apply);
  }, []);
}

/** Whether the panel lies. */
export function useLandscape(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('resize', listener);
      return () => window.removeEventListener('resize', listener);
    },
    () => window.innerWidth > window.innerHeight,
  );
}
