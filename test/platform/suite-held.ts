import { describe, expect, it } from 'vitest';
import { formatTrackingNumber } from '../../electron/domain/tracking-number.ts';
import type { HeartbeatAnswer } from '../../electron/platform-api/messages.ts';
import type { CheckedClient } from './checked-client.ts';
import type { ReferencePlatform } from './platform.ts';
import { sampleCase } from './samples.ts';

/** What a kiosk is told of itself, on every kind of store. @param at the platform of the running suite */
export function describeHeld(at: () => { readonly platform: ReferencePlatform; readonly client: CheckedClient }): void {
  describe('the second witness', () => {
    it('tells a kiosk how far it had got', async () => {
      const beat = {
        kioskCode: 'CH03',
        at: '2026-03-18T02:14:30Z',
        version: '1',
        waiting: 0,
        parked: 0,
        devices: [],
        storeLoss: { kind: 'rolled-back', at: '2026-03-18T02:14:00Z' },
      };
      const held = async (more: object): Promise<HeartbeatAnswer['held']> =>
        ((await at().client.call('heartbeat', { body: { ...beat, ...more } })).body as unknown as HeartbeatAnswer).held;
      const further = { evidence: { seq: 9_001, hash: 'e'.repeat(64) } };
      expect(await held(further)).toMatchObject(further);
      // A chain that is shorter is told what there was.
      expect(await held({ evidence: { seq: 12, hash: 'f'.repeat(64) } })).toMatchObject(further);
      for (const [dateISO, sequence] of [
        ['2026-03-17', 7],
        ['2026-03-18', 9_999],
        ['2026-03-18', 10_002],
        ['2026-03-18', 41],
      ] as const) {
        const { key, submission } = await sampleCase(at().platform.sealingKey, 'sample-instant');
        const trackingNumber = formatTrackingNumber({ kioskCode: 'CH03', dateISO, sequence });
        const taken = await at().client.call('submitCase', { key, body: { ...submission, trackingNumber } });
        expect(taken.status).toBe(201);
      }
      expect((await held(further))?.numbers).toEqual([
        { localDate: '2026-03-18', last: 10_002 },
        { localDate: '2026-03-17', last: 7 },
      ]);
    });
  });
}
