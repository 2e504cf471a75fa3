import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pickupKey, ratingKey } from '../../electron/platform-api/canonical.ts';
import type { CaseStatus, PickupEvent, PickupList, Rating } from '../../electron/platform-api/messages.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CheckedClient, type CheckedAnswer } from './checked-client.ts';
import { pickupCodeDigest, seedPickups, startPlatform, type PlatformMessage, type ReferencePlatform } from './index.ts';
import { describeBatches } from './suite-batches.ts';
import { describeHeld } from './suite-held.ts';
import { describeUploads } from './suite-uploads.ts';
import { SAMPLE_ITEMS, SAMPLE_VALUES, sampleCase, type SampleCase } from './samples.ts';

const TOKEN = 'token-of-ch03';
const OTHER_TOKEN = 'token-of-ch04';
const KIOSKS = [
  { code: 'CH03', token: TOKEN },
  { code: 'CH04', token: OTHER_TOKEN, cells: ['A1'] },
] as const;
const SEAL_DELAY_MS = 1500;
const DAY_MS = 86_400_000;

/** Everything that holds on every kind of store. @param where store for one run */
export function describePlatform(
  name: string,
  where: () => { readonly database: string; readonly schema?: string },
): void {
  describe(name, () => {
    const clock = new FakeClock(Date.UTC(2026, 2, 18, 2, 14, 7));
    let platform: ReferencePlatform;
    let client: CheckedClient;

    beforeAll(async () => {
      platform = await startPlatform({
        ...where(),
        kiosks: KIOSKS,
        items: SAMPLE_ITEMS,
        clock,
        sealDelayMs: SEAL_DELAY_MS,
      });
      client = new CheckedClient(platform.url, TOKEN);
    });
    afterEach(() => platform.faults.restore());
    afterAll(() => platform.stop());

    const post = ({ key, submission }: SampleCase): Promise<CheckedAnswer> =>
      client.call('submitCase', { key, body: submission });
    const keyHeld = async (key: string): Promise<{ seen: number; stored: number } | undefined> => {
      const held = (await platform.holdings()).keys.find((candidate) => candidate.key === key);
      return held && { seen: held.seen, stored: held.stored };
    };
    const nextMessage = (caseCode: string): Promise<PlatformMessage> =>
      new Promise((resolve) => {
        const end = platform.onMessage((message) => {
          if (message.kioskCode !== caseCode) return;
          end();
          resolve(message);
        });
      });
    const announce = async (cell: string): Promise<{ pickupId: string; code: string }> => {
      const announced = await platform.announcePickup({
        kioskCode: 'CH03',
        cell,
        contents: [{ name: { 'zh-CN': '印章', en: 'Seals' }, count: 4 }],
        holder: '山月****店',
        validFrom: clock.now(),
        validTo: clock.now() + DAY_MS,
      });
      if (!announced.ok) throw new Error(announced.error);
      return announced.value;
    };
    const eventOf = (pickupId: string, sequence: number, event: PickupEvent['event'], cell: string): PickupEvent => ({
      pickupId,
      kioskCode: 'CH03',
      sequence,
      event,
      cell,
      at: new Date(clock.now()).toISOString(),
      actId: uuidv7(),
    });
    const report = (event: PickupEvent): Promise<CheckedAnswer> =>
      client.call('reportPickup', { key: pickupKey(event.pickupId, event.sequence), body: event });

    describe('who may ask', () => {
      it.each([null, 'wrong', OTHER_TOKEN.slice(1)])('refuses the token %s', async (token) => {
        const answer = await client.call('getCatalogue', { token });
        expect(answer).toMatchObject({ status: 401, body: { type: 'urn:hall24:unauthorised' } });
      });

      it("refuses another kiosk's list, case and heartbeat", async () => {
        const list = await client.call('getPickups', { parameters: { kioskCode: 'CH04' } });
        const { key, submission } = await sampleCase(platform.sealingKey, 'sample-instant', { kioskCode: 'CH04' });
        const submitted = await client.call('submitCase', { key, body: submission });
        const heartbeat = {
          kioskCode: 'CH04',
          at: '2026-03-18T02:14:30Z',
          version: '1',
          waiting: 0,
          parked: 0,
          devices: [],
        };
        const beat = await client.call('heartbeat', { body: heartbeat });
        expect([list.status, submitted.status, beat.status]).toEqual([401, 401, 401]);
        expect((await platform.holdings()).cases).toEqual([]);
      });
    });

    describe('cases', () => {
      it('approves an instant item at once and opens what was sealed', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-instant');
        const answer = await post(sample);
        expect(answer).toMatchObject({
          status: 201,
          body: { state: 'approved', caseId: sample.submission.caseId, sha256: sample.submission.sha256 },
        });
        expect(answer.body['caseNumber']).toMatch(/^990001-2026-\d{7}$/);
        expect(answer.body['outcome']).toMatchObject({ en: expect.stringContaining('approved') as string });
        const held = (await platform.holdings()).cases.find(({ caseId }) => caseId === sample.submission.caseId);
        expect(held?.payload).toEqual(sample.payload);
      });

      it('receives an item of an office, and finds it by both numbers however they are written', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-office');
        const { body } = await post(sample);
        expect(body).toMatchObject({ state: 'received', decidedAt: null, outcome: null });
        const numbers = [
          body['caseNumber'] as string,
          sample.submission.trackingNumber,
          sample.submission.trackingNumber.replaceAll(' ', ''),
        ];
        for (const number of numbers) {
          expect(await client.call('findCase', { parameters: { number } })).toMatchObject({ status: 200, body });
        }
        expect((await client.call('findCase', { parameters: { number: 'CH03 260318 9999 9' } })).status).toBe(404);
        expect((await client.call('findCase', { parameters: { number: '' } })).body['type']).toBe(
          'urn:hall24:malformed',
        );
      });

      it('refuses a case whose form is wrong, as a decision with the reason in both languages', async () => {
        const values = { ...SAMPLE_VALUES, phone: '13800000' };
        const sample = await sampleCase(platform.sealingKey, 'sample-instant', { values });
        const { status, body } = await post(sample);
        expect(status).toBe(201);
        expect(body).toMatchObject({
          state: 'refused',
          outcome: {
            'zh-CN': expect.stringContaining('字段 phone') as string,
            en: expect.stringContaining('Field phone') as string,
          },
        });
      });

      it('gives the first answer again, byte for byte, also after the case has moved on', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-office');
        const first = await post(sample);
        const second = await post(sample);
        expect(second).toMatchObject({ status: 201, text: first.text });
        expect(first.headers['idempotency-replayed']).toBeUndefined();
        expect(second.headers['idempotency-replayed']).toBe('true');
        expect(await keyHeld(sample.key)).toEqual({ seen: 2, stored: 1 });
        const asked = await client.call('getSubmission', { parameters: { key: sample.key } });
        expect(asked.body).toEqual({ key: sample.key, status: 201, answer: first.body });
      });

      it('keeps one of many that come at the same time', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-instant');
        const answers = await Promise.all(Array.from({ length: 8 }, () => post(sample)));
        const done = answers.filter(({ status }) => status === 201);
        expect(new Set(done.map(({ text }) => text)).size).toBe(1);
        for (const other of answers) {
          if (other.status !== 201) expect(other.body['type']).toBe('urn:hall24:in-progress');
        }
        expect(await keyHeld(sample.key)).toEqual({ seen: 8, stored: 1 });
        const held = (await platform.holdings()).cases.filter(({ caseId }) => caseId === sample.submission.caseId);
        expect(held).toHaveLength(1);
      });

      it('gives different cases different numbers when they come at the same time', async () => {
        const samples = await Promise.all(
          Array.from({ length: 6 }, () => sampleCase(platform.sealingKey, 'sample-instant')),
        );
        const answers = await Promise.all(samples.map(post));
        expect(new Set(answers.map(({ body }) => body['caseNumber'])).size).toBe(6);
      });

      it('refuses the same key with another body', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-instant');
        await post(sample);
        const changed = { ...sample.submission, language: 'en' };
        const answer = await client.call('submitCase', { key: sample.key, body: changed });
        expect(answer).toMatchObject({ status: 422, body: { type: 'urn:hall24:key-reused' } });
        // White space is another body too: what is sent again is what was stored.
        const spaced = await client.call('submitCase', {
          key: sample.key,
          raw: JSON.stringify(sample.submission, null, 1),
        });
        expect(spaced.body['type']).toBe('urn:hall24:key-reused');
      });

      it('hides the answer to a key from other kiosks', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-instant');
        await post(sample);
        const asked = await client.call('getSubmission', { parameters: { key: sample.key }, token: OTHER_TOKEN });
        expect(asked.body['type']).toBe('urn:hall24:not-found');
      });

      it('refuses a gap, and an unknown key stays unknown', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-instant', { sequence: 2 });
        expect(await post(sample)).toMatchObject({
          status: 409,
          body: { type: 'urn:hall24:sequence-gap', expectedSequence: 1 },
        });
        const asked = await client.call('getSubmission', { parameters: { key: sample.key } });
        expect(asked).toMatchObject({ status: 404, body: { type: 'urn:hall24:not-found' } });
        expect(await keyHeld(sample.key)).toEqual({ seen: 1, stored: 0 });
      });

      it('refuses unknown items, and withdrawn versions only', async () => {
        const types: unknown[] = [];
        const later = { ...SAMPLE_ITEMS[0]!, id: 'sample-later' };
        await platform.publishItems([later, { ...later, version: 2 }]);
        await platform.withdrawItem('sample-later', 1);
        for (const [itemId, itemVersion] of [
          ['sample-none', 1],
          ['sample-later', 1],
          ['sample-later', 3],
          ['sample-later', 2],
        ] as const) {
          types.push((await post(await sampleCase(platform.sealingKey, itemId, { itemVersion }))).body['type']);
        }
        expect(types).toEqual([
          'urn:hall24:item-unknown',
          'urn:hall24:item-version-withdrawn',
          'urn:hall24:item-version-withdrawn',
          undefined,
        ]);
      });

      it('refuses envelopes that are damaged, belong to another key or say something else', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-instant');
        const other = await sampleCase(platform.sealingKey, 'sample-instant');
        const { envelope, sha256 } = other.submission;
        const swapped = await client.call('submitCase', {
          key: sample.key,
          body: { ...sample.submission, envelope, sha256 },
        });
        expect(swapped).toMatchObject({ status: 422, body: { type: 'urn:hall24:unreadable-envelope' } });
        const wrongHash = await client.call('submitCase', {
          key: sample.key,
          body: { ...sample.submission, envelope },
        });
        expect(wrongHash.body['type']).toBe('urn:hall24:malformed');
        const otherItem = await client.call('submitCase', {
          key: sample.key,
          body: { ...sample.submission, itemId: 'sample-office' },
        });
        expect(otherItem.body['type']).toBe('urn:hall24:unreadable-envelope');
        // Nothing was kept by the refusals: the right body is taken under the same key.
        expect((await post(sample)).status).toBe(201);
      });

      it.each([
        ['no body', undefined],
        ['half a JSON', '{"caseId":"01'],
        ['a list', '[]'],
        ['not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
      ])('calls %s malformed', async (_name, raw) => {
        const answer = await client.call('submitCase', { key: 'case:x:1', ...(raw === undefined ? {} : { raw }) });
        expect(answer).toMatchObject({ status: 400, body: { type: 'urn:hall24:malformed' } });
      });

      it('calls a wrong content type, a missing key and a key of something else malformed', async () => {
        const sample = await sampleCase(platform.sealingKey, 'sample-instant');
        const answers = [
          await client.call('submitCase', { key: sample.key, body: sample.submission, contentType: 'text/plain' }),
          await client.call('submitCase', { body: sample.submission }),
          await client.call('submitCase', { key: `case:${uuidv7()}:1`, body: sample.submission }),
        ];
        expect(answers.map(({ body }) => body['type'])).toEqual(
          Array.from({ length: 3 }, () => 'urn:hall24:malformed'),
        );
        expect((await platform.holdings()).cases.some(({ caseId }) => caseId === sample.submission.caseId)).toBe(false);
      });
    });

    describeBatches(() => ({ platform, client, post, keyHeld }));
    describeUploads(() => ({ platform, client }));

    describe('pick-ups', () => {
      it('announces without the code, which its digest tells', async () => {
        const { pickupId, code } = await announce('02');
        const { body, text } = await client.call('getPickups', { parameters: { kioskCode: 'CH03' } });
        const list = body as unknown as PickupList;
        const found = list.pickups.find((pickup) => pickup.pickupId === pickupId);
        expect(found).toMatchObject({ cell: '02', withdrawn: false, openedAt: null });
        expect(found?.codeDigest).toBe(await pickupCodeDigest(code, list.codeSalt));
        expect(text).not.toContain(code);
      });

      it('takes events in order, once each; then the code opens nothing any more and the cell is free', async () => {
        const { pickupId } = await announce('04');
        const opened = eventOf(pickupId, 1, 'opened', '04');
        const closed = eventOf(pickupId, 2, 'closed', '04');
        expect((await report(closed)).body).toMatchObject({ type: 'urn:hall24:sequence-gap', expectedSequence: 1 });
        const first = await report(opened);
        expect((await report(opened)).text).toBe(first.text);
        expect((await report(closed)).status).toBe(201);
        const held = (await platform.holdings()).pickups.find((pickup) => pickup.pickupId === pickupId);
        expect(held).toMatchObject({ state: 'collected', events: [opened, closed] });
        const { body } = await client.call('getPickups', { parameters: { kioskCode: 'CH03' } });
        const listed = (body as unknown as PickupList).pickups.find((pickup) => pickup.pickupId === pickupId);
        expect(listed).toMatchObject({ withdrawn: true, openedAt: opened.at });
        expect((await announce('04')).pickupId).not.toBe(pickupId);
      });

      it('notices an evidence chain that became shorter or another one', async () => {
        const beat = async (seq: number, digit: string): Promise<void> => {
          const body = {
            kioskCode: 'CH03',
            at: '2026-03-18T02:14:30Z',
            version: '1',
            waiting: 0,
            parked: 0,
            devices: [],
            evidence: { seq, hash: digit.repeat(64) },
          };
          expect((await client.call('heartbeat', { body })).status).toBe(200);
        };
        const alarms = async (): Promise<readonly unknown[]> =>
          (await platform.holdings()).heartbeats.find(({ kioskCode }) => kioskCode === 'CH03')?.evidenceAlarms ?? [];
        const before = (await alarms()).length;
        await beat(1_000, 'a');
        await beat(1_000, 'a');
        await beat(1_007, 'b');
        expect((await alarms()).length).toBe(before);
        await beat(1_006, 'b');
        await beat(1_007, 'c');
        const raised = (await alarms()).slice(before);
        expect(raised).toMatchObject([
          { known: { seq: 1_007 }, said: { seq: 1_006 } },
          { known: { seq: 1_007 }, said: { seq: 1_007, hash: 'c'.repeat(64) } },
        ]);
      });

      it('tells by the heartbeat that the list has changed', async () => {
        const heartbeat = {
          kioskCode: 'CH03',
          at: '2026-03-18T02:14:30Z',
          version: '1',
          waiting: 0,
          parked: 0,
          devices: [],
        };
        const before = await client.call('heartbeat', { body: heartbeat });
        const { pickupId } = await announce('05');
        const announced = await client.call('heartbeat', { body: heartbeat });
        expect(await platform.withdrawPickup(pickupId)).toBe(true);
        expect(await platform.withdrawPickup(pickupId)).toBe(false);
        const withdrawn = await client.call('heartbeat', { body: heartbeat });
        const versions = [before, announced, withdrawn].map(({ body }) => body['pickupsVersion'] as number);
        expect(versions).toEqual([versions[0], versions[0]! + 1, versions[0]! + 2]);
        expect(before.body['now']).toBe(new Date(clock.now()).toISOString());
      });

      it('refuses events of a pick-up of another kiosk', async () => {
        const event = eventOf(uuidv7(), 1, 'opened', '01');
        expect(await report(event)).toMatchObject({ status: 404, body: { type: 'urn:hall24:pickup-unknown' } });
      });

      it('says why something cannot be announced', async () => {
        const { code } = await announce('06');
        const pickup = { kioskCode: 'CH03', cell: '08', contents: [], holder: '林*夏', validFrom: 0, validTo: 1 };
        expect(await platform.announcePickup({ ...pickup, cell: '06' })).toEqual({ ok: false, error: 'cell-taken' });
        expect(await platform.announcePickup({ ...pickup, code })).toEqual({ ok: false, error: 'code-taken' });
        expect(await platform.announcePickup({ ...pickup, cell: '99' })).toEqual({ ok: false, error: 'cell-unknown' });
        expect(await platform.announcePickup({ ...pickup, kioskCode: 'XX99' })).toEqual({
          ok: false,
          error: 'kiosk-unknown',
        });
      });

      it('lays a seal into a free cell of the same kiosk and sends the code; waits while no cell is free', async () => {
        const other = new CheckedClient(platform.url, OTHER_TOKEN);
        const submit = async (): Promise<SampleCase> => {
          const sample = await sampleCase(platform.sealingKey, 'sample-opening', { kioskCode: 'CH04' });
          const answer = await other.call('submitCase', { key: sample.key, body: sample.submission });
          expect(answer.body).toMatchObject({ state: 'received', outcome: null });
          return sample;
        };
        const message = nextMessage('CH04');
        const sample = await submit();
        expect((await platform.holdings()).pickups.some(({ kioskCode }) => kioskCode === 'CH04')).toBe(false);
        await clock.advance(SEAL_DELAY_MS);
        const sent = await message;
        expect(sent).toMatchObject({
          to: SAMPLE_VALUES.phone,
          text: { en: expect.stringContaining(sent.code.slice(0, 4)) as string },
        });
        const { body } = await other.call('getPickups', { parameters: { kioskCode: 'CH04' } });
        const list = body as unknown as PickupList;
        expect(list.pickups).toMatchObject([{ cell: 'A1', pickupId: sent.pickupId }]);
        expect(list.pickups[0]?.codeDigest).toBe(await pickupCodeDigest(sent.code, list.codeSalt));
        expect(list.pickups[0]?.holder).not.toContain('小吃');
        const asked = await other.call('findCase', { parameters: { number: sample.submission.trackingNumber } });
        expect((asked.body as unknown as CaseStatus).state).toBe('approved');

        await submit();
        const second = nextMessage('CH04');
        await clock.advance(SEAL_DELAY_MS);
        expect(platform.messages.filter(({ kioskCode }) => kioskCode === 'CH04')).toHaveLength(1);
        expect(await platform.withdrawPickup(sent.pickupId)).toBe(true);
        expect((await second).pickupId).not.toBe(sent.pickupId);
      });

      it('has seeds of every kind', async () => {
        const seeded = await seedPickups(platform, KIOSKS[0], clock.now());
        expect(seeded.map(({ state }) => state)).toEqual(['valid', 'valid', 'expired', 'not-yet-valid', 'used']);
        const held = (await platform.holdings()).pickups;
        const used = held.find(({ pickupId }) => pickupId === seeded[4]?.pickupId);
        expect(used).toMatchObject({ state: 'collected', events: [{ event: 'opened' }, { event: 'closed' }] });
        expect(await seedPickups(platform, KIOSKS[0], clock.now())).toEqual([]);
      });
    });

    describe('ratings', () => {
      const ratingOf = (subjectId: string): Rating => ({
        ratingId: uuidv7(),
        kioskCode: 'CH03',
        subject: 'case',
        subjectId,
        level: 4,
        channel: '5',
        at: '2026-03-18T02:14:31.006Z',
      });
      const rate = (rating: Rating): Promise<CheckedAnswer> =>
        client.call('rate', { key: ratingKey(rating.ratingId), body: rating });

      it('keeps one a subject', async () => {
        const rating = ratingOf(uuidv7());
        const first = await rate(rating);
        expect(first.status).toBe(201);
        expect((await rate(rating)).text).toBe(first.text);
        const second = await rate(ratingOf(rating.subjectId));
        expect(second).toMatchObject({ status: 409, body: { type: 'urn:hall24:already-rated' } });
        const held = (await platform.holdings()).ratings.filter(({ subjectId }) => subjectId === rating.subjectId);
        expect(held).toEqual([rating]);
      });

      it('takes only levels 1 to 5', async () => {
        const rating = { ...ratingOf(uuidv7()), level: 6 };
        expect((await rate(rating)).body['type']).toBe('urn:hall24:malformed');
      });
    });

    describe('catalogue', () => {
      it('has the newest version of each item, under a number that grows with every change', async () => {
        const before = await client.call('getCatalogue');
        await platform.publishItems([{ ...SAMPLE_ITEMS[1]!, version: 2 }]);
        await platform.publishItems([{ ...SAMPLE_ITEMS[1]!, version: 2 }]);
        const after = await client.call('getCatalogue');
        expect(after.body['version']).toBe((before.body['version'] as number) + 1);
        const items = after.body['items'] as readonly { id: string; version: number }[];
        expect(items.filter(({ id }) => id === 'sample-office').map(({ version }) => version)).toEqual([2]);
        // A visit keeps the version that it began with.
        expect((await post(await sampleCase(platform.sealingKey, 'sample-office', { itemVersion: 1 }))).status).toBe(
          201,
        );
      });

      it('says what to seal to', async () => {
        expect((await client.call('getSealingKeys')).body).toEqual({ keys: [platform.sealingKey] });
      });
    });

    describeHeld(() => ({ platform, client }));
  });
}
