import { useEffect, useSyncExternalStore } from 'react';

/** Ways of showing that a person may choose; reset with every visit. */
export interface Modes {
  readonly elder: boolean;
  readonly contrast: boolean;
}

const STANDARD: Modes = { elder: false, contrast: false };
let modes = STANDARD;
const listeners = new Set<() => void>();

export function setModes(change: Partial<Modes>): void {
  modes = { ...modes, ...change };
  document.documentElement.dataset['size'] = modes.elder ? 'elder' : 'standard';
  document.documentElement.dataset['theme'] = modes.contrast ? 'contrast' : 'light';
  for (const listener of listeners) listener();
}

/** Back to the standard look, as every visit begins. */
export function resetModes(): void {
  setModes(STANDARD);
}

export function useModes(): Modes {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => modes,
  );
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
