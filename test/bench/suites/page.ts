import { mkdir } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { linkNativeModules } from '../../../electron/launch/app-dir.ts';
import { buildApp } from '../../../electron/launch/build.ts';
import { OUT } from '../../../electron/launch/paths.ts';
import { withKiosk, type KioskEnvironment } from '../../../electron/launch/prepare.ts';
import { startStack, type Stack } from '../../dev/stack.ts';
import { Kiosk } from '../../e2e/kiosk.ts';
import { typeText } from '../../e2e/typing.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { readMeter, startMeter, type PageFigures } from '../page/meter.ts';
import { writePlainReact } from '../page/plain-react/build.ts';
import { footprint, type Footprint } from '../page/processes.ts';
import { screenCosts, type ScreenCost, type Touch } from '../page/screen-cost.ts';
import { undriven, withProgram, writeEmptyApp } from '../page/start-kit.ts';
import { option, withFolder } from '../queue/bench-kit.ts';
import { rounded, summary } from '../queue/figures.ts';

export const ABOUT =
  'touch to picture, next screen, long tasks, cost of a screen, at rest: memory, processor [--journeys 2] [--visits 10] [--idle 60]';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TOUCH_MS = 100;
const SCREEN_MS = 200;
const IDLE_PSS_MB = 300;
const IDLE_CPU = 1;
const GROWTH = 0.1;
/** Pages that are made ready, catalogue and keys settle first, in milliseconds. */
const SETTLE_MS = 6_000;

/** Walks, waits and looks; the platform and the devices are programs of their own and not counted. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const journeys = Number(option(args, 'journeys', '2'));
  const visits = Number(option(args, 'visits', '10'));
  const idleSeconds = Number(option(args, 'idle', '60'));
  let passed = true;
  // On a machine that is busy with other things every time is that of the machine.
  report({
    suite: 'page',
    measure: 'load before',
    perCore: rounded((loadavg()[0] ?? 0) / availableParallelism()),
    reached: null,
  });
  const judge = (line: Readonly<Record<string, unknown>>, reached: boolean): void => {
    passed &&= reached;
    report({ suite: 'page', ...line, reached });
  };
  await withKiosk(
    (prepared) =>
      withFolder(async (dir) => {
        const environment = await asShipped(prepared);
        // Before the kiosk runs: what both have in common would be counted half.
        const emptyMb = await emptyMemory(environment, join(dir, 'empty'));
        say(`left alone for ${idleSeconds} s, on the attract screen`);
        judgeIdle('attract screen', await atRest(environment, join(dir, 'rest'), idleSeconds), emptyMb, judge);
        await atKiosk(environment, dir, async (kiosk, stack, pid) => {
          const figures: PageFigures = { touches: [], screens: [], longTasks: [] };
          for (let turn = 0; turn < journeys; turn += 1) {
            say(`journey ${turn + 1} of ${journeys}`);
            await journey(kiosk, stack, figures);
          }
          judgeJourneys(figures, judge);

          say('what a change of the screen costs');
          const costs = await screenCosts(await kiosk.atKiosk(), TOUCHES);
          const plain = await plainCosts(environment, join(dir, 'plain'));
          report(costLine(costs, plain));

          // A visit that is left alone for a minute asks whether somebody is there.
          const atHome = Math.min(idleSeconds, 45);
          say(`quiet for ${atHome} s, on the home screen`);
          judgeIdle('home screen', await idle(pid, atHome), emptyMb, judge);
          await finish(kiosk);

          say(`${visits} visits`);
          judgeVisits(await manyVisits(kiosk, stack, pid, visits), visits, judge);
        });
        return 0;
      }),
    process.platform === 'linux',
  );
  return passed;
}

/** The build that is shipped, but for the door by which a test comes in. */
async function asShipped(environment: KioskEnvironment): Promise<KioskEnvironment> {
  const appDir = join(OUT, 'bench-app');
  await buildApp({ outDir: appDir, devPanel: false, drivable: true, manifestKey: '' });
  await linkNativeModules(appDir, environment.electron);
  return { ...environment, appDir };
}

/** Proportional memory of an Electron app that shows nothing but a button, in MB. */
async function emptyMemory({ electron, display }: KioskEnvironment, dir: string): Promise<number> {
  await writeEmptyApp(dir, { width: 1080, height: 1920 });
  const program = {
    executable: electron.executable,
    appDir: dir,
    environment: { ...display, XDG_CONFIG_HOME: join(dir, 'config') },
    begin: null,
  };
  return undriven(program, SETTLE_MS, async (pid) => (await footprint(pid)).pssMb);
}

/** A kiosk that nobody has touched yet and nobody drives. */
async function atRest({ electron, appDir, display }: KioskEnvironment, dir: string, seconds: number): Promise<Rest> {
  const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
  const environment = {
    ...display,
    HALL24_DATA: stack.dataDir,
    HALL24_FIRST_CONFIG: stack.configPath,
    HALL24_WINDOW: '1080x1920',
  };
  try {
    return await undriven(
      { executable: electron.executable, appDir, environment, begin: null },
      SETTLE_MS,
      async (pid) => {
        const rest = await idle(pid, seconds);
        // One that never came up would be at rest too.
        const there = rest.each.map(({ name }) => name);
        const whole = there.includes('renderer') && there.filter((name) => name.includes('NodeService')).length === 2;
        if (!whole) throw new Error(`the kiosk is not whole: ${there.join(', ')}`);
        return rest;
      },
    );
  } finally {
    await stack.stop();
  }
}

