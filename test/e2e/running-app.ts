import { spawn, type ChildProcess } from 'node:child_process';
import { _electron, chromium, type ElectronApplication, type Page } from 'playwright-core';
import type { Stack } from '../dev/stack.ts';

/** Longest wait for the app's first page, in milliseconds. */
const START_MS = 60_000;

/** What a kiosk in Electron is started with. */
export interface AppLaunch {
  /** The Electron to run; a packed build is its own. */
  readonly executable: string;
  /** Folder of the built app; null for a packed build. */
  readonly appDir: string | null;
  /** Variables for the display. */
  readonly display: Readonly<Record<string, string>>;
  readonly stack: Stack;
  /** Size of the window; null for the whole screen, as at a hall. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** More switches for Electron. */
  readonly switches?: readonly string[];
}

/** A kiosk that runs, however it was reached. */
export interface RunningApp {
  readonly process: ChildProcess;
  /** The first page. */
  readonly page: Page;
  /** All pages there are, those in the background too. */
  pages(): readonly Page[];
  /** Told of every page to come. */
  onPage(listener: (page: Page) => void): void;
  /** The driver's hold on the main process; a packed build has no inspector and so none. */
  readonly electron: ElectronApplication | null;
}

function environmentOf(launch: AppLaunch): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // The kiosk starts as it does at a hall, where nobody keeps for it what was compiled before.
  const own = inherited.filter(([name]) => name !== 'NODE_COMPILE_CACHE');
  return {
    ...Object.fromEntries(own),
    ...launch.display,
    HALL24_DATA: launch.stack.dataDir,
    HALL24_FIRST_CONFIG: launch.stack.configPath,
    ...(launch.size ? { HALL24_WINDOW: `${launch.size.width}x${launch.size.height}` } : {}),
  };
}

/** As root Chromium refuses to run with its sandbox. */
function switches(): string[] {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--use-fake-device-for-media-stream',
    '--log-level=3',
  ];
}

/** Starts the kiosk and waits for its page. Rejects when it does not come. */
export function startApp(launch: AppLaunch): Promise<RunningApp> {
  return launch.appDir === null ? startPacked(launch) : startUnpacked(launch, launch.appDir);
}

async function startUnpacked(launch: AppLaunch, appDir: string): Promise<RunningApp> {
  const electron = await _electron.launch({
    executablePath: launch.executable,
    args: [...switches(), ...(launch.switches ?? []), appDir],
    env: environmentOf(launch),
    timeout: START_MS,
  });
  return {
    process: electron.process(),
    page: await electron.firstWindow({ timeout: START_MS }),
    electron,
    pages: () => electron.windows(),
    onPage: (listener) => void electron.on('window', listener),
  };
}

/** A packed build is reached by remote debugging, which its drivable variant leaves open. */
async function startPacked(launch: AppLaunch): Promise<RunningApp> {
  const child = spawn(launch.executable, [...switches().slice(0, -1), '--remote-debugging-port=0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: environmentOf(launch),
  });
  try {
    const browser = await chromium.connectOverCDP(await debuggingAddress(child));
    const [context] = browser.contexts();
    if (!context) throw new Error('the packed app has no browsing context');
    const page = context.pages()[0] ?? (await context.waitForEvent('page', { timeout: START_MS }));
    return {
      process: child,
      page,
      electron: null,
      pages: () => context.pages(),
      onPage: (listener) => void context.on('page', listener),
    };
  } catch (cause) {
    child.kill('SIGKILL');
    throw cause;
  }
}

/** Reads the debugging address that Chromium prints at its start. */
function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`the packed app did not start: ${text.slice(-500)}`)), START_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = /DevTools listening on (ws:\/\/\S+)/.exec(text);
      if (!match?.[1]) return;
      clearTimeout(late);
      resolve(match[1]);
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the packed app ended with ${code}: ${text.slice(-500)}`));
    });
  });
}
