import { ipcMain } from 'electron';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../contract/bridge.ts';
import type { EventName } from '../contract/calls.ts';
import type { Router } from '../ipc/router.ts';
import type { EventSource, Unsubscribe } from '../../native/model/events.ts';

/** An event on its way to the screen. */
export interface ScreenEvent {
  readonly name: EventName;
  readonly payload: unknown;
}

/** Carries calls from the page to the router and events to the page; the only place with ipcMain. */
export function bridgeIpc(
  router: Router,
  events: EventSource<ScreenEvent>,
  send: (channel: string, ...args: readonly unknown[]) => void,
): Unsubscribe {
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown) => {
    const frame = event.senderFrame;
    return router({ url: frame?.url ?? '', mainFrame: frame !== null && frame.parent === null }, name, input);
  });
  const stop = events.subscribe((event) => send(EVENT_CHANNEL, event.name, event.payload));
  return () => {
    stop();
    ipcMain.removeHandler(CALL_CHANNEL);
  };
}