/** From the attract screen and back to the home screen. */
const TOUCHES: readonly Touch[] = [
  ['attract > home', /轻触屏幕开始/],
  ['home > progress', /^查办理进度/],
  ['progress > home', '首页'],
  ['home > pickup-code', /^领取证照印章/],
  ['pickup-code > home', '首页'],
  ['home > find', /^办理事项/],
  ['find > guide', /^房屋租赁登记备案/],
  ['guide > home', '首页'],
];

/** The same touches on a page that has nothing but React, a heading and a button. */
async function plainCosts({ electron, display }: KioskEnvironment, dir: string): Promise<ScreenCost[]> {
  await writePlainReact(dir, { width: 1080, height: 1920 });
  const program = {
    executable: electron.executable,
    appDir: dir,
    environment: { ...display, XDG_CONFIG_HOME: join(dir, 'config') },
    begin: null,
  };
  return withProgram(program, ({ page }) =>
    screenCosts(
      page,
      TOUCHES.map((_, at): Touch => [`plain ${at}`, 'next']),
    ),
  );
}

function costLine(costs: readonly ScreenCost[], plain: readonly ScreenCost[]): Readonly<Record<string, unknown>> {
  const middle = (all: readonly ScreenCost[], key: 'cpuMs' | 'processMs'): number =>
    all.map((one) => one[key]).toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? 0;
  const [ours, reference] = [middle(costs, 'cpuMs'), middle(plain, 'cpuMs')];
  return {
    suite: 'page',
    measure: 'processor time of a screen change, ms: main thread and whole page process, middle',
    ours,
    reference,
    ratio: rounded(ours / reference),
    process: { ours: middle(costs, 'processMs'), reference: middle(plain, 'processMs') },
    each: costs,
    reached: null,
  };
}

type Judge = (line: Readonly<Record<string, unknown>>, reached: boolean) => void;

