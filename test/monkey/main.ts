import { mkdir, readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import type { KioskEnvironment } from '../dev/run.ts';
import { startStack } from '../dev/stack.ts';
import { Kiosk } from '../e2e/kiosk.ts';
import { needlesOf, NeedleSet, type Needle } from '../residue/needles.ts';
import { inventPerson, secretsOf } from '../residue/people.ts';
import { processesOf, searchMemory } from '../residue/processes.ts';
import { deeds, type Deed } from './touches.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Pictures of what should not be. */
const OUT = join(ROOT, 'out', 'monkey');
const SIZE = { width: 1080, height: 1920 };
/** Deeds between two looks at the screen. */
const BATCH = 50;
/** A screen without any way on for this long is dead, in milliseconds; the longest honest wait is shorter. */
const DEAD_AFTER_MS = 25_000;
/** Left alone, the kiosk is back at its attract screen after this long, in milliseconds: 180 s under the help page, 20 s more. */
const BACK_WITHIN_MS = 230_000;
/** The reader has seen by then that its place is empty, in milliseconds. */
const CARD_MS = 900;
/** Words of the log that stand for a bug. */
const BUGS = ['handler-threw', 'answer-breaks-contract', 'page-restarted', 'visit-process-died', 'queue-process-died'];

function option(args: readonly string[], name: string, fallback: number): number {
  const index = args.indexOf(name);
  const value = index === -1 ? fallback : Number(args[index + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} wants a whole number from 1`);
  return value;
}

/** In the page: touches on controls and on the glass, as quick as the page takes them. Gives nothing. */
async function touchAll(list: readonly Deed[]): Promise<void> {
  const touch = (target: Element, x: number, y: number): void => {
    const at = { bubbles: true, cancelable: true, clientX: x, clientY: y, pointerId: 1, isPrimary: true };
    target.dispatchEvent(new PointerEvent('pointerdown', at));
    target.dispatchEvent(new PointerEvent('pointerup', at));
    target.dispatchEvent(new MouseEvent('click', at));
  };
  for (const deed of list) {
    if (deed.kind === 'control') {
      // Every way out is taken one time in four only: else hardly anybody would get beyond the first screens.
      const leads = /^(结束并清除|首页|返回|退出|Finish and clear|Home|Back|Leave)/u;
      const controls = [...document.querySelectorAll('button:not([disabled])')].filter((one) => one.checkVisibility());
      const control = controls[deed.index % Math.max(1, controls.length)];
      const name = control?.getAttribute('aria-label') ?? control?.textContent?.trim() ?? '';
      if (control && (deed.index % 4 === 0 || !leads.test(name))) touch(control, 0, 0);
    } else if (deed.kind === 'tap') {
      const [x, y] = [deed.x * innerWidth, deed.y * innerHeight];
      const target = document.elementFromPoint(x, y);
      if (target) touch(target, x, y);
    }
    // A timer would wait 4 ms, a message lets what is waiting go first and no more.
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
  }
}

/** By the browser itself, like fingers: swipes, two fingers, long presses. */
async function realTouch(session: CDPSession, deed: Deed): Promise<void> {
  const send = (
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    ...points: { x: number; y: number }[]
  ): Promise<unknown> =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map((point, id) => ({ ...point, id })) });
  const glass = (x: number, y: number) => ({ x: Math.floor(x * SIZE.width), y: Math.floor(y * SIZE.height) });
  if (deed.kind === 'long') {
    await send('touchStart', glass(deed.x, deed.y));
    await new Promise((resolve) => setTimeout(resolve, 550));
    await send('touchEnd');
  } else if (deed.kind === 'swipe' || deed.kind === 'two') {
    const [from, to] = [glass(deed.x, deed.y), glass(deed.toX, deed.toY)];
    const second = deed.kind === 'two' ? [glass(deed.y, deed.x)] : [];
    // In one go: each would wait for a frame of its own, longer than fingers do.
    await Promise.all([send('touchStart', from, ...second), send('touchMove', to, ...second), send('touchEnd')]);
  }
}

/** What the screen is, whether there is a way on from it, and the modes that are on. */
function lookAtScreen(): { screen: string; ways: number; modes: string } {
  const main = [...document.querySelectorAll('main')].find((one) => one.checkVisibility());
  const controls = [...document.querySelectorAll('button:not([disabled])')].filter((one) => one.checkVisibility());
  const modes = Object.entries(document.documentElement.dataset)
    .map((one) => one.join('='))
    .join(' ');
  return { screen: main?.dataset['screen'] ?? 'none', ways: controls.length, modes };
}

/**
 * Touches at random. `--touches N` (2,000 unless told), `--seed S`, `--json`.
 * @returns 0 when no screen was dead, nothing threw, nothing was left behind and the kiosk came back to its first screen
 */
export async function main(args: readonly string[], environment: KioskEnvironment): Promise<number> {
  const touches = option(args, '--touches', 2_000);
  const seed = option(args, '--seed', 1);
  const say = (text: string): void => void (args.includes('--json') || process.stderr.write(`${text}\n`));
  const dir = await mkdtemp(join(tmpdir(), 'hall24-monkey-'));
  const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
  const kiosk = await Kiosk.start({
    executable: environment.electron.executable,
    appDir: environment.appDir,
    display: environment.display,
    stack,
    picturesDir: join(dir, 'pictures'),
    size: SIZE,
    // The same page on a quarter of the pixels: what is judged is what it does, and drawing is most of the time.
    switches: ['--force-device-scale-factor=0.5'],
  });
  const screens: Record<string, number> = {};
  const dead: string[] = [];
  const needles: Needle[] = [];
  let done = 0;
  let back = false;
  /** The screen that was seen last. */
  let last = '';
  let residue = 0;
  let people = 0;
  let fault: string | null = null;
  const lay = (): void => {
    const person = inventPerson();
    people += 1;
    for (const [what, text] of Object.entries(secretsOf(person)).slice(0, 3)) {
      needles.push(...needlesOf(`card ${people}`, what, text));
    }
    stack.bench.reader.removeCard();
    stack.bench.reader.layCard(person.card);
  };
  const begun = performance.now();
  try {
    const row = deeds(seed);
    let wayOnAt = performance.now();
    const hands = new Map<Page, CDPSession>();
    while (done < touches) {
      const batch = Array.from({ length: Math.min(BATCH, touches - done) }, () => row.next().value);
      done += batch.length;
      try {
        const page = await kiosk.atKiosk();
        const hand = hands.get(page) ?? (await page.context().newCDPSession(page));
        if (!hands.has(page)) hands.clear();
        hands.set(page, hand);
        for (const deed of batch) {
          if (deed.kind === 'card' && deed.laid) lay();
          else if (deed.kind === 'card') stack.bench.reader.removeCard();
          else if (deed.kind === 'scan') stack.bench.actions.scan('HP1:000000000000');
          else if (deed.kind === 'key') await page.keyboard.press(deed.key);
          else if (deed.kind === 'long' || deed.kind === 'swipe' || deed.kind === 'two') {
            await realTouch(hand, deed);
          }
        }
        await page.evaluate(
          touchAll,
          batch.filter(({ kind }) => kind === 'tap' || kind === 'control'),
        );
        const { screen, ways } = await page.evaluate(lookAtScreen);
        screens[screen] = (screens[screen] ?? 0) + 1;
        // Who is asked for a card lays one, after a moment, and takes it back.
        if (screen === 'card') {
          stack.bench.reader.removeCard();
          await new Promise((resolve) => setTimeout(resolve, CARD_MS));
          lay();
        }
        if (ways > 0) wayOnAt = performance.now();
        else if (performance.now() - wayOnAt > DEAD_AFTER_MS) {
          dead.push(screen);
          wayOnAt = performance.now();
        }
      } catch (cause) {
        // A visit that ends takes its page along in the middle of a batch.
        const message = cause instanceof Error ? cause.message : String(cause);
        if (!/closed|destroyed|navigat|crash/i.test(message)) throw cause;
      }
      if (done % 2_000 === 0) say(`${done} touches, ${Math.round((performance.now() - begun) / 1000)} s`);
    }
    const seconds = (performance.now() - begun) / 1000;
    say(`${done} touches in ${Math.round(seconds)} s; now it is left alone`);
    stack.bench.reader.removeCard();
    const limit = performance.now() + BACK_WITHIN_MS;
    while (!back && performance.now() < limit) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const page = await kiosk.atKiosk();
      const seen = await page.evaluate(lookAtScreen).catch(() => null);
      back = seen?.screen === 'attract';
      last = seen === null ? last : `${seen.screen} (${seen.modes})`;
    }
    if (!back) await mkdir(OUT, { recursive: true });
    if (!back) await kiosk.page.screenshot({ path: join(OUT, 'not-back.png') }).catch(() => undefined);
    // The old page's process has ended by then.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const set = new NeedleSet(needles);
    for (const { pid, kind } of processesOf(kiosk.pid, await kiosk.helperNames())) {
      const found = needles.length === 0 ? null : await searchMemory(pid, set);
      residue += found?.hits.length ?? 0;
      for (const { needle } of found?.hits ?? []) say(`  left in ${kind}: ${needle.owner}, ${needle.what}`);
    }
  } catch (cause) {
    fault = cause instanceof Error ? cause.message : String(cause);
  }
  const log = await readFile(join(stack.dataDir, 'logs', 'kiosk.log'), 'utf8').catch(() => '');
  const bugs = log.split('\n').filter((line) => BUGS.some((bug) => line.includes(bug)));
  const exceptions = [...kiosk.faults, ...bugs];
  for (const exception of exceptions) say(`  ${exception}`);
  await kiosk.stop();
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
  const passed = fault === null && dead.length === 0 && exceptions.length === 0 && residue === 0 && back;
  const seconds = Math.round((performance.now() - begun) / 1000);
  const result = { passed, seed, touches: done, seconds, deadScreens: dead, exceptions: exceptions.length, residue };
  const more = {
    cardsLaid: people,
    backAtAttract: back,
    ...(back ? {} : { stayedAt: last }),
    screens,
    ...(fault === null ? {} : { fault }),
  };
  process.stdout.write(
    `${JSON.stringify({ ...result, ...more, ...(exceptions.length > 0 ? { first: exceptions.slice(0, 5) } : {}) })}\n`,
  );
  return passed ? 0 : 1;
}
