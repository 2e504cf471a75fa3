import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { ItemPack } from '../../../electron/domain/item-pack.ts';
import { testCells } from '../../dev/kiosk-config.ts';
import type { KioskEnvironment } from '../../dev/run.ts';
import { startStack, type Stack } from '../../dev/stack.ts';
import { itemPack, WORDS } from '../../e2e/citizen.ts';
import { itemsTaken } from '../../e2e/journey.ts';
import { Kiosk } from '../../e2e/kiosk.ts';
import { fillCell, lockOf } from '../../e2e/pickup.ts';
import type { Holdings } from '../../platform/holdings.ts';
import type { Campaign } from './campaign.ts';
import type { Dice } from './dice.ts';
import type { Verdict } from './history.ts';
import { inFolder } from './store-kit.ts';

/** What is killed in the running kiosk. The queue process has a campaign of its own. */
export const TARGETS = ['main', 'page', 'visit'] as const;
export type Target = (typeof TARGETS)[number];

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SIZE = { width: 1080, height: 1920 };
const LOCKER = 'locker-cu48';
const ITEM = 'senior-card';
/** The screen must be usable again within this, in milliseconds; nobody waits longer than `GIVE_UP_MS` to find that out. */
const USABLE_MS = 10_000;
const GIVE_UP_MS = 60_000;
/** Longest wait for one step of a visit, and for the platform to have everything, in milliseconds. */
const STEP_MS = 20_000;
const DRAIN_MS = 45_000;
/** A reader has looked at its empty place often enough by then, in milliseconds. */
const SEEN_GONE_MS = 1_200;

/** A pick-up that was laid, and what became of its door. */
interface Laid {
  readonly pickupId: string;
  readonly cell: string;
  readonly pulsesBefore: number;
  /** Somebody saw on the screen that the door is open. */
  told: boolean;
}

/** What is remembered of one kiosk. */
interface Memory {
  /** Tracking numbers that people saw on the screen. */
  readonly numbers: Set<string>;
  readonly laid: Laid[];
  readonly problems: string[];
  readonly usableMs: number[];
  /** Screen that was there when it was killed, with how often. */
  readonly screens: Record<string, number>;
}

/** Kills `kills` times in one kiosk, in turn what `targets` names, and judges it. Gives how long the screen took to be usable. */
export async function killApp(
  campaign: Campaign,
  environment: KioskEnvironment,
  { dice, targets }: { readonly dice: Dice; readonly targets: readonly Target[] },
): Promise<Pick<Memory, 'usableMs' | 'screens'>> {
  return inFolder(async (dir) => {
    const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
    await stack.platform.publishItems([shortPack()]);
    const picturesDir = join(dir, 'pictures');
    await mkdir(picturesDir, { recursive: true });
    const { electron, appDir, display } = environment;
    const launch = { executable: electron.executable, appDir, display, stack, picturesDir, size: SIZE };
    const kiosk = await Kiosk.start(launch);
    const memory: Memory = { numbers: new Set(), laid: [], problems: [], usableMs: [], screens: {} };
    try {
      await itemsTaken(stack);
      for (const [turn, target] of targets.entries()) {
        const visit = { over: new AbortController(), cardLaid: false, cut: false };
        const once = { kiosk, stack, dice, memory, turn, target, visit };
        const stuck = await killOnce(once).then(
          () => null,
          (cause: unknown) => cause,
        );
        if (stuck === null) continue;
        // A kiosk that never gets its start button back is what this looks for.
        memory.problems.push(await tellStuck(once, stuck));
        break;
      }
      const held = await drained(stack, memory);
      const problems = [...memory.problems, ...kiosk.faults.filter((fault) => fault.startsWith('page:'))];
      const verdict = judge(held, stack, memory, problems);
      campaign.add(`app, ${targets.length} kills`, verdict, problems, targets.length);
    } finally {
      await kiosk.stop();
      await stack.stop();
    }
    return memory;
  });
}

interface Once {
  readonly kiosk: Kiosk;
  readonly stack: Stack;
  readonly dice: Dice;
  readonly memory: Memory;
  readonly turn: number;
  readonly target: Target;
  /** The visit under way: over when the start button is back; whether a card was laid in it, and whether it was cut short. */
  readonly visit: { readonly over: AbortController; cardLaid: boolean; cut: boolean };
}

