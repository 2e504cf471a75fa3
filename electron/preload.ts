import { contextBridge, ipcRenderer } from 'electron';
import { CALL_CHANNEL, EVENT_CHANNEL } from './contract/bridge.ts';

/** The only thing that the page can reach: `window.hall24`, see `contract/bridge.ts`. */
contextBridge.exposeInMainWorld('hall24', {
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(CALL_CHANNEL, name, input),
  on: (name: string, listener: (payload: unknown) => void): (() => void) => {
    const own = (_event: unknown, eventName: string, payload: unknown): void => {
      if (eventName === name) listener(payload);
    };
    ipcRenderer.on(EVENT_CHANNEL, own);
    return () => {
      ipcRenderer.removeListener(EVENT_CHANNEL, own);
    };
  },
});
