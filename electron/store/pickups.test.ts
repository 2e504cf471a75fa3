import { describe, expect, it } from 'vitest';
import { PickupEvent } from '../platform-api/messages.ts';
import type { StorePort } from '../services/ports.ts';
import { START, claim, must, pickupList, settle, testId, withStore } from './test-kit.ts';

const PICKUP = testId(0x30_0000);
const KIOSK = { kioskCode: 'CH03' };
const act = (number: number): string => testId(0x40_0000 + number);

async function events(store: StorePort): Promise<{ event: string; sequence: number }[]> {
  const seen: { event: string; sequence: number }[] = [];
  for (;;) {
    const [entry] = must(await claim(store, START, 1));
    if (!entry) return seen;
    const { event, sequence } = PickupEvent.parse(JSON.parse(Buffer.from(entry.body).toString('utf8')));
    expect(entry.idempotencyKey).toBe(`pickup:${PICKUP}:${sequence}`);
    seen.push({ event, sequence });
    must(await settle(store, entry.entryId, { kind: 'acknowledged', at: START }));
  }
}

describe('pick-ups', () => {
  it(
    'open, close and are told to the platform in order',
    withStore(async (store) => {
      must(await store.announcePickups(pickupList({})));
      expect(must(await store.codeRule())).toEqual({ salt: 'salt', cost: 16_384 });
      expect(must(await store.findPickupByDigest('digest-0'))).toMatchObject({ pickupId: PICKUP, state: 'ready' });
      const step = { pickupId: PICKUP, actId: act(1), at: START, ...KIOSK };
      expect(must(await store.beginOpening(step)).state).toBe('opening');
      expect(must(await store.actsOf(PICKUP))).toMatchObject([{ kind: 'open-door', state: 'intended' }]);
      must(await store.advanceAct({ actId: act(1), event: 'send', at: START }));
      expect(must(await store.settleOpening({ ...step, outcome: 'opened' }))).toMatchObject({
        state: 'opened',
        openedAt: START,
      });
      must(await store.settleOpening({ ...step, outcome: 'opened' }));
      must(await store.settleClosing({ ...step, at: START + 9 }));
      expect(must(await store.settleClosing({ ...step, at: START + 99 }))).toMatchObject({
        state: 'collected',
        closedAt: START + 9,
      });
      expect(await events(store)).toEqual([
        { event: 'opened', sequence: 1 },
        { event: 'closed', sequence: 2 },
      ]);
      expect(await store.beginOpening({ ...step, actId: act(2) })).toMatchObject({ error: { detail: 'collected' } });
    }),
  );

  it(
    'may be begun again after a refusal',
    withStore(async (store) => {
      must(await store.announcePickups(pickupList({})));
      const step = { pickupId: PICKUP, actId: act(1), at: START, ...KIOSK };
      must(await store.beginOpening(step));
      expect(must(await store.settleOpening({ ...step, outcome: 'refused' })).state).toBe('ready');
      expect(must(await store.beginOpening({ ...step, actId: act(2) })).state).toBe('opening');
      must(await store.settleOpening({ ...step, actId: act(2), outcome: 'opened' }));
      expect(must(await store.actsOf(PICKUP)).map(({ state }) => state)).toEqual(['refused', 'confirmed']);
      expect((await events(store)).map(({ event }) => event)).toEqual(['refused', 'opened']);
    }),
  );

  it(
    'are not begun again while nobody knows what the last act did, until the sensor was asked',
    withStore(async (store) => {
      must(await store.announcePickups(pickupList({})));
      const step = { pickupId: PICKUP, actId: act(1), at: START, ...KIOSK };
      must(await store.beginOpening(step));
      must(await store.advanceAct({ actId: act(1), event: 'send', at: START }));
      const again = { ...step, actId: act(2) };
      expect(await store.beginOpening(again)).toMatchObject({ error: { code: 'conflict', detail: 'outcome-unknown' } });
      must(await store.settleOpening({ ...step, outcome: 'unknown' }));
      must(await store.settleOpening({ ...step, outcome: 'unknown' }));
      expect(await store.beginOpening(again)).toMatchObject({ error: { detail: 'outcome-unknown' } });
      must(await store.beginOpening({ ...again, sensorSays: 'closed' }));
      expect(must(await store.actsOf(PICKUP))).toMatchObject([
        { state: 'refused', detail: { settledBy: 'sensor-closed' } },
        { state: 'intended' },
      ]);
      must(await store.settleOpening({ ...again, outcome: 'opened' }));
      expect((await events(store)).map(({ event }) => event)).toEqual(['unknown', 'opened']);
    }),
  );

  it(
    'may be begun again when the last act was never sent',
    withStore(async (store) => {
      must(await store.announcePickups(pickupList({})));
      const step = { pickupId: PICKUP, actId: act(1), at: START, ...KIOSK };
      must(await store.beginOpening(step));
      must(await store.beginOpening({ ...step, actId: act(2) }));
      expect(must(await store.actsOf(PICKUP)).map(({ state }) => state)).toEqual(['refused', 'intended']);
    }),
  );

  it(
    'do not open outside their time or when withdrawn',
    withStore(async (store) => {
      must(await store.announcePickups(pickupList({}, { withdrawn: true })));
      const step = { pickupId: PICKUP, actId: act(1) };
      const day = 86_400_000;
      expect(await store.beginOpening({ ...step, at: START - 2 * day })).toMatchObject({
        error: { detail: 'not-yet-valid' },
      });
      expect(await store.beginOpening({ ...step, at: START + 2 * day })).toMatchObject({
        error: { detail: 'expired' },
      });
      expect(await store.beginOpening({ ...step, pickupId: testId(0x30_0001), at: START })).toMatchObject({
        error: { detail: 'withdrawn' },
      });
      expect(await store.beginOpening({ ...step, pickupId: testId(1), at: START })).toMatchObject({
        error: { code: 'not-found' },
      });
      expect(must(await store.actsOf(PICKUP))).toEqual([]);
    }),
  );

  it(
    'keep what the sensor saw whatever is announced later',
    withStore(async (store) => {
      must(await store.announcePickups(pickupList({}, {})));
      const step = { pickupId: PICKUP, actId: act(1), at: START, ...KIOSK };
      must(await store.beginOpening(step));
      must(await store.settleOpening({ ...step, outcome: 'opened' }));
      must(await store.announcePickups(pickupList({ withdrawn: true, cell: '09' })));
      expect(must(await store.findPickup(PICKUP))).toMatchObject({ state: 'opened', cell: '09' });
      // No longer on the list: not to be opened any more, until it is announced again.
      expect(must(await store.findPickup(testId(0x30_0001))).state).toBe('withdrawn');
      must(await store.announcePickups(pickupList({}, {})));
      expect(must(await store.findPickup(testId(0x30_0001))).state).toBe('ready');
      expect(must(await store.findPickup(PICKUP)).state).toBe('opened');
    }),
  );

  it(
    'withdrawn while the door is tried stay withdrawn when it did not open',
    withStore(async (store) => {
      must(await store.announcePickups(pickupList({})));
      const step = { pickupId: PICKUP, actId: act(1), at: START, ...KIOSK };
      must(await store.beginOpening(step));
      must(await store.announcePickups(pickupList({ withdrawn: true })));
      expect(must(await store.findPickup(PICKUP)).state).toBe('opening');
      expect(must(await store.settleOpening({ ...step, outcome: 'refused' })).state).toBe('withdrawn');
    }),
  );

  it(
    'used before this database was made are used, not taken back',
    withStore(async (store) => {
      const openedAt = new Date(START - 1000).toISOString();
      must(await store.announcePickups(pickupList({ withdrawn: true, openedAt })));
      expect(must(await store.findPickup(PICKUP))).toMatchObject({ state: 'collected', openedAt: START - 1000 });
    }),
  );
});
