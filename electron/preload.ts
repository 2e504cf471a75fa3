import { contextBridge, ipcRenderer } from 'electron';
import { CALL_CHANNEL, EVENT_CHANNEL, FAILED_CHANNEL, PERSONAL_CHANNEL } from './contract/bridge.ts';
import { PersonalLine } from './ipc/personal-line.ts';

/** Calls that carry a person's data go past the main process, straight to the visit process. */
const personal = new PersonalLine();
ipcRenderer.on(PERSONAL_CHANNEL, (event) => {
  const [port] = event.ports;
  if (port) personal.use(port);
});

/** The only thing that the page can reach: `window.hall24`, see `contract/bridge.ts`. */
contextBridge.exposeInMainWorld('hall24', {
  call: (name: string, input: unknown): Promise<unknown> =>
    personal.carries(name) ? personal.ask(name, input) : ipcRenderer.invoke(CALL_CHANNEL, name, input),
  on: (name: string, listener: (payload: unknown) => void): (() => void) => {
    const own = (_event: unknown, eventName: string, payload: unknown): void => {
      if (eventName === name) listener(payload);
    };
    ipcRenderer.on(EVENT_CHANNEL, own);
    return () => {
      ipcRenderer.removeListener(EVENT_CHANNEL, own);
    };
  },
  failed: (): void => ipcRenderer.send(FAILED_CHANNEL),
});
