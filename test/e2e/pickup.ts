import type { CellAddress } from '../../native/model/pickup-locker.ts';
import type { LockerName } from '../simulators/index.ts';
import { TEST_KIOSK_CODE, testCells } from '../dev/kiosk-config.ts';
import { expect, type JourneyContext } from './journey.ts';
import { WORDS } from './citizen.ts';

const DAY_MS = 86_400_000;

/** Lays a licence and seals into a cell of the kiosk's locker, as the platform announces it; gives the code. */
export async function fillCell(
  { stack }: JourneyContext,
  cell: string,
  validity: { readonly from?: number; readonly to?: number } = {},
): Promise<string> {
  const now = Date.now();
  const announced = await stack.platform.announcePickup({
    kioskCode: TEST_KIOSK_CODE,
    cell,
    holder: '山月****店',
    contents: [
      { name: { 'zh-CN': '营业执照正本', en: 'Business licence' }, count: 1 },
      { name: { 'zh-CN': '营业执照副本', en: 'Licence duplicate' }, count: 1 },
      { name: { 'zh-CN': '印章', en: 'Seals' }, count: 4 },
    ],
    validFrom: now + (validity.from ?? -1) * DAY_MS,
    validTo: now + (validity.to ?? 30) * DAY_MS,
  });
  if (!announced.ok) throw new Error(`nothing announced: ${announced.error}`);
  return announced.value.code;
}

/** Lock behind a door's name. */
export function lockOf(cell: string, locker: LockerName = 'locker-cu48'): CellAddress {
  const address = testCells(locker === 'locker-8a' ? 1 : 0)[cell];
  if (!address) throw new Error(`no cell ${cell}`);
  return address;
}

/** From the attract screen to the screen that asks for the code. */
export async function openPickup({ kiosk, step }: JourneyContext): Promise<void> {
  step('attract');
  await kiosk.tap('button', WORDS.start);
  step('home');
  await kiosk.tap('button', WORDS.collect['zh-CN']);
  step('pickup-code');
  await kiosk.see('heading', /领取码/);
  await kiosk.shot('code');
}

/** Checks that this door alone was opened, by one pulse. */
export function expectOnePulse({ stack }: JourneyContext, cell: string, locker: LockerName = 'locker-cu48'): void {
  const opened = stack.bench
    .doors(locker)
    .all()
    .filter((door) => door.pulses > 0);
  expect(opened.length === 1 && opened[0]?.pulses === 1, `one door was pulsed once (cell ${cell})`);
  const lock = lockOf(cell, locker);
  expect(opened[0]?.cell.board === lock.board && opened[0].cell.lock === lock.lock, `the pulsed door is ${cell}`);
}
