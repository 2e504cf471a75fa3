import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckedClient } from './checked-client.ts';
import { dropPostgresSchema } from './database-postgres.ts';
import { startPlatform, type ReferencePlatform } from './index.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';
import { SAMPLE_ITEMS, sampleCase } from './samples.ts';
import { beginUpload, sendRest } from './suite-uploads.ts';
import { describeRestart } from './suite-restart.ts';
import { describePlatform } from './suite.ts';

// A server named by its URL, else one of this run's own; each run has schemas of its own there.
const given = process.env['HALL24_TEST_POSTGRES'] ?? '';
const own: PostgresServer | null = given === '' ? await startPostgres() : null;
const url = own?.url ?? given;
const schema = (part: string): string => `hall24_test_${part}_${process.pid}`;

it('there is a PostgreSQL server where one is asked for (HALL24_NEED_POSTGRES)', () => {
  expect(url !== '' || process.env['HALL24_NEED_POSTGRES'] === undefined).toBe(true);
});

describe.skipIf(url === '')('on a PostgreSQL server', () => {
  afterAll(async () => {
    for (const part of ['contract', 'restart', 'two']) await dropPostgresSchema(url, schema(part));
    await own?.stop();
  });
  describePlatform('the platform on a PostgreSQL server', () => ({ database: url, schema: schema('contract') }));
  describeRestart('a platform on a PostgreSQL server that is started again', () => ({
    database: url,
    schema: schema('restart'),
  }));

  describe('two processes of the platform on one PostgreSQL server', () => {
    const kiosks = Array.from({ length: 6 }, (_, index) => ({
      code: `CH0${index + 1}`,
      token: `token-of-ch0${index + 1}`,
    }));
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

    it('serve several kiosks at once: every case and file once, under numbers of their own', async () => {
      const before = (await platforms[0]!.holdings()).cases.length;
      const sizes = [300_000, 5];
      const sent = await Promise.all(
        kiosks.flatMap(({ code, token }, kiosk) =>
          Array.from({ length: 4 }, async (_, turn) => {
            const client = new CheckedClient(platforms[(kiosk + turn) % 2]!.url, token);
            const sample = await sampleCase(platforms[0]!.sealingKey, 'sample-instant', {
              kioskCode: code,
              ...(turn === 0 ? { files: sizes } : {}),
            });
            const { status } = await client.call('submitCase', { key: sample.key, body: sample.submission });
            expect(status).toBe(201);
            // The last chunks of both files come at the same time, to different processes.
            await Promise.all(
              sample.files.map(async (file, index) => {
                const one = new CheckedClient(platforms[index % 2]!.url, token);
                await beginUpload(one, file);
                await sendRest(one, file);
              }),
            );
            return sample;
          }),
        ),
      );
      const { cases, attachments } = await platforms[1]!.holdings();
      expect(cases).toHaveLength(before + sent.length);
      expect(new Set(cases.map(({ caseNumber }) => caseNumber)).size).toBe(cases.length);
      expect(cases.filter(({ state }) => state !== 'approved')).toEqual([]);
      for (const { manifest, plain } of sent.flatMap(({ files }) => files)) {
        const held = attachments.filter(({ attachmentId }) => attachmentId === manifest.attachmentId);
        expect(held.map((file) => file.plain && Buffer.compare(file.plain, plain))).toEqual([0]);
      }
    });
  });
});
