import { BrowserWindow } from 'electron';

/**
 * Opens the simulator panel beside the kiosk. It is served by the simulators' own process on the loopback address and
 * has no bridge to the kiosk. Development builds only.
 */
export async function openPanelWindow(address: string): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== 'http:' || url.hostname !== '127.0.0.1') return;
  const window = new BrowserWindow({
    width: 560,
    height: 1080,
    title: 'hall24 simulators',
    webPreferences: { partition: 'panel', sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  window.removeMenu();
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  await window.loadURL(url.href);
}
