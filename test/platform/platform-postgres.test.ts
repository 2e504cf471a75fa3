import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckedClient } from './checked-client.ts';
import { dropPostgresSchema } from './database-postgres.ts';
import { startPlatform, type ReferencePlatform } from './index.ts';
import { SAMPLE_ITEMS, sampleCase } from './samples.ts';
import { describeRestart } from './suite-restart.ts';
import { describePlatform } from './suite.ts';

// A PostgreSQL server for tests, by its URL; each run has schemas of its own there.
const url = process.env['HALL24_TEST_POSTGRES'] ?? '';
const schema = (part: string): string => `hall24_test_${part}_${process.pid}`;

describe.skipIf(url === '')('with HALL24_TEST_POSTGRES', () => {
  afterAll(async () => {
    for (const part of ['contract', 'restart', 'two']) await dropPostgresSchema(url, schema(part));
  });
  describePlatform('the platform on a PostgreSQL server', () => ({ database: url, schema: schema('contract') }));
  describeRestart('a platform on a PostgreSQL server that is started again', () => ({
    database: url,
    schema: schema('restart'),
  }));

  describe('two processes of the platform on one PostgreSQL server', () => {
    const kiosks = [{ code: 'CH03', token: 'token-of-ch03' }];
    const platforms: ReferencePlatform[] = [];
    beforeAll(async () => {
      // One after the other: the first one makes the tables and the key.
      for (let count = 0; count < 2; count += 1) {
        platforms.push(await startPlatform({ database: url, schema: schema('two'), kiosks, items: SAMPLE_ITEMS }));
      }
    });
    afterAll(async () => {
      for (const platform of platforms) await platform.stop();
    });

    it('keep a request once when both get it at the same time', async () => {
      const clients = platforms.map((platform) => new CheckedClient(platform.url, 'token-of-ch03'));
      for (let round = 0; round < 5; round += 1) {
        const { key, submission } = await sampleCase(platforms[0]!.sealingKey, 'sample-instant');
        const answers = await Promise.all(
          [...clients, ...clients].map((client) => client.call('submitCase', { key, body: submission })),
        );
        const texts = new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text));
        expect(texts.size).toBe(1);
        for (const { status, body } of answers) {
          if (status !== 201) expect(body['type']).toBe('urn:hall24:in-progress');
        }
      }
      expect((await platforms[1]!.holdings()).cases).toHaveLength(5);
    });
  });
});
