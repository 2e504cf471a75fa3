import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { withKiosk } from '../../../electron/launch/prepare.ts';
import { startStack, type Stack } from '../../dev/stack.ts';
import { itemPack, WORDS } from '../../e2e/citizen.ts';
import { Kiosk } from '../../e2e/kiosk.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { footprint } from '../page/processes.ts';
import { option, withFolder } from '../queue/bench-kit.ts';
import { rounded } from '../queue/figures.ts';

export const ABOUT =
  'memory, DOM, listeners and handles over many visits, and the slope per 2,000 [--visits 300] [--every 20]';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** A picture of where a visit came to nothing, and the kiosk's log. */
const OUT = join(ROOT, 'out', 'bench');
const SIZE = { width: 1080, height: 1920 };
/** Visits that the goal speaks of, and how much more may be used after them. */
const GOAL = 2_000;
const GROWTH = 0.1;
/** Visits before the first look: caches, compiled code and the contexts that take turns come up to what they need. */
const WARM = 20;
/** Rest before a look, in milliseconds: the old page's process is gone, the next page is not made yet. */
const REST_MS = 1_200;

/** A card that was taken is missed by the reader after two looks, in milliseconds. */
const TAKEN_MS = 900;
/** A card that lies there is read within this, in milliseconds; it is laid, and a button touched, so often. */
const SEEN_MS = 5_000;
const LAYINGS = 4;
/** A button that was seen is touched within this, in milliseconds, or is gone. */
const GONE_MS = 5_000;

interface Sample {
  readonly visit: number;
  /** Shared pages are counted in parts: it moves with what else of Electron runs on the machine. */
  readonly pssMb: number;
  /** What is the kiosk's alone: no pages of files. */
  readonly ownMb: number;
  readonly processes: number;
  readonly handles: number;
  /** Descriptors of the main process alone. */
  readonly mainHandles: number;
  readonly heapMb: number;
  readonly nodes: number;
  readonly listeners: number;
}

const MEASURES = ['pssMb', 'ownMb', 'heapMb', 'nodes', 'listeners', 'handles', 'mainHandles', 'processes'] as const;

/** Visits one after the other; what grows with them would stop a kiosk that nobody restarts. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const visits = Number(option(args, 'visits', '300'));
  const every = Number(option(args, 'every', '20'));
  const samples: Sample[] = [];
  const failures: Error[] = [];
  const began = performance.now();
  await withKiosk(
    (environment) =>
      withFolder(async (dir) => {
        const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
        const picturesDir = join(dir, 'pictures');
        await mkdir(picturesDir, { recursive: true });
        const { electron, appDir, display } = environment;
        const launch = { executable: electron.executable, appDir, display, stack, size: SIZE, picturesDir };
        const kiosk = await Kiosk.start(launch);
        try {
          for (let visit = 1; visit <= WARM + visits; visit += 1) {
            await oneVisit(kiosk, stack);
            if (visit < WARM || (visit - WARM) % every !== 0) continue;
            await new Promise((resolve) => setTimeout(resolve, REST_MS));
            samples.push(await sample(kiosk, visit - WARM));
            say(JSON.stringify(samples.at(-1)));
          }
        } catch (cause) {
          // What was measured until then is told all the same.
          failures.push(cause instanceof Error ? cause : new Error(String(cause)));
          await mkdir(OUT, { recursive: true });
          await kiosk.page.screenshot({ path: join(OUT, 'visits-failed.png') }).catch(() => undefined);
          await copyFile(join(dir, 'data', 'logs', 'kiosk.log'), join(OUT, 'visits-failed.log')).catch(() => undefined);
        } finally {
          await kiosk.stop();
          await stack.stop();
        }
        return 0;
      }),
    process.platform === 'linux',
  );
  const perCore = rounded((loadavg()[0] ?? 0) / availableParallelism());
  const seconds = Math.round((performance.now() - began) / 1_000);
  const [failure] = failures;
  const made = samples.at(-1)?.visit ?? 0;
  report({ suite: 'visits', measure: 'run', visits: made, seconds, perCore, reached: failure ? false : null });
  let passed = samples.length > 2 && !failure;
  for (const key of MEASURES) {
    const { slope, first, error } = trend(samples.map((one) => [one.visit, one[key]] as const));
    const growth = first === 0 ? 0 : (slope * GOAL) / first;
    const uncertain = first === 0 ? 0 : (2 * error * GOAL) / first;
    const measured = first === 0 ? 0 : (slope * made) / first;
    // What was measured decides; the straight line on to 2,000 is told with how sure it is.
    // Proportional memory halves while a neighbour runs the same Electron: it is told, `ownMb` is judged.
    const reached = key === 'pssMb' ? null : measured <= GROWTH && growth - uncertain <= GROWTH;
    passed &&= reached !== false;
    report({
      suite: 'visits',
      measure: key,
      atFirst: rounded(first),
      growthMeasured: rounded(measured),
      [`growthOver${GOAL}`]: rounded(growth),
      plusMinus: rounded(uncertain),
      course: samples.map((one) => one[key]),
      limit: GROWTH,
      reached,
    });
  }
  if (failure) throw failure;
  return passed;
}

/**
 * Touches a button as soon as it is there, moving or not: nobody waits for movement to end. One that goes away at that moment
 * is waited for again: on a busy machine the reader sees late that the last card is gone, and the kiosk asks for it first.
 */