/** One visit that is cut short, or had just ended. */
async function killOnce(once: Once): Promise<void> {
  const { kiosk, stack, dice, memory, turn, target } = once;
  await kiosk.see('button', WORDS.start, GIVE_UP_MS);
  const page = await kiosk.atKiosk(GIVE_UP_MS);
  const collects = (Math.floor(turn / TARGETS.length) + turn) % 3 === 0;
  // At any moment, or about when it matters most: around the submit and the opening of the door.
  const critical = dice.chance(0.6);
  const reached = { now: (): void => undefined };
  const atCore = new Promise<void>((resolve) => (reached.now = resolve));
  const visit = (collects ? collect(once, page, reached) : file(once, page, reached)).catch(() => undefined);
  if (critical) {
    await Promise.race([atCore, visit]);
    await pause(dice.between(0, 2_500));
  } else await Promise.race([visit, pause(dice.between(0, 9_000))]);
  const screen = await page
    .evaluate(() => [...document.querySelectorAll('main')].find((one) => one.checkVisibility())?.dataset['screen'])
    .catch(() => 'none');
  memory.screens[screen ?? 'none'] = (memory.screens[screen ?? 'none'] ?? 0) + 1;
  const begun = performance.now();
  once.visit.cut = true;
  await kill(kiosk, target);
  // Whoever stands there takes the card; the kiosk asks for one that is left before it lets the next one begin.
  stack.bench.reader.removeCard();
  // Who runs it starts it anew, as systemd does with the packed build.
  if (target === 'main') await kiosk.restart();
  await kiosk.see('button', WORDS.start, GIVE_UP_MS);
  const took = Math.round(performance.now() - begun);
  memory.usableMs.push(took);
  if (took > USABLE_MS)
    memory.problems.push(`the screen was usable ${took} ms after ${target} was killed at ${screen}`);
  // Its page is not at the kiosk any more, whatever it still waits for.
  once.visit.over.abort();
  await visit;
  stack.bench.reader.removeCard();
  for (const { cell } of memory.laid) stack.bench.actions.closeDoor(LOCKER, lockOf(cell));
  if (once.visit.cardLaid) await pause(SEEN_GONE_MS);
}

/** What the screen shows that never came back, with a picture of it and the kiosk's log kept for whoever looks into it. */
async function tellStuck({ kiosk, stack, memory, turn, target }: Once, cause: unknown): Promise<string> {
  const kept = join(ROOT, 'out', 'fault', `stuck-${process.pid}-${String(turn)}`);
  await mkdir(kept, { recursive: true });
  const page = await kiosk.atKiosk(1).catch(() => kiosk.page);
  const screen = await page
    .evaluate(() => document.querySelector('main')?.dataset['screen'] ?? 'none')
    .catch(() => 'none that answers');
  await page.screenshot({ path: join(kept, 'screen.png'), timeout: STEP_MS }).catch(() => undefined);
  await cp(stack.dataDir, join(kept, 'data'), { recursive: true }).catch(() => undefined);
  const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
  const killed = JSON.stringify(memory.screens);
  return `stuck at ${screen} with ${target} as number ${turn} (${reason}), killed before at ${killed}; see ${kept}`;
}

async function kill(kiosk: Kiosk, target: Target): Promise<void> {
  if (target === 'main') return kiosk.kill();
  if (target === 'page') return void process.kill(await kiosk.pageProcess(), 'SIGKILL');
  const helper = [...(await kiosk.helperNames())].find(([, name]) => name === 'hall24-visit');
  if (!helper) throw new Error('there is no visit process');
  process.kill(helper[0], 'SIGKILL');
}

type Reached = { now: () => void };

