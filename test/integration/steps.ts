import type { CallInput, CallOutput } from '../../electron/contract/calls.ts';
import { newId } from '../../electron/services/ids.ts';
import type { RatingLevel } from '../../electron/domain/rating.ts';
import type { Result } from '../../native/model/result.ts';
import type { CellAddress } from '../../native/model/pickup-locker.ts';
import type { SimulatedDoor } from '../../native/pickup-locker/simulated-doors.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { TEST_KIOSK_CODE, TEST_PIN } from '../dev/kiosk-config.ts';
import type { TestCardKey } from '../fixtures/cards.ts';
import type { NewPickup } from '../platform/pickups.ts';
import type { LockerName } from '../simulators/index.ts';
import { until, type TestKiosk } from './app-kit.ts';
import { fixtureValues } from './filled-forms.ts';

/** What people do at the kiosk, a step each, for the tests of this folder. */

export function freshId(): string {
  return newId({ clock: systemClock, random: systemRandom });
}

export async function beginVisit(kiosk: TestKiosk, language: 'zh-CN' | 'en' = 'zh-CN'): Promise<string> {
  return (await kiosk.must('visit.begin', { language })).visitId;
}

/**
 * Sees to it that the reader knows that the card before is gone, in a visit of its own. No hand takes a card away and lays
 * the next one down within a blink, but a test does.
 */
export async function readerEmpty(kiosk: TestKiosk): Promise<void> {
  const place = kiosk.app.useCases.cardPlace;
  if (!place.lying) return;
  const visitId = await beginVisit(kiosk);
  const reading = kiosk.call('card.read', { visitId });
  await until('the reader is empty', () => !place.lying);
  await kiosk.must('card.cancel', { visitId });
  await reading;
  await kiosk.must('visit.end', { visitId, reason: 'left' });
}

/** Lays a card, reads it and takes it away. */
export async function readCard(
  kiosk: TestKiosk,
  visitId: string,
  card: TestCardKey = 'lin',
): Promise<CallOutput<'card.read'>['card']> {
  const { actions } = kiosk.stack.bench;
  actions.removeCard();
  const reading = kiosk.must('card.read', { visitId });
  const left = (): boolean => kiosk.app.useCases.visits.current?.cardLeft === true;
  // The card of the visit before is gone, but its reader has not seen that yet; over a bad line it may take its time, and
  // then somebody lifts the card and lays it down once more.
  if (left()) await Promise.race([systemClock.sleep(1_500), until('empty', () => !left()).catch(() => undefined)]);
  actions.layCard(card);
  try {
    const read = reading.finally(() => undefined);
    while (left() && !(await Promise.race([read.then(() => true), systemClock.sleep(4_000).then(() => false)]))) {
      actions.removeCard();
      await systemClock.sleep(1_500);
      actions.layCard(card);
    }
    return (await read).card;
  } finally {
    actions.removeCard();
  }
}

/** A new visit up to the review: the input of its submit. */
export async function review(
  kiosk: TestKiosk,
  itemId = 'rent-filing',
  card: TestCardKey = 'lin',
): Promise<CallInput<'case.submit'>> {
  const visitId = await beginVisit(kiosk);
  const read = await readCard(kiosk, visitId, card);
  const { item } = await kiosk.must('catalogue.item', { itemId });
  return {
    visitId,
    submissionId: freshId(),
    itemId,
    itemVersion: (item as { version: number }).version,
    language: 'zh-CN',
    values: fixtureValues(item, read),
  };
}

/** A whole case in a visit of its own. */
export async function fileCase(
  kiosk: TestKiosk,
  itemId = 'rent-filing',
): Promise<{ readonly visitId: string; readonly result: CallOutput<'case.submit'> }> {
  const input = await review(kiosk, itemId);
  return { visitId: input.visitId, result: await kiosk.must('case.submit', input) };
}

/** Lays something into a cell of the kiosk, as the platform announces it. */
export async function announce(
  kiosk: TestKiosk,
  cell: string,
  more: Partial<NewPickup> = {},
): Promise<{ readonly pickupId: string; readonly code: string }> {
  const now = Date.now();
  const announced = await kiosk.stack.platform.announcePickup({
    kioskCode: TEST_KIOSK_CODE,
    cell,
    holder: '澄湖****公司',
    contents: [{ name: { 'zh-CN': '公章', en: 'Company seal' }, count: 1 }],
    validFrom: now - 60_000,
    validTo: now + 3_600_000,
    ...more,
  });
  if (!announced.ok) throw new Error(`cell ${cell}: ${announced.error}`);
  return announced.value;
}

