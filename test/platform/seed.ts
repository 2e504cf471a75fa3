import { v7 as uuidv7 } from 'uuid';
import { makePickupCode } from '../../electron/domain/pickup-code.ts';
import type { LocalText } from '../../electron/domain/text.ts';
import { pickupKey } from '../../electron/platform-api/canonical.ts';
import type { PickupEvent } from '../../electron/platform-api/messages.ts';
import { pathOf } from '../../electron/platform-api/routes.ts';
import type { ReferencePlatform } from './platform.ts';

/** A demonstration pick-up with its code. */
export interface SeededPickup {
  readonly state: 'valid' | 'expired' | 'not-yet-valid' | 'used';
  readonly pickupId: string;
  readonly cell: string;
  /** Eight digits. */
  readonly code: string;
}

const DAY_MS = 24 * 3_600_000;
const SEALS: LocalText = { 'zh-CN': '公司印章', en: 'Company seals' };
const LICENCE: LocalText = { 'zh-CN': '营业执照', en: 'Business licence' };

/** Seven digits that are easy to type; the check digit comes with the code. Windows in days from now. */
const PLAN = [
  { state: 'valid', cell: '07', digits: '1234567', holder: '山月****店', from: -1, to: 29, seals: 4 },
  { state: 'valid', cell: '18', digits: '2345678', holder: '测试****行', from: -2, to: 28, seals: 2 },
  { state: 'expired', cell: '03', digits: '3456789', holder: '云溪****部', from: -40, to: -10, seals: 1 },
  { state: 'not-yet-valid', cell: '11', digits: '4567890', holder: '林*夏', from: 2, to: 32, seals: 1 },
  { state: 'used', cell: '15', digits: '5678901', holder: '青禾****社', from: -5, to: 25, seals: 4 },
] as const;

/**
 * Fills cells of a kiosk for demonstrations: two that can be collected, and one each that is expired, not yet valid and
 * used. Leaves out what is there already.
 */
export async function seedPickups(
  platform: ReferencePlatform,
  kiosk: { readonly code: string; readonly token: string },
  now: number,
): Promise<readonly SeededPickup[]> {
  const seeded: SeededPickup[] = [];
  for (const { state, cell, digits, holder, from, to, seals } of PLAN) {
    const code = makePickupCode(digits);
    const announced = await platform.announcePickup({
      kioskCode: kiosk.code,
      cell,
      code,
      holder,
      contents: [
        { name: SEALS, count: seals },
        { name: LICENCE, count: 1 },
      ],
      validFrom: now + from * DAY_MS,
      validTo: now + to * DAY_MS,
    });
    if (!announced.ok) continue;
    const { pickupId } = announced.value;
    if (state === 'used') await collect(platform, kiosk, { pickupId, cell }, now - DAY_MS);
    seeded.push({ state, pickupId, cell, code });
  }
  return seeded;
}

/** Reports a collection as the kiosk itself would. */
async function collect(
  platform: ReferencePlatform,
  kiosk: { readonly code: string; readonly token: string },
  { pickupId, cell }: { readonly pickupId: string; readonly cell: string },
  at: number,
): Promise<void> {
  const actId = uuidv7();
  for (const [index, event] of (['opened', 'closed'] as const).entries()) {
    const sequence = index + 1;
    const body: PickupEvent = {
      pickupId,
      kioskCode: kiosk.code,
      sequence,
      event,
      cell,
      at: new Date(at + index * 20_000).toISOString(),
      actId,
    };
    const response = await fetch(platform.url + pathOf('reportPickup'), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${kiosk.token}`,
        'content-type': 'application/json',
        'idempotency-key': pickupKey(pickupId, sequence),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`the platform refused a seed: ${await response.text()}`);
  }
}
