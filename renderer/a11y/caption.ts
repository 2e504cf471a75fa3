import { useSyncExternalStore } from 'react';

let line = '';
const listeners = new Set<() => void>();

/** Puts words into the caption line; empty takes them away. */
export function setCaption(words: string): void {
  if (words === line) return;
  line = words;
  for (const listener of listeners) listener();
}

/** The words that are, or were last, heard. */
export function useCaption(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => line,
  );
}
