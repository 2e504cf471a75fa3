import { ipcMain, type WebContents } from 'electron';
import { CALL_CHANNEL, LINE_CALLS, PERSONAL_CALLS } from '../contract/bridge.ts';
import type { CallName, EventName } from '../contract/calls.ts';
import type { Problem } from '../contract/problems.ts';
import type { Router } from '../ipc/router.ts';
import type { EventSource, Unsubscribe } from '../../native/model/events.ts';
import { err } from '../../native/model/result.ts';
import type { PagePlace } from './kiosk-window.ts';

/** An event on its way to the screen. */
export interface ScreenEvent {
  readonly name: EventName;
  readonly payload: unknown;
}

/** The kiosk's window as the bridge needs it. */
export interface BridgedWindow {
  placeOf(contents: WebContents): PagePlace;
  tell(name: EventName, payload: unknown, ready: boolean): void;
}

const NO_VISIT: Problem = { code: 'K102-no-visit', params: {} };
const BAD_REQUEST: Problem = { code: 'K101-bad-request', params: {} };
/** What a page may ask that waits for its visit: how the kiosk is, and what it offers. */
const SPARE_CALLS: ReadonlySet<unknown> = new Set<CallName>(['kiosk.snapshot', 'catalogue.list', 'hall.extras']);
const PERSONAL: ReadonlySet<unknown> = new Set(PERSONAL_CALLS);
const IN_A_VISIT: ReadonlySet<unknown> = new Set(LINE_CALLS);
/** What it hears meanwhile. */
const SPARE_EVENTS: ReadonlySet<EventName> = new Set<EventName>(['kiosk-changed']);

/** What answers the page. */
export interface BridgedKiosk {
  readonly router: Router;
  readonly events: EventSource<ScreenEvent>;
  /**
   * Where calls with a person's data go to the visit process and are refused here: whether a visit has begun; null where
   * there is no visit process.
   */
  readonly apart: { readonly inVisit: () => boolean } | null;
}

/**
 * Carries calls from the page to the router and events to the page; the only place with ipcMain.
 * @param starting the kiosk, once it runs: what the page asks before that waits for it
 * @param answered hears the name of a call that was answered
 */
export function bridgeIpc(
  starting: Promise<BridgedKiosk>,
  window: BridgedWindow,
  answered: (name: unknown) => void,
): Unsubscribe {
  ipcMain.handle(CALL_CHANNEL, async (event, name: unknown, input: unknown) => {
    const frame = event.senderFrame;
    const from = { url: frame?.url ?? '', mainFrame: frame !== null && frame.parent === null };
    const { router, apart } = await starting;
    const place = window.placeOf(event.sender);
    // A page on its way out still tidies up; its visit is over, and nothing that it says counts.
    if (place === 'retired') return err(NO_VISIT);
    if (place === 'spare' && !SPARE_CALLS.has(name)) return err(NO_VISIT);
    // What is personal has a line of its own, past this process.
    if (apart && (PERSONAL.has(name) || (IN_A_VISIT.has(name) && apart.inVisit()))) {
      return err(BAD_REQUEST);
    }
    const answer = await router(from, name, input);
    answered(name);
    return answer;
  });
  let stop: Unsubscribe | null = null;
  let stopped = false;
  const listen = ({ events }: BridgedKiosk): void => {
    if (!stopped) stop = events.subscribe(({ name, payload }) => window.tell(name, payload, SPARE_EVENTS.has(name)));
  };
  // Whoever starts the kiosk hears that it did not.
  starting.then(listen, () => undefined);
  return () => {
    stopped = true;
    stop?.();
    ipcMain.removeHandler(CALL_CHANNEL);
  };
}