async function atKiosk(
  { electron, appDir, display }: KioskEnvironment,
  dir: string,
  work: (kiosk: Kiosk, stack: Stack, pid: number) => Promise<void>,
): Promise<void> {
  const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
  const picturesDir = join(dir, 'pictures');
  await mkdir(picturesDir, { recursive: true });
  const size = { width: 1080, height: 1920 };
  const kiosk = await Kiosk.start({ executable: electron.executable, appDir, display, stack, size, picturesDir });
  try {
    await kiosk.see('button', /轻触屏幕开始/);
    await pause(SETTLE_MS);
    await work(kiosk, stack, kiosk.pid);
  } finally {
    await kiosk.stop();
    await stack.stop();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function measured(kiosk: Kiosk, into: PageFigures): Promise<void> {
  const read = await readMeter(await kiosk.atKiosk());
  into.touches.push(...read.touches);
  into.screens.push(...read.screens);
  into.longTasks.push(...read.longTasks);
}

/** A case as far as the fourth question, with help and accessibility on the way: every kind of input is touched. */
async function journey(kiosk: Kiosk, stack: Stack, figures: PageFigures): Promise<void> {
  await startMeter(await kiosk.atKiosk());
  await kiosk.tap('button', /轻触屏幕开始/);
  await kiosk.tap('button', /^查办理进度/);
  await kiosk.tap('button', '首页');
  await kiosk.tap('button', /^领取证照印章/);
  await kiosk.digits('1234');
  await kiosk.tap('button', '首页');
  await kiosk.tap('button', 'English');
  await kiosk.tap('button', '中文');
  await toForm(kiosk, stack);
  await kiosk.tap('button', '租客');
  await kiosk.tap('button', /^下一题/);
  await kiosk.digits('13800000024');
  await kiosk.tap('button', /^下一题/);
  await typeText(kiosk, '周测安');
  await kiosk.tap('button', '求助');
  await kiosk.tap('button', /^不用了，接着办/);
  await kiosk.tap('button', '无障碍');
  await kiosk.tap('button', /^好了，接着办/);
  await kiosk.tap('button', /^下一题/);
  await kiosk.digits('990001198506200010');
  await kiosk.tap('button', /^下一题/);
  await measured(kiosk, figures);
  await finish(kiosk);
}

async function toForm(kiosk: Kiosk, stack: Stack): Promise<void> {
  await kiosk.tap('button', /^办理事项/);
  await kiosk.tap('button', /^房屋租赁登记备案/);
  await kiosk.tap('button', /^开始办理/);
  await kiosk.see('heading', /身份证/);
  stack.bench.actions.layCard('lin');
  await kiosk.see('button', /^下一题/);
  stack.bench.actions.removeCard();
}

async function finish(kiosk: Kiosk): Promise<void> {
  await kiosk.tap('button', /^结束并清除/);
  await kiosk.see('button', /轻触屏幕开始/);
}

function judgeJourneys(figures: PageFigures, judge: Judge): void {
  const touches = summary(figures.touches, figures.touches.length, 1_000);
  const screens = summary(
    figures.screens.map(({ ms }) => ms),
    figures.screens.length,
    1_000,
  );
  const first = summary(
    figures.screens.map(({ firstMs }) => firstMs),
    figures.screens.length,
    1_000,
  );
  const slowest = figures.screens.toSorted((a, b) => b.ms - a.ms).slice(0, 8);
  const line = ({ calls, p50, p99, max }: typeof touches): object => ({ touches: calls, p50, p99, max });
  judge({ measure: 'touch to picture, ms', ...line(touches), limit: TOUCH_MS }, touches.p99 <= TOUCH_MS);
  judge(
    { measure: 'touch to next screen, ms', ...line(screens), firstPicture: line(first), slowest, limit: SCREEN_MS },
    screens.calls > 0 && screens.p99 <= SCREEN_MS,
  );
  const worst = figures.longTasks.toSorted((a, b) => b.ms - a.ms).slice(0, 5);
  judge({ measure: 'tasks over 50 ms', count: figures.longTasks.length, worst }, figures.longTasks.length === 0);
}

/** A program at rest: its footprint, % of one core, and how often a thread slept a second; by process as well. */
interface Rest {
  readonly at: Footprint;
  readonly cpu: number;
  readonly wakesPerSecond: number;
  readonly each: readonly { readonly name: string; readonly cpu: number; readonly wakesPerSecond: number }[];
}

async function idle(pid: number, seconds: number): Promise<Rest> {
  await pause(5_000);
  const before = await footprint(pid);
  const began = performance.now();
  await pause(seconds * 1_000);
  const at = await footprint(pid);
  const ms = performance.now() - began;
  const rates = (now: { cpuMs: number; sleeps: number }, then?: { cpuMs: number; sleeps: number }) => ({
    cpu: rounded(((now.cpuMs - (then?.cpuMs ?? 0)) / ms) * 100),
    wakesPerSecond: rounded(((now.sleeps - (then?.sleeps ?? 0)) / ms) * 1_000),
  });
  const each = [...at.each].map(([one, used]) => ({ name: used.name, ...rates(used, before.each.get(one)) }));
  return { at, ...rates(at, before), each };
}

function judgeIdle(where: string, { at, cpu, wakesPerSecond, each }: Rest, emptyMb: number, judge: Judge): void {
  const { pssMb, processes, handles } = at;
  judge(
    { measure: `idle on the ${where}: memory, PSS in MB`, pssMb, emptyMb, processes, handles, limit: IDLE_PSS_MB },
    pssMb <= IDLE_PSS_MB,
  );
  judge(
    { measure: `idle on the ${where}: processor, % of one core`, cpu, wakesPerSecond, each, limit: IDLE_CPU },
    cpu <= IDLE_CPU,
  );
}

/** Memory, DOM and handles after a visit. */
interface Sample {
  readonly pssMb: number;
  readonly processes: number;
  readonly handles: number;
  readonly heapMb: number;
  readonly nodes: number;
  readonly listeners: number;
}

async function sample(kiosk: Kiosk, pid: number): Promise<Sample> {
  const page = await kiosk.atKiosk();
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('HeapProfiler.collectGarbage');
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0;
    const { pssMb, processes, handles } = await footprint(pid);
    return {
      pssMb,
      processes,
      handles,
      heapMb: rounded(of('JSHeapUsedSize') / 1_048_576),
      nodes: of('Nodes'),
      listeners: of('JSEventListeners'),
    };
  } finally {
    await session.detach();
  }
}

/** Visits up to the first question, one after the other; the first tenth warms up and is not judged. */
async function manyVisits(kiosk: Kiosk, stack: Stack, pid: number, visits: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const every = Math.max(1, Math.floor(visits / 10));
  for (let visit = 1; visit <= visits; visit += 1) {
    await kiosk.tap('button', /轻触屏幕开始/);
    await toForm(kiosk, stack);
    await finish(kiosk);
    if (visit % every !== 0) continue;
    await pause(1_500);
    samples.push(await sample(kiosk, pid));
  }
  return samples;
}

function judgeVisits(samples: readonly Sample[], visits: number, judge: Judge): void {
  const half = Math.max(1, Math.floor(samples.length / 2));
  const mean = (some: readonly Sample[], key: keyof Sample): number =>
    some.reduce((all, one) => all + one[key], 0) / Math.max(1, some.length);
  for (const key of ['pssMb', 'heapMb', 'nodes', 'listeners', 'handles', 'processes'] as const) {
    const [first, second] = [mean(samples.slice(0, half), key), mean(samples.slice(-half), key)];
    const growth = first === 0 ? 0 : second / first - 1;
    const course = samples.map((one) => one[key]);
    judge(
      { measure: `${key} over ${visits} visits`, growth: rounded(growth), course, limit: GROWTH },
      growth <= GROWTH,
    );
  }
}