/** Waits for something as long as the visit lasts. */
function during<T>({ visit }: Once, work: Promise<T>): Promise<T> {
  const { signal } = visit.over;
  return new Promise((resolve, reject) => {
    const over = (): void => reject(new Error('the visit is over'));
    if (signal.aborted) over();
    signal.addEventListener('abort', over, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', over));
  });
}

/** Files a case on one page; what happens to the page ends it. */
async function file(once: Once, page: Page, reached: Reached): Promise<void> {
  const { stack, memory, visit } = once;
  await tap(once, page, WORDS.start);
  await tap(once, page, WORDS.apply['zh-CN']);
  await tap(once, page, new RegExp(`^${itemPack(ITEM).name['zh-CN']}`));
  await tap(once, page, WORDS.begin['zh-CN']);
  await heading(once, page, /身份证/);
  await during(once, pause(SEEN_GONE_MS));
  // A card on the reader begins the next visit.
  if (visit.cut) throw new Error('the visit is over');
  visit.cardLaid = true;
  stack.bench.actions.layCard('elder');
  await tap(once, page, /同意/);
  stack.bench.reader.removeCard();
  await tap(once, page, WORDS.next['zh-CN']);
  await tap(once, page, WORDS.submit['zh-CN'], reached);
  const number = page.locator('.tracking-no').first();
  await during(once, number.waitFor({ timeout: STEP_MS }));
  const shown = /[A-Z]{2}\d{2} \d{6} \d{4,6} \d/.exec((await number.textContent()) ?? '')?.[0];
  if (shown === undefined) throw new Error('no number is shown');
  memory.numbers.add(shown);
  await during(once, pause(1_500));
  await tap(once, page, WORDS.finish['zh-CN']);
}

/** Collects from a cell of its own. */
async function collect(once: Once, page: Page, reached: Reached): Promise<void> {
  const { stack, memory } = once;
  const cell = Object.keys(testCells(0))[memory.laid.length];
  if (cell === undefined) throw new Error('the locker has no cell left');
  const code = await fillCell({ kiosk: once.kiosk, stack, step: () => undefined }, cell);
  const pickupId = (await stack.platform.holdings()).pickups.find((one) => one.cell === cell)?.pickupId ?? '';
  const laid: Laid = { pickupId, cell, pulsesBefore: pulsesOf(stack, cell), told: false };
  memory.laid.push(laid);
  await tap(once, page, WORDS.start);
  await tap(once, page, WORDS.collect['zh-CN']);
  await heading(once, page, /领取码/);
  reached.now();
  stack.bench.actions.scan(`HP1:${code}`);
  await heading(once, page, `${cell} 号柜门开了，请取走`);
  laid.told = true;
  await during(once, pause(800));
  stack.bench.actions.closeDoor(LOCKER, lockOf(cell));
  await heading(once, page, `${cell} 号柜门关好了`);
  await tap(once, page, WORDS.finish['zh-CN']);
}

function heading(once: Once, page: Page, name: string | RegExp): Promise<void> {
  return during(once, page.getByRole('heading', { name }).first().waitFor({ timeout: STEP_MS }));
}

async function tap(once: Once, page: Page, name: string | RegExp, reached?: Reached): Promise<void> {
  const button = page.getByRole('button', { name }).filter({ visible: true }).first();
  await during(once, button.waitFor({ timeout: STEP_MS }));
  reached?.now();
  await during(once, button.click({ timeout: STEP_MS }));
}

/** Waits until the platform has whatever people were told, and gives what it holds. */
async function drained(stack: Stack, memory: Memory): Promise<Holdings> {
  const end = performance.now() + DRAIN_MS;
  for (;;) {
    const held = await stack.platform.holdings();
    const numbers = new Set(held.cases.map(({ trackingNumber }) => trackingNumber));
    const all =
      [...memory.numbers].every((number) => numbers.has(number)) && memory.laid.every((one) => isTold(held, one));
    if (all || performance.now() > end) return held;
    await pause(200);
  }
}

const isTold = (held: Holdings, { pickupId, told }: Laid): boolean =>
  !told || held.pickups.some((one) => one.pickupId === pickupId && one.events.some(({ event }) => event === 'opened'));

function judge(held: Holdings, stack: Stack, memory: Memory, problems: string[]): Verdict {
  const counts = { acknowledged: 0, lost: 0, duplicated: 0, reordered: 0, corrupt: 0, wedged: problems.length };
  const say = (what: 'lost' | 'duplicated' | 'corrupt', text: string): void => {
    counts[what] += 1;
    problems.push(`${what}: ${text}`);
  };
  const cases = new Map<string, number>();
  for (const { trackingNumber, payload } of held.cases) {
    cases.set(trackingNumber, (cases.get(trackingNumber) ?? 0) + 1);
    if (payload === null) say('corrupt', trackingNumber);
  }
  for (const [number, count] of cases) if (count > 1) say('duplicated', `${number} came ${count} times`);
  for (const number of memory.numbers) if (!cases.has(number)) say('lost', number);
  for (const laid of memory.laid) {
    const pulses = pulsesOf(stack, laid.cell) - laid.pulsesBefore;
    if (pulses > 1) say('duplicated', `door ${laid.cell} got ${pulses} pulses`);
    if (laid.told && pulses === 0) say('lost', `door ${laid.cell} was called open and got no pulse`);
    if (!isTold(held, laid)) say('lost', `the platform was not told of door ${laid.cell}`);
    const events = held.pickups.find((one) => one.pickupId === laid.pickupId)?.events ?? [];
    if (events.filter(({ event }) => event === 'opened').length > 1)
      say('duplicated', `door ${laid.cell} is opened twice`);
  }
  counts.acknowledged = memory.numbers.size + memory.laid.filter(({ told }) => told).length;
  return counts;
}

function pulsesOf(stack: Stack, cell: string): number {
  const lock = lockOf(cell);
  const door = stack.bench
    .doors(LOCKER)
    .all()
    .find((one) => one.cell.board === lock.board && one.cell.lock === lock.lock);
  return door?.pulses ?? 0;
}

/** The item with nothing to ask but its consent: what is tried is the kiosk, not the keyboard. */
function shortPack(): ItemPack {
  const pack = itemPack(ITEM);
  const groups = pack.form.groups.filter(({ id }) => id === 'you' || id === 'consent');
  return { ...pack, version: pack.version + 1, form: { ...pack.form, groups } };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
