import { app, BrowserWindow } from 'electron';

/**
 * Opens the simulator panel beside the kiosk. It is served by the simulators' own process on the loopback address and
 * has no bridge to the kiosk. Closing it ends the kiosk. Development builds only.
 * @param left x of its left edge
 */
export async function openPanelWindow(address: string, left: number): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== 'http:' || url.hostname !== '127.0.0.1') return;
  const window = new BrowserWindow({
    x: left,
    y: 0,
    width: 600,
    height: 1040,
    title: 'hall24 simulators',
    webPreferences: { partition: 'panel', sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  window.once('closed', () => app.quit());
  window.removeMenu();
  await window.loadURL(url.href);
}
