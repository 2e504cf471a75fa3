import { ipcMain, type WebContents } from 'electron';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../contract/bridge.ts';
import type { EventName } from '../contract/calls.ts';
import type { Router } from '../ipc/router.ts';
import type { EventSource, Unsubscribe } from '../../native/model/events.ts';

/** An event on its way to the screen. */
export interface ScreenEvent {
  readonly name: EventName;
  readonly payload: unknown;
}

/** The kiosk's window as the bridge needs it. */
export interface BridgedWindow {
  /** Whether this is the page at the kiosk now: one that hung and was replaced has nothing more to say. */
  shows(contents: WebContents): boolean;
  send(channel: string, ...args: readonly unknown[]): void;
}

/** Carries calls from the page to the router and events to the page; the only place with ipcMain. */
export function bridgeIpc(router: Router, events: EventSource<ScreenEvent>, window: BridgedWindow): Unsubscribe {
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown) => {
    const frame = event.senderFrame;
    const own = window.shows(event.sender) && frame !== null && frame.parent === null;
    return router({ url: frame?.url ?? '', mainFrame: own }, name, input);
  });
  const stop = events.subscribe((event) => window.send(EVENT_CHANNEL, event.name, event.payload));
  return () => {
    stop();
    ipcMain.removeHandler(CALL_CHANNEL);
  };
}
