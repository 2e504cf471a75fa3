import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { casePayloadText } from '../../electron/domain/case-payload.ts';
import { caseKey } from '../../electron/platform-api/canonical.ts';
import { ItemPackSchema } from '../../electron/platform-api/item-pack-schema.ts';
import type { CaseSubmission } from '../../electron/platform-api/messages.ts';
import { digestPickupCode } from '../../electron/services/pickups.ts';
import { hpkeSealer } from '../../electron/sync/sealer.ts';
import { CheckedClient } from './checked-client.ts';
import { envelopeSha256, pickupCodeDigest, startPlatform, type ReferencePlatform } from './index.ts';
import { SAMPLE_ITEMS, sampleCase } from './samples.ts';

const CATALOGUE = join(import.meta.dirname, '..', '..', 'assets', 'catalogue');

describe('what the kiosk makes, read by the platform', () => {
  let platform: ReferencePlatform;
  let client: CheckedClient;

  beforeAll(async () => {
    platform = await startPlatform({
      kiosks: [{ code: 'CH03', token: 'token-of-ch03' }],
      catalogueDir: CATALOGUE,
      items: SAMPLE_ITEMS,
    });
    client = new CheckedClient(platform.url, 'token-of-ch03');
  });
  afterAll(() => platform.stop());

  it('opens what the kiosk sealed, and only with the key that it was sealed with', async () => {
    const { submission, payload } = await sampleCase(platform.sealingKey, 'sample-instant');
    const caseId = uuidv7();
    const key = caseKey(caseId, 1);
    const own = { ...payload, caseId };
    const plaintext = new TextEncoder().encode(casePayloadText(own));
    const bodyOf = async (aad: string): Promise<CaseSubmission> => {
      const envelope = await hpkeSealer.seal(platform.sealingKey, plaintext, aad);
      return { ...submission, caseId, envelope, sha256: envelopeSha256(envelope) };
    };
    const foreign = await client.call('submitCase', { key, body: await bodyOf(caseKey(uuidv7(), 1)) });
    expect(foreign.body['type']).toBe('urn:hall24:unreadable-envelope');
    const taken = await client.call('submitCase', { key, body: await bodyOf(key) });
    expect(taken).toMatchObject({ status: 201, body: { state: 'approved' } });
    expect((await platform.holdings()).cases.map((held) => held.payload)).toEqual([own]);
  });

  it('makes the same digest of a pick-up code', async () => {
    expect(await digestPickupCode('12345672', { salt: 'q1bK5m0Yd2sT7uVwXyZaBg', cost: 2_048 })).toBe(
      await pickupCodeDigest('12345672', 'q1bK5m0Yd2sT7uVwXyZaBg'),
    );
  });

  it('publishes the shipped catalogue as the kiosk reads it', async () => {
    const { body } = await client.call('getCatalogue');
    const items = (body['items'] as readonly { readonly id: string }[]).filter(({ id }) => !id.startsWith('sample-'));
    const files = readdirSync(join(CATALOGUE, 'items')).filter((name) => name.endsWith('.json'));
    expect(items.map(({ id }) => `${id}.json`).sort()).toEqual(files.sort());
    for (const item of items) expect(ItemPackSchema.parse(item)).toEqual(item);
  });
});
