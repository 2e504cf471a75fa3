import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withKiosk, type KioskEnvironment } from '../../../electron/launch/prepare.ts';
import { startStack } from '../../dev/stack.ts';
import { startApp, type RunningApp } from '../../e2e/running-app.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { fill, option, withFolder } from '../queue/bench-kit.ts';
import { BenchPlatform } from '../queue/drain-kit.ts';
import { rounded, summary } from '../queue/figures.ts';
import { SlowLink } from '../queue/link.ts';
import { slowDisk } from '../queue/slow-disk.ts';

export const ABOUT = 'the window while a backlog drains, in real Electron, fsync +5 ms [--cases 10000] [--delay 5]';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Calls of the page and the main process's timers, idle and while the queue drains. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const cases = Number(option(args, 'cases', '10000'));
  const delay = Number(option(args, 'delay', '5'));
  let reached = false;
  await withKiosk(async (environment) => {
    const idle = await withFolder((dir) => watch(environment, dir, 0, delay));
    report({ suite: 'ui', measure: 'idle', ...idle, reached: null });
    say(`draining ${cases} cases`);
    const busy = await withFolder((dir) => watch(environment, dir, cases, delay));
    reached = busy.ipcMs.p99 <= 5 && busy.mainLagMs.p99 <= 5;
    report({ suite: 'ui', measure: `while ${cases} cases drain, fsync +${delay} ms`, ...busy, reached });
    return 0;
  }, process.platform === 'linux');
  return reached;
}

interface Watched {
  readonly fsyncDelayMs: number | null;
  readonly drainedPerSecond: number | null;
  readonly ipcMs: ReturnType<typeof summary>;
  readonly mainLagMs: ReturnType<typeof summary>;
}

async function watch(environment: KioskEnvironment, dir: string, cases: number, delay: number): Promise<Watched> {
  const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
  // It stands elsewhere: what it does with processor and disk is no load of the kiosk's.
  const platform = await BenchPlatform.start(dir, 'memory');
  platform.stepBack();
  const link = new SlowLink(platform.port, null);
  await link.up();
  await redirect(stack.configPath, link.port);
  await link.down();
  await fill('ours', dir, '', cases);
  if (cases > 0) {
    await mkdir(stack.dataDir, { recursive: true });
    await rename(join(dir, 'ours'), join(stack.dataDir, 'store'));
  }
  const slow = await slowDisk(dir, delay);
  const { electron, appDir, display } = environment;
  const launch = { executable: electron.executable, appDir, stack, size: { width: 1080, height: 1920 } };
  const app = await startApp({ ...launch, display: { ...display, ...slow } });
  try {
    // Start-up is measured elsewhere.
    await app.page.waitForTimeout(6_000);
    await startLagMeter(app);
    const begun = performance.now();
    const calls = app.page.evaluate(callUntilTold, cases > 0 ? 120_000 : 6_000);
    let drainedPerSecond: number | null = null;
    if (cases > 0) {
      await link.up();
      const from = platform.kept;
      drainedPerSecond = rounded(cases / (((await platform.until(from + cases, 110_000)) - begun) / 1000));
      await app.page.evaluate(() => {
        (globalThis as { stopCalls?: boolean }).stopCalls = true;
      });
    }
    const times = await calls;
    const lags = await readLagMeter(app);
    return {
      fsyncDelayMs: slow ? delay : null,
      drainedPerSecond,
      ipcMs: summary(times, times.length, performance.now() - begun),
      mainLagMs: summary(lags, lags.length, performance.now() - begun),
    };
  } finally {
    const gone = new Promise<void>((resolve) => app.process.once('exit', () => resolve()));
    app.process.kill('SIGTERM');
    await gone;
    await link.down();
    platform.stop();
    await stack.stop();
  }
}

/** Lets the kiosk talk to the platform for measuring. */
async function redirect(configPath: string, port: number): Promise<void> {
  const config = JSON.parse(await readFile(configPath, 'utf8')) as { platform: { baseUrl: string } };
  config.platform.baseUrl = `http://127.0.0.1:${port}`;
  await writeFile(configPath, JSON.stringify(config));
}

/** In the page: one call after the other, 10 ms apart; gives each one's milliseconds. */
async function callUntilTold(limitMs: number): Promise<number[]> {
  const page = globalThis as unknown as {
    stopCalls?: boolean;
    hall24: { call(name: string, input: unknown): Promise<unknown> };
  };
  const times: number[] = [];
  const begun = performance.now();
  while (!page.stopCalls && performance.now() - begun < limitMs) {
    const at = performance.now();
    await page.hall24.call('kiosk.snapshot', {});
    times.push(performance.now() - at);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return times;
}

/** In the main process: how much later than wanted a timer of 5 ms comes. */
async function startLagMeter(app: RunningApp): Promise<void> {
  await app.electron?.evaluate(() => {
    const main = globalThis as { lags?: number[] };
    const lags: number[] = [];
    main.lags = lags;
    const wait = (): void => {
      const at = performance.now();
      setTimeout(() => {
        lags.push(Math.max(0, performance.now() - at - 5));
        wait();
      }, 5);
    };
    wait();
  });
}

async function readLagMeter(app: RunningApp): Promise<number[]> {
  return (await app.electron?.evaluate(() => (globalThis as { lags?: number[] }).lags ?? [])) ?? [];
}
