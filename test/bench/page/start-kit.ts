import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { footprint } from './processes.ts';

/** Longest wait until a program that was started can be used, in milliseconds. */
const PATIENCE_MS = 60_000;
/** After so long it is asked when it was ready: looking on would delay it. In milliseconds. */
const LEFT_ALONE_MS = 2_500;
const LOOK_MS = 500;

/** One start of one program. */
export interface Start {
  /** From the spawn until the first screen is drawn and the window stands before the others, in milliseconds. */
  readonly usableMs: number;
  /** Of that until the window stands there, with whatever it shows. */
  readonly shownMs: number;
  /** From the touch on the first screen until the home screen is drawn; null where there is none. */
  readonly homeMs: number | null;
  /** Processor time of all its processes once it has come to rest, in milliseconds. */
  readonly cpuMs: number;
}

/** What is started. */
export interface Program {
  readonly executable: string;
  readonly appDir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The button that leads from the first screen to the home screen. */
  readonly begin: RegExp | null;
}

/** Marks that a page sets for itself: the first screen is drawn, the window is shown. */
const MARKS = ['attract-drawn', 'page-shown'] as const;

/** An Electron app that does nothing but show one page the way the kiosk does: made hidden, shown when it is drawn. */
export async function writeEmptyApp(
  dir: string,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0', main: 'main.js' }));
  await writeFile(
    join(dir, 'main.js'),
    `const { app, BrowserWindow } = require('electron');
app.disableHardwareAcceleration();
app.whenReady().then(() => {
  const window = new BrowserWindow({ ...${JSON.stringify(size)}, x: 0, y: 0, useContentSize: true, frame: false, show: false,
    webPreferences: { sandbox: true, backgroundThrottling: false } });
  window.once('ready-to-show', () => {
    window.show();
    window.webContents.executeJavaScript("performance.mark('page-shown')");
  });
  window.loadFile('index.html');
});
`,
  );
  await writeFile(
    join(dir, 'index.html'),
    '<!doctype html><meta charset="utf-8"><title>empty</title><button>empty</button><script src="page.js"></script>',
  );
  await writeFile(join(dir, 'page.js'), "requestAnimationFrame(() => performance.mark('attract-drawn'));\n");
}

/** A program that runs. */
interface Running {
  readonly page: Page;
  readonly pid: number;
  /** When it was started, on the machine's clock. */
  readonly spawned: number;
}

function spawnProgram({ executable, appDir, environment }: Program, switches: readonly string[]): ChildProcess {
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return spawn(executable, [...root, '--disable-gpu', ...switches, appDir], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
}

/**
 * Starts a program and leaves it alone, as it stands at a hall: no debugging port, no driver that keeps a record of what the
 * page does. Works with its process id once `settleMs` have passed, and ends it.
 */
export async function undriven<T>(program: Program, settleMs: number, work: (pid: number) => Promise<T>): Promise<T> {
  const child = spawnProgram(program, []);
  child.stderr?.resume();
  try {
    await pause(settleMs);
    if (child.pid === undefined || child.exitCode !== null) throw new Error('the program ended by itself');
    return await work(child.pid);
  } finally {
    await end(child);
  }
}

/** Starts a program, leaves it alone for a moment, works with its page, and ends it. */
export async function withProgram<T>(program: Program, work: (running: Running) => Promise<T>): Promise<T> {
  const spawned = Date.now();
  const child = spawnProgram(program, ['--remote-debugging-port=0']);
  try {
    const address = await debuggingAddress(child);
    await pause(LEFT_ALONE_MS);
    const browser = await chromium.connectOverCDP(address);
    const [page] = browser.contexts().flatMap((context) => context.pages());
    if (!page) throw new Error('the program shows no page');
    const result = await work({ page, pid: child.pid ?? 0, spawned });
    await browser.close();
    return result;
  } finally {
    await end(child);
  }
}

/** Starts a program, leaves it alone until it can be used, asks its page when that was, and ends it. */
export function startOnce(program: Program): Promise<Start> {
  return withProgram(program, async ({ page, pid, spawned }) => {
    const times = await marksOf(page);
    const { cpuMs } = await footprint(pid);
    const homeMs = program.begin === null ? null : await toHome(page, program.begin);
    const [drawn = 0, shown = 0] = times.map((time) => time - spawned);
    return { usableMs: Math.max(drawn, shown), shownMs: shown, homeMs, cpuMs };
  });
}

/** Moments of the marks on the machine's clock; the first of each. */
async function marksOf(page: Page): Promise<number[]> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const times = await page.evaluate(
      (names) =>
        names.map((name) => {
          const [mark] = performance.getEntriesByName(name);
          return mark ? performance.timeOrigin + mark.startTime : 0;
        }),
      MARKS,
    );
    if (times.every((time) => time > 0)) return times;
    if (performance.now() > until) throw new Error('the first screen did not come');
    await pause(LOOK_MS);
  }
}

/** Touches the first screen; milliseconds by the page's own clock until the home screen is drawn. */
async function toHome(page: Page, begin: RegExp): Promise<number> {
  const drawn = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        addEventListener(
          'pointerdown',
          ({ timeStamp }) => {
            const look = (): void => {
              if (document.querySelector('[data-screen="home"]') === null) requestAnimationFrame(look);
              else requestAnimationFrame(() => resolve(performance.now() - timeStamp));
            };
            look();
          },
          { capture: true, once: true },
        );
      }),
  );
  await page.getByRole('button', { name: begin }).click();
  return drawn;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const forced = setTimeout(() => child.kill('SIGKILL'), 8_000);
  await gone;
  clearTimeout(forced);
}

/** Reads the address that Chromium prints at its start. */
function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`no debugging address: ${text.slice(-500)}`)), PATIENCE_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const address = /DevTools listening on (ws:\/\/\S+)/.exec(text)?.[1];
      if (address === undefined) return;
      clearTimeout(late);
      resolve(address);
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the program ended with ${code}: ${text.slice(-500)}`));
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