/** Waits until the kiosk itself knows what was announced, as it must before the network goes. */
export async function taken(kiosk: TestKiosk, code: string): Promise<void> {
  const visitId = await beginVisit(kiosk);
  await until('announced pick-up at the kiosk', async () => {
    const checked = await kiosk.call('pickup.check', { visitId, code });
    return checked.ok || checked.error.code !== 'L403-code-unknown';
  });
  await kiosk.must('visit.end', { visitId, reason: 'finished' });
}

/** Types a code in a new visit. */
export async function typeCode(
  kiosk: TestKiosk,
  code: string,
): Promise<{ readonly visitId: string; readonly checked: Awaited<ReturnType<typeof check>> }> {
  const visitId = await beginVisit(kiosk);
  return { visitId, checked: await check(kiosk, visitId, code) };
}

function check(
  kiosk: TestKiosk,
  visitId: string,
  code: string,
): Promise<Result<CallOutput<'pickup.check'>, { code: string }>> {
  return kiosk.call('pickup.check', { visitId, code });
}

/** Lock behind a door's name. */
export function lockOf(kiosk: TestKiosk, cell: string): CellAddress {
  const lock = kiosk.stack.config.locker?.cells[cell];
  if (!lock) throw new Error(`no cell ${cell}`);
  return lock;
}

/** The steel door itself, as somebody who stands before it sees it. */
export function steelDoor(kiosk: TestKiosk, cell: string, locker: LockerName = 'locker-cu48'): SimulatedDoor {
  const door = kiosk.stack.bench.doors(locker).get(lockOf(kiosk, cell));
  if (!door) throw new Error(`no door ${cell}`);
  return door;
}

/** Names of all doors that are open. */
export function openDoors(kiosk: TestKiosk, locker: LockerName = 'locker-cu48'): string[] {
  return Object.keys(kiosk.stack.config.locker?.cells ?? {}).filter((cell) => steelDoor(kiosk, cell, locker).open);
}

/** What the platform was told of a pick-up, in order. */
export async function toldEvents(kiosk: TestKiosk, pickupId: string): Promise<string[]> {
  const held = (await kiosk.stack.platform.holdings()).pickups.find((one) => one.pickupId === pickupId);
  return (held?.events ?? []).map((event) => event.event);
}

/** Prints and gives what stands on the paper. */
export async function printed(
  kiosk: TestKiosk,
  input: CallInput<'receipt.print'>,
): Promise<{ readonly result: CallOutput<'receipt.print'>; readonly paper: string }> {
  const result = await kiosk.must('receipt.print', input);
  const receipts = await kiosk.stack.bench.receiptsPainted();
  return { result, paper: receipts.at(-1)?.lines.join('\n') ?? '' };
}

/** Health status of a device class. */
export function statusOf(kiosk: TestKiosk, deviceClass: string): string {
  return kiosk.app.useCases.devices.reports().find((one) => one.deviceClass === deviceClass)?.status ?? 'missing';
}

/** State of a home function and the code of its reason. */
export async function functionNow(
  kiosk: TestKiosk,
  id: 'apply' | 'collect' | 'progress',
): Promise<{ readonly state: string; readonly reason: string | null; readonly since: string | null }> {
  const found = (await kiosk.must('kiosk.snapshot', {})).functions.find((one) => one.id === id);
  if (!found) throw new Error(`no function ${id}`);
  return { state: found.state, reason: found.reason?.code ?? null, since: found.since };
}

/** Opens maintenance mode with the right PIN. */
export async function unlock(kiosk: TestKiosk): Promise<string> {
  return (await kiosk.must('technician.unlock', { pin: TEST_PIN })).token;
}

/** Presses a key of the keypad and waits until the kiosk has heard it. */
export async function pressed(
  kiosk: TestKiosk,
  level: RatingLevel,
  keypad?: 'serial-keypad' | 'hid-keypad',
): Promise<void> {
  const heard = new Promise<void>((resolve) => {
    const stop = kiosk.app.useCases.devices.signals.subscribe((signal) => {
      if (signal.type !== 'rating') return;
      stop();
      resolve();
    });
  });
  kiosk.stack.bench.actions.pressKey(level, keypad);
  await heard;
}

/** A result's error code, or what it was instead. */
export function codeOf(answer: Result<unknown, { readonly code: string }>): string {
  return answer.ok ? `ok ${JSON.stringify(answer.value)}` : answer.error.code;
}
