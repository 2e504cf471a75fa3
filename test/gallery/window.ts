// The smallest Electron that shows the page whose address is in HALL24_GALLERY: built by build.ts, driven by camera.ts.
import { BrowserWindow, app } from 'electron';

app.disableHardwareAcceleration();
app.on('window-all-closed', () => app.quit());

async function open(): Promise<void> {
  await app.whenReady();
  const window = new BrowserWindow({
    width: 1080,
    height: 1920,
    useContentSize: true,
    frame: false,
    webPreferences: { sandbox: true, contextIsolation: true, backgroundThrottling: false },
  });
  await window.loadURL(process.env['HALL24_GALLERY'] ?? '');
}

open().catch((cause: unknown) => {
  process.stderr.write(`gallery window: ${String(cause)}\n`);
  app.exit(1);
});
