import { app, clipboard, type BrowserWindow, type Session } from 'electron';
import { isOwnPage } from '../ipc/own-page.ts';
import { guardCamera } from './document-camera.ts';
import { PAGE_ORIGIN } from './page-path.ts';

/** Keys that do something in a browser and nothing in a kiosk: reload, developer tools, zoom, close, full screen. */
const BLOCKED_KEYS = /^(F\d{1,2}|BrowserBack|BrowserForward|BrowserRefresh|BrowserHome|ContextMenu|Meta|PrintScreen)$/;

/**
 * Nothing leaves this session and nothing is asked of the operating system, but the camera while `cameraAllowed` says so.
 */
export function lockSession(session: Session, cameraAllowed: () => boolean): void {
  guardCamera(session, cameraAllowed);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, callback) => {
    const own = isOwnPage(details.url, PAGE_ORIGIN);
    const developerTools = __DRIVABLE__ && details.url.startsWith('devtools://');
    callback({ cancel: !own && !developerTools && !details.url.startsWith('data:') });
  });
  session.setSpellCheckerEnabled(false);
}

/** A page that a finger cannot leave. */
export function lockWindow(window: BrowserWindow): void {
  const contents = window.webContents;
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!isOwnPage(event.url, PAGE_ORIGIN)) event.preventDefault();
  });
  contents.on('before-input-event', (event, input) => {
    if (input.type === 'keyDown' && (input.alt || input.control || input.meta || BLOCKED_KEYS.test(input.key))) {
      event.preventDefault();
    }
  });
  contents.on('zoom-changed', (event) => event.preventDefault());
  void contents.setVisualZoomLevelLimits(1, 1);
  window.removeMenu();
}

/** Refuses whatever a page opened by mistake might try, for the whole app; the kiosk's window is locked further. */
export function lockApp(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => {
      if (!isOwnPage(event.url, PAGE_ORIGIN)) event.preventDefault();
    });
  });
}

/** Forgets what a person marked or copied: X keeps marked text for whoever asks next. */
export function wipeClipboard(): void {
  clipboard.clear();
  // Electron 33 names the other clipboard by an argument, later ones have an object for it.
  const selection = clipboard.selection as typeof clipboard.selection | undefined;
  if (selection) selection.clear();
  else (clipboard.clear as (type: 'selection') => void)('selection');
}
