import { describe, expect, it } from 'vitest';
import { BatchAnswer } from '../../electron/platform-api/messages.ts';
import type { CheckedAnswer, CheckedClient } from './checked-client.ts';
import type { ReferencePlatform } from './platform.ts';
import { sampleCase, type SampleCase } from './samples.ts';

/** What the batches' tests work on. */
interface Surroundings {
  readonly platform: ReferencePlatform;
  readonly client: CheckedClient;
  readonly post: (sample: SampleCase) => Promise<CheckedAnswer>;
  readonly keyHeld: (key: string) => Promise<{ seen: number; stored: number } | undefined>;
}

/** What holds of batches on every kind of store. @param at the platform of the running suite */
export function describeBatches(at: () => Surroundings): void {
  describe('batches', () => {
    const entryOf = ({ key, submission }: SampleCase): { kind: 'case'; key: string; body: string } => ({
      kind: 'case',
      key,
      body: JSON.stringify(submission),
    });
    const answersOf = ({ body }: CheckedAnswer): BatchAnswer['answers'] => BatchAnswer.parse(body).answers;

    it('answer every entry by itself and in order; a refusal undoes none of the others', async () => {
      const samples = await Promise.all(
        Array.from({ length: 5 }, () => sampleCase(at().platform.sealingKey, 'sample-instant')),
      );
      const unknown = await sampleCase(at().platform.sealingKey, 'no-such-item');
      const entries = [...samples.slice(0, 2), unknown, ...samples.slice(2)].map(entryOf);
      entries.splice(4, 0, { kind: 'case', key: 'case:x:1', body: 'no JSON' });
      const answer = await at().client.call('submitBatch', { body: { entries } });
      expect(answer.status).toBe(200);
      expect(answersOf(answer).map(({ key }) => key)).toEqual(entries.map(({ key }) => key));
      expect(answersOf(answer).map(({ status }) => status)).toEqual([201, 201, 422, 201, 400, 201, 201]);
      const held = await at().platform.holdings();
      for (const { submission } of samples) {
        expect(held.cases.filter(({ caseId }) => caseId === submission.caseId)).toHaveLength(1);
      }
      expect(held.cases.some(({ caseId }) => caseId === unknown.submission.caseId)).toBe(false);
    });

    it('know the keys of single requests, and single requests know theirs', async () => {
      const [one, two] = [
        await sampleCase(at().platform.sealingKey, 'sample-instant'),
        await sampleCase(at().platform.sealingKey, 'sample-instant'),
      ];
      const first = await at().post(one);
      const [again, fresh] = answersOf(
        await at().client.call('submitBatch', { body: { entries: [entryOf(one), entryOf(two)] } }),
      );
      expect(again).toMatchObject({ status: 201, replayed: true, answer: first.body });
      expect(fresh).toMatchObject({ status: 201, replayed: false });
      expect((await at().post(two)).headers['idempotency-replayed']).toBe('true');
      const changed = { ...entryOf(two), body: JSON.stringify({ ...two.submission, language: 'en' }) };
      const [reused] = answersOf(await at().client.call('submitBatch', { body: { entries: [changed] } }));
      expect(reused).toMatchObject({ status: 422, answer: { type: 'urn:hall24:key-reused' } });
      expect(await at().keyHeld(two.key)).toMatchObject({ stored: 1 });
    });

    it('that are cut off after the work are known when they come again', async () => {
      const samples = [
        await sampleCase(at().platform.sealingKey, 'sample-instant'),
        await sampleCase(at().platform.sealingKey, 'sample-instant'),
      ];
      const body = { entries: samples.map(entryOf) };
      at().platform.faults.drop('after', { routes: ['submitBatch'], times: 1 });
      await expect(at().client.call('submitBatch', { body })).rejects.toThrow(/closed|reset|other side/i);
      const answers = answersOf(await at().client.call('submitBatch', { body }));
      expect(answers.map(({ status, replayed }) => [status, replayed])).toEqual([
        [201, true],
        [201, true],
      ]);
    });

    it('meet faults of the routes of their entries', async () => {
      const samples = [
        await sampleCase(at().platform.sealingKey, 'sample-instant'),
        await sampleCase(at().platform.sealingKey, 'sample-instant'),
      ];
      at().platform.faults.refuse('urn:hall24:busy', { routes: ['submitCase'], times: 1 });
      const answers = answersOf(await at().client.call('submitBatch', { body: { entries: samples.map(entryOf) } }));
      expect(answers).toMatchObject([{ status: 503, retryAfter: 1 }, { status: 201 }]);
    });

    it('are announced by the heartbeat, and refused as a whole when they are no batch', async () => {
      const beat = {
        kioskCode: 'CH03',
        at: '2026-03-18T02:14:30Z',
        version: '1',
        waiting: 0,
        parked: 0,
        devices: [],
      };
      expect((await at().client.call('heartbeat', { body: beat })).body['batch']).toEqual({
        entries: 50,
        bytes: 1 << 20,
      });
      expect((await at().client.call('submitBatch', { body: { entries: [] } })).status).toBe(400);
      const strange = await at().client.call('submitBatch', { body: { entries: [{}] }, token: 'nobody' });
      expect(strange.status).toBe(401);
    });
  });
}
