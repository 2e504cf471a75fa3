import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../support/fake-clock.ts';
import { CheckedClient } from './checked-client.ts';
import { startPlatform, type PlatformMessage, type ReferencePlatform } from './index.ts';
import { SAMPLE_ITEMS, sampleCase } from './samples.ts';

const KIOSKS = [{ code: 'CH03', token: 'token-of-ch03' }];
const SEAL_DELAY_MS = 1500;

/** What a store that outlives the process must keep. @param where the same place for each start */
export function describeRestart(
  name: string,
  where: () => { readonly database: string; readonly schema?: string },
): void {
  describe(name, () => {
    const clock = new FakeClock(Date.UTC(2026, 2, 18, 2, 14, 7));
    let platform: ReferencePlatform | null = null;
    const start = async (): Promise<ReferencePlatform> => {
      platform = await startPlatform({
        ...where(),
        kiosks: KIOSKS,
        items: SAMPLE_ITEMS,
        clock,
        sealDelayMs: SEAL_DELAY_MS,
      });
      return platform;
    };
    afterEach(async () => {
      await platform?.stop();
      platform = null;
    });

    it('knows its requests, opens its envelopes and lays what was due', async () => {
      const before = await start();
      const client = new CheckedClient(before.url, 'token-of-ch03');
      const done = await sampleCase(before.sealingKey, 'sample-instant');
      const due = await sampleCase(before.sealingKey, 'sample-opening');
      const first = await client.call('submitCase', { key: done.key, body: done.submission });
      await client.call('submitCase', { key: due.key, body: due.submission });
      const list = await client.call('getPickups', { parameters: { kioskCode: 'CH03' } });
      await before.stop();

      const after = await start();
      const message = new Promise<PlatformMessage>((resolve) => after.onMessage(resolve));
      const again = new CheckedClient(after.url, 'token-of-ch03');
      const replay = await again.call('submitCase', { key: done.key, body: done.submission });
      expect(replay).toMatchObject({ status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } });
      expect(after.sealingKey).toEqual(before.sealingKey);
      const held = (await after.holdings()).cases.find(({ caseId }) => caseId === done.submission.caseId);
      expect(held?.payload).toEqual(done.payload);
      const salt = (await again.call('getPickups', { parameters: { kioskCode: 'CH03' } })).body['codeSalt'];
      expect(salt).toBe(list.body['codeSalt']);
      await clock.advance(SEAL_DELAY_MS);
      const { pickupId } = await message;
      const laid = (await after.holdings()).pickups.find((pickup) => pickup.pickupId === pickupId);
      expect(laid?.caseId).toBe(due.submission.caseId);
    });

    it('lays a seal anew whose code was announced but told nobody', async () => {
      const before = await start();
      const client = new CheckedClient(before.url, 'token-of-ch03');
      const due = await sampleCase(before.sealingKey, 'sample-opening');
      await client.call('submitCase', { key: due.key, body: due.submission });
      const untold = await before.announcePickup({
        kioskCode: 'CH03',
        cell: '24',
        contents: [],
        holder: '测试****店',
        validFrom: clock.now(),
        validTo: clock.now() + 1,
        caseId: due.submission.caseId,
      });
      await before.stop();

      const after = await start();
      const message = new Promise<PlatformMessage>((resolve) => after.onMessage(resolve));
      await clock.advance(SEAL_DELAY_MS);
      const { pickupId } = await message;
      const laid = (await after.holdings()).pickups.filter(({ caseId }) => caseId === due.submission.caseId);
      expect(laid).toMatchObject([
        { pickupId: untold.ok ? untold.value.pickupId : '', state: 'withdrawn' },
        { pickupId, state: 'announced' },
      ]);
    });
  });
}
