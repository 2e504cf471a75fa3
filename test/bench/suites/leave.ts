import { mkdir } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { prepareApp } from '../../../electron/launch/prepare.ts';
import { startStack } from '../../dev/stack.ts';
import { toFirstQuestion } from '../../e2e/citizen.ts';
import { Kiosk } from '../../e2e/kiosk.ts';
import { lives } from '../../residue/processes.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { Glass, groundOf, leftOf, partOf } from '../../support/glass.ts';
import { option, withFolder } from '../queue/bench-kit.ts';
import { rounded, summary } from '../queue/figures.ts';

export const ABOUT =
  'a visit ends: blank glass, the page gone, the next one there, no flash [--visits 20] [--timeout 1: one more, left alone]';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SIZE = { width: 1080, height: 1920 };
/** From the touch, in milliseconds. */
const BLANK_MS = 100;
const GONE_MS = 2_000;
/** As much of what was there may look the same on the next screen: lines and signs in the same place. */
const SAME = 0.3;
/** Parts of the glass: so much white between two screens is a flash, so much black is bare desktop. */
const FLASH = 0.5;
const DESKTOP = 0.02;
const BLACK = 0x000000;
const WHITE = 0xffffff;
/** Rest before the touch that ends the visit, in milliseconds: everything has come in, the reader saw the card go. */
const STILL_MS = 1_000;

interface Leaving {
  readonly blankMs: number;
  readonly goneMs: number;
  readonly nextMs: number;
  readonly flashes: number;
}

/** The glass itself is looked at every 4 ms: what counts is what a person in front of it sees. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const visits = Number(option(args, 'visits', '20'));
  const timeout = option(args, 'timeout', '0') !== '0';
  const { electron, appDir } = await prepareApp(true);
  const glass = await Glass.start(SIZE);
  const all: Leaving[] = [];
  let silent: Leaving | null = null;
  try {
    await withFolder(async (dir) => {
      const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
      const picturesDir = join(dir, 'pictures');
      await mkdir(picturesDir, { recursive: true });
      const launch = { executable: electron.executable, appDir, display: glass.env, stack, size: SIZE, picturesDir };
      const kiosk = await Kiosk.start(launch);
      try {
        for (let visit = 0; visit < visits; visit += 1) {
          await toFirstQuestion(kiosk, stack.bench, STILL_MS);
          all.push(await leave(kiosk, glass, null));
          say(`visit ${visit + 1}: ${JSON.stringify(all.at(-1))}`);
        }
        if (timeout) {
          await toFirstQuestion(kiosk, stack.bench, STILL_MS);
          say('left alone');
          silent = await leave(kiosk, glass, 110_000);
        }
      } finally {
        await kiosk.stop();
        await stack.stop();
      }
    });
  } finally {
    await glass.stop();
  }
  const times = (key: 'blankMs' | 'goneMs' | 'nextMs'): ReturnType<typeof summary> =>
    summary(
      all.map((one) => one[key]),
      all.length,
      1_000,
    );
  let passed = all.length === visits;
  const judge = (measure: string, line: Readonly<Record<string, unknown>>, reached: boolean): void => {
    passed &&= reached;
    report({ suite: 'leave', measure, ...line, reached });
  };
  const perCore = rounded((loadavg()[0] ?? 0) / availableParallelism());
  report({ suite: 'leave', measure: 'load', perCore, reached: null });
  const [blank, gone, next] = [times('blankMs'), times('goneMs'), times('nextMs')];
  judge('touch to blank glass, ms', { ...blank, limit: BLANK_MS }, blank.p99 <= BLANK_MS);
  judge('touch to the end of the page and its process, ms', { ...gone, limit: GONE_MS }, gone.max <= GONE_MS);
  report({ suite: 'leave', measure: 'touch to the next first screen, ms', ...next, reached: null });
  const flashes = all.reduce((sum, one) => sum + one.flashes, 0);
  judge('looks that saw bare desktop or white', { flashes }, flashes === 0);
  if (silent !== null) {
    const { flashes: seen } = silent as Leaving;
    judge('left alone: looks that saw bare desktop or white', { flashes: seen }, seen === 0);
  }
  return passed;
}

/** Ends the visit by its button, or waits until it ends by itself within `aloneMs`. */
async function leave(kiosk: Kiosk, glass: Glass, aloneMs: number | null): Promise<Leaving> {
  const pid = await kiosk.pageProcess();
  let before = glass.look();
  let [blankAt, goneAt, nextAt, flashes, lastOld] = [0, 0, 0, 0, 0];
  const box = aloneMs === null ? await kiosk.find('button', /^结束并清除/).boundingBox() : null;
  const from = performance.now();
  const pressed =
    box === null ? Promise.resolve() : kiosk.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  // The driver's answer may go with the page.
  const done = pressed.catch(() => undefined);
  const timedOut = async (): Promise<void> => {
    await kiosk.see('heading', /还在吗|需要更多时间|还需要/, 90_000);
    await new Promise((resolve) => setTimeout(resolve, STILL_MS));
    before = glass.look();
  };
  if (aloneMs !== null) await timedOut();
  const whole = await glass.watch((look) => {
    const left = leftOf(before, look);
    if (left >= SAME) lastOld = look.at;
    else if (blankAt === 0) blankAt = look.at;
    // Screens have white of their own; from when the old one is gone until the next one is there none may be.
    const between = blankAt !== 0 && nextAt === 0;
    if (partOf(look, BLACK) > DESKTOP || (between && partOf(look, WHITE) > FLASH)) flashes += 1;
    if (goneAt === 0 && !lives(pid)) goneAt = look.at;
    if (blankAt !== 0 && nextAt === 0 && partOf(look, groundOf(look)) < 0.9) nextAt = look.at;
    return blankAt !== 0 && goneAt !== 0 && nextAt !== 0;
  }, aloneMs ?? 15_000);
  await done;
  if (!whole) throw new Error('the visit did not end on the glass');
  const start = aloneMs === null ? from : lastOld;
  await kiosk.see('button', /轻触屏幕开始/);
  const since = (at: number): number => rounded(Math.max(0, at - start));
  return { blankMs: since(blankAt), goneMs: since(goneAt), nextMs: since(nextAt), flashes };
}
