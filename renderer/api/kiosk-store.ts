import type { KioskSnapshot } from '../../electron/contract/dto.ts';
import type { Problem } from '../../electron/contract/problems.ts';
import { call, on } from './bridge.ts';

/** What the screens know of the kiosk; `null` snapshot until the first answer. */
export interface KioskView {
  readonly snapshot: KioskSnapshot | null;
  /** Kiosk clock minus this process's clock, ms. */
  readonly offsetMs: number;
  /** Why there is no snapshot. */
  readonly problem: Problem | null;
}

let view: KioskView = { snapshot: null, offsetMs: 0, problem: null };
const listeners = new Set<() => void>();

function set(next: KioskView): void {
  view = next;
  for (const listener of listeners) listener();
}

/** A telephone number is never split over lines. */
const unbroken = (number: string): string => number.replaceAll(' ', '\u00A0');

function accept(told: KioskSnapshot): void {
  const snapshot = { ...told, dutyPhone: unbroken(told.dutyPhone), hotline: unbroken(told.hotline) };
  set({ snapshot, offsetMs: Date.parse(told.now) - Date.now(), problem: null });
}

/** The present view, for `useSyncExternalStore`. */
export function kioskView(): KioskView {
  return view;
}

export function subscribeKiosk(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The kiosk's time at this moment. */
export function kioskNow(): Date {
  return new Date(Date.now() + view.offsetMs);
}

/** A kiosk that could not say how it is is asked again after so long, in milliseconds. */
const ASK_AGAIN_MS = 15_000;

/**
 * Asks how the kiosk is, again and again while it cannot say, and follows `kiosk-changed` from then on; an event is
 * always newer than the answer.
 */
export function connectKiosk(): () => void {
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = on('kiosk-changed', (snapshot) => {
    over = true;
    accept(snapshot);
  });
  const ask = (): void => {
    void call('kiosk.snapshot', {}).then((answer) => {
      if (over) return;
      if (answer.ok) return accept(answer.value);
      set({ ...view, problem: answer.error });
      timer = setTimeout(ask, ASK_AGAIN_MS);
    });
  };
  ask();
  return () => {
    over = true;
    clearTimeout(timer);
    stop();
  };
}
