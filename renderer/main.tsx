import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { on } from './api/bridge.ts';
import { watchConfiguredCamera } from './api/camera-watch.ts';
import { connectKiosk } from './api/kiosk-store.ts';
import { App } from './app.tsx';
import { watchPresses } from './components/press.ts';
import { watchRealKeys } from './components/real-keys.ts';
import { resetModes } from './flow/modes.ts';
import { startI18n } from './i18n/index.ts';
import { loadHallExtras } from './i18n/packs.ts';
import { preloadScreens } from './screens/registry.ts';
import { watchFonts } from './theme/more-fonts.ts';
import '../assets/fonts/screen/fonts.css';
import './theme/tokens.css';
import './theme/ui.css';
import './theme/frame.css';
import './theme/parts.css';
import './theme/screens.css';
import './theme/a11y.css';
import './theme/pads.css';
import './theme/long-words.css';

/** A kiosk is no browser: nothing is selected, dragged or opened by a menu. */
function keepStill(): void {
  const refused = ['contextmenu', 'dragstart', 'dragover', 'drop', 'selectstart', 'gesturestart', 'auxclick'] as const;
  for (const name of refused) document.addEventListener(name, (event) => event.preventDefault());
  // Listeners on the document are passive unless told: two fingers zoom nothing, nor does a wheel.
  const firm = { passive: false } as const;
  document.addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    },
    firm,
  );
  document.addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey) event.preventDefault();
    },
    firm,
  );
}

/** The page was made ready in the background; from here on it is the one at the kiosk. */
function shown(): void {
  document.documentElement.dataset['shown'] = '';
  performance.mark('page-shown');
  watchConfiguredCamera();
}

/** The two fonts of every first screen. Text that is laid out without them asks the system for others, which takes long. */
async function loadFonts(): Promise<void> {
  await Promise.all(['400', '700'].map((weight) => document.fonts.load(`${weight} 1em "Hall24 Sans"`)));
}

async function start(): Promise<void> {
  // Before anything is waited for: it may be shown as soon as it is loaded.
  on('page-shown', shown);
  keepStill();
  watchPresses();
  watchRealKeys();
  resetModes();
  connectKiosk();
  void preloadScreens();
  await Promise.all([startI18n(), loadFonts().catch(() => undefined)]);
  void loadHallExtras();
  watchFonts();
  const root = document.querySelector('#root');
  if (root === null) throw new Error('index.html has no #root');
  // What no screen's guard caught has emptied the page; the next person must not find it so.
  const onUncaughtError = (cause: unknown): void => {
    reportError(cause);
    window.hall24.failed();
  };
  createRoot(root, { onUncaughtError }).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
