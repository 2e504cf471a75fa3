import { contextBridge, ipcRenderer, webFrame } from 'electron';
import { ALIVE_CHANNEL, CALL_CHANNEL, EVENT_CHANNEL, FAILED_CHANNEL, PERSONAL_CHANNEL } from './contract/bridge.ts';
import { PersonalLine } from './ipc/personal-line.ts';
import { giveBackAtRest, type TouchedPage } from './shell/page-give-back.ts';

/** Calls that carry a person's data go past the main process, straight to the visit process. */
const personal = new PersonalLine();
ipcRenderer.on(PERSONAL_CHANNEL, (event) => {
  const [port] = event.ports;
  if (port) personal.use(port);
});

// On the thread that draws and hears: whoever answers here would answer a finger.
ipcRenderer.on(ALIVE_CHANNEL, () => ipcRenderer.send(ALIVE_CHANNEL));

/** What the main process answers to a call that must go over the line. */
function isRefused(answer: unknown): boolean {
  return (answer as { readonly error?: { readonly code?: unknown } } | null)?.error?.code === 'K101-bad-request';
}

async function call(name: string, input: unknown): Promise<unknown> {
  if (personal.carries(name)) return personal.ask(name, input);
  const answer: unknown = await ipcRenderer.invoke(CALL_CHANNEL, name, input);
  // The visit had begun by then, and its line is on the way.
  return personal.prefers(name) && isRefused(answer) ? personal.ask(name, input) : answer;
}

/** The only thing that the page can reach: `window.hall24`, see `contract/bridge.ts`. */
contextBridge.exposeInMainWorld('hall24', {
  call,
  on: (name: string, listener: (payload: unknown) => void): (() => void) => {
    const own = (_event: unknown, eventName: string, payload: unknown): void => {
      if (eventName === name) listener(payload);
    };
    ipcRenderer.on(EVENT_CHANNEL, own);
    const stopLine = personal.on(name, listener);
    return () => {
      stopLine();
      ipcRenderer.removeListener(EVENT_CHANNEL, own);
    };
  },
  failed: (): void => ipcRenderer.send(FAILED_CHANNEL),
});

giveBackAtRest(globalThis as unknown as TouchedPage, () => webFrame.clearCache());