async function press(kiosk: Kiosk, name: string | RegExp): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await kiosk.see('button', name);
    try {
      return await kiosk.find('button', name).click({ force: true, timeout: GONE_MS });
    } catch (cause) {
      if (tries === LAYINGS) throw cause;
    }
  }
}

/** A citizen up to the second question, as quick as the kiosk allows: nothing is waited for but the kiosk. */
async function oneVisit(kiosk: Kiosk, stack: Stack): Promise<void> {
  const { actions } = stack.bench;
  await press(kiosk, WORDS.start);
  await press(kiosk, WORDS.apply['zh-CN']);
  await press(kiosk, new RegExp(`^${itemPack('rent-filing').name['zh-CN']}`));
  await press(kiosk, WORDS.begin['zh-CN']);
  await kiosk.see('heading', /身份证/);
  await layUntilRead(kiosk, stack);
  actions.removeCard();
  await press(kiosk, '租客');
  await press(kiosk, /^下一题/);
  await press(kiosk, /^结束并清除/);
  await kiosk.see('button', WORDS.start);
}

/**
 * Lays the card, and anew when nothing comes of it: where the reader had not seen the last one go, what is laid at once is
 * taken for that one and must be lifted.
 */
async function layUntilRead(kiosk: Kiosk, { bench: { actions } }: Stack): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    actions.layCard('lin');
    try {
      return await kiosk.see('button', /^下一题/, SEEN_MS);
    } catch (cause) {
      if (tries === LAYINGS) throw cause;
    }
    actions.removeCard();
    await new Promise((resolve) => setTimeout(resolve, TAKEN_MS));
  }
}

async function sample(kiosk: Kiosk, visit: number): Promise<Sample> {
  const page = await kiosk.atKiosk();
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('HeapProfiler.collectGarbage');
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0;
    const { pssMb, ownMb, processes, handles } = await footprint(kiosk.pid);
    return {
      visit,
      pssMb,
      ownMb,
      processes,
      handles,
      mainHandles: (await readdir(`/proc/${kiosk.pid}/fd`)).length,
      heapMb: rounded(of('JSHeapUsedSize') / 1_048_576),
      nodes: of('Nodes'),
      listeners: of('JSEventListeners'),
    };
  } finally {
    await session.detach();
  }
}

/** The straight line through the points by least squares: its slope with its standard error, and its value at the start. */
function trend(points: readonly (readonly [x: number, y: number])[]): {
  readonly slope: number;
  readonly first: number;
  readonly error: number;
} {
  const mean = (pick: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / Math.max(1, points.length);
  const [x, y] = [mean(([at]) => at), mean(([, value]) => value)];
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  const slope = spread === 0 ? 0 : points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
  const first = y - slope * x;
  const off = points.reduce((sum, [at, value]) => sum + (value - first - slope * at) ** 2, 0);
  const error = points.length < 3 || spread === 0 ? 0 : Math.sqrt(off / (points.length - 2) / spread);
  return { slope, first, error };
}
