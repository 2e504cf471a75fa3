import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { SEALED_CHUNK_BYTES } from '../../electron/domain/attachment.ts';
import { uploadMetadata } from '../../electron/platform-api/uploads.ts';
import type { CheckedClient, UploadAnswer } from './checked-client.ts';
import type { ReferencePlatform } from './index.ts';
import { sampleCase, type SampleCase, type SampleFile } from './samples.ts';

interface At {
  readonly platform: ReferencePlatform;
  readonly client: CheckedClient;
}

const MIDDLE = 600_000;

/** Begins an upload. */
export function beginUpload(
  client: CheckedClient,
  file: SampleFile,
  length = file.sealed.length,
): Promise<UploadAnswer> {
  return client.upload('createUpload', {
    headers: { 'Upload-Length': String(length), 'Upload-Metadata': uploadMetadata(file.manifest.attachmentId) },
  });
}

/** Sends the chunk that begins at `offset`; `change` spoils it. */
export function sendChunk(
  client: CheckedClient,
  file: SampleFile,
  offset: number,
  change: { readonly body?: Uint8Array; readonly says?: Uint8Array; readonly token?: string } = {},
): Promise<UploadAnswer> {
  const body = change.body ?? file.sealed.subarray(offset, offset + SEALED_CHUNK_BYTES);
  const checksum = createHash('sha256')
    .update(change.says ?? body)
    .digest('base64');
  return client.upload('uploadChunk', {
    attachmentId: file.manifest.attachmentId,
    headers: { 'Upload-Offset': String(offset), 'Upload-Checksum': `sha256 ${checksum}` },
    body,
    ...(change.token === undefined ? {} : { token: change.token }),
  });
}

/** Sends what is left of a file. */
export async function sendRest(client: CheckedClient, file: SampleFile, from = 0): Promise<void> {
  for (let offset = from; offset < file.sealed.length; offset += SEALED_CHUNK_BYTES) {
    expect((await sendChunk(client, file, offset)).status).toBe(204);
  }
}

/** Files of cases: what holds on every kind of store. */
export function describeUploads(at: () => At): void {
  describe('files of a case', () => {
    const submitted = async (files: readonly number[], itemId = 'sample-instant'): Promise<SampleCase> => {
      const sample = await sampleCase(at().platform.sealingKey, itemId, { files });
      const answer = await at().client.call('submitCase', { key: sample.key, body: sample.submission });
      expect(answer).toMatchObject({ status: 201, body: { state: 'received' } });
      expect(answer.body['attachments']).toEqual(
        sample.files.map(({ manifest }) => ({ attachmentId: manifest.attachmentId, sha256: null })),
      );
      return sample;
    };
    const statusOf = async (file: SampleFile): Promise<Readonly<Record<string, unknown>>> =>
      (await at().client.call('getAttachment', { parameters: { attachmentId: file.manifest.attachmentId } })).body;
    const offsetOf = async (file: SampleFile): Promise<string | number> => {
      const { attachmentId } = file.manifest;
      const answer = await at().client.upload('uploadOffset', { attachmentId });
      return answer.status === 200 ? String(answer.headers['upload-offset']) : answer.status;
    };

    it('come chunk by chunk; with the last one the case is complete and decided, and the bytes open', async () => {
      const sample = await submitted([MIDDLE, 1]);
      for (const [index, file] of sample.files.entries()) {
        expect(await offsetOf(file)).toBe(404);
        expect((await beginUpload(at().client, file)).headers['location']).toBe(
          `/v1/uploads/${file.manifest.attachmentId}`,
        );
        expect(await offsetOf(file)).toBe('0');
        await sendRest(at().client, file);
        expect(await statusOf(file)).toMatchObject({
          sha256: file.manifest.sha256,
          offset: file.sealed.length,
          case: { state: index === 1 ? 'approved' : 'received' },
        });
      }
      const { cases, attachments } = await at().platform.holdings();
      expect(cases.find(({ caseId }) => caseId === sample.submission.caseId)).toMatchObject({
        state: 'approved',
        attachments: sample.files.map(({ manifest: { attachmentId, sha256 } }) => ({ attachmentId, sha256 })),
      });
      for (const { manifest, plain } of sample.files) {
        const held = attachments.find(({ attachmentId }) => attachmentId === manifest.attachmentId);
        expect(held?.plain && Buffer.compare(held.plain, plain)).toBe(0);
        expect(held).toMatchObject({ slot: 'contract', type: 'image/jpeg' });
      }
    });

    it('keep a chunk once: twice, from the wrong place, by two at a time', async () => {
      const file = (await submitted([MIDDLE])).files[0]!;
      await beginUpload(at().client, file);
      expect((await sendChunk(at().client, file, SEALED_CHUNK_BYTES)).problem).toMatchObject({
        type: 'urn:hall24:offset-differs',
        expectedOffset: 0,
      });
      const both = await Promise.all([sendChunk(at().client, file, 0), sendChunk(at().client, file, 0)]);
      expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([204, 409]);
      expect(both.find(({ status }) => status === 409)?.problem).toMatchObject({ expectedOffset: SEALED_CHUNK_BYTES });
      expect((await beginUpload(at().client, file)).status).toBe(201);
      expect(await offsetOf(file)).toBe(String(SEALED_CHUNK_BYTES));
      expect(await statusOf(file)).toMatchObject({ offset: SEALED_CHUNK_BYTES, sha256: null });
      await sendRest(at().client, file, SEALED_CHUNK_BYTES);
      expect((await sendChunk(at().client, file, 2 * SEALED_CHUNK_BYTES)).status).toBe(409);
      expect(await statusOf(file)).toMatchObject({ sha256: file.manifest.sha256 });
    });

    it('refuse what is not theirs', async () => {
      const file = (await submitted([MIDDLE])).files[0]!;
      const typeOf = async (call: Promise<UploadAnswer>): Promise<unknown> => (await call).problem?.['type'];
      const { client } = at();
      expect(await typeOf(sendChunk(client, file, 0))).toBe('urn:hall24:attachment-unknown');
      expect(await typeOf(beginUpload(client, file, 7))).toBe('urn:hall24:attachment-differs');
      const stranger = { ...file, manifest: { ...file.manifest, attachmentId: uuidv7() } };
      expect(await typeOf(beginUpload(client, stranger))).toBe('urn:hall24:attachment-unknown');
      await beginUpload(client, file);
      const chunk = file.sealed.slice(0, SEALED_CHUNK_BYTES);
      const flipped = chunk.slice();
      flipped[77]! ^= 1;
      expect(await typeOf(sendChunk(client, file, 0, { body: flipped, says: chunk }))).toBe('urn:hall24:chunk-damaged');
      expect(await typeOf(sendChunk(client, file, 0, { token: 'token-of-ch04' }))).toBe(
        'urn:hall24:attachment-unknown',
      );
      expect(await typeOf(sendChunk(client, file, 0, { token: 'nobody-at-all' }))).toBe('urn:hall24:unauthorised');
      expect(await typeOf(sendChunk(client, file, 0, { body: file.sealed.subarray(0, SEALED_CHUNK_BYTES + 1) }))).toBe(
        'urn:hall24:malformed',
      );
      const versionless = await client.upload('uploadChunk', {
        attachmentId: file.manifest.attachmentId,
        headers: { 'Tus-Resumable': '0.2.2', 'Upload-Offset': '0' },
        body: chunk,
      });
      expect(versionless).toMatchObject({ status: 412, problem: { type: 'urn:hall24:tus-version' } });
      expect(await offsetOf(file)).toBe('0');
    });

    it('are not held when all their chunks are sound but the file is another one', async () => {
      const sample = await submitted([MIDDLE]);
      const file = sample.files[0]!;
      await beginUpload(at().client, file);
      await sendRest(at().client, { ...file, sealed: file.sealed.subarray(0, 2 * SEALED_CHUNK_BYTES) });
      const end = file.sealed.slice(2 * SEALED_CHUNK_BYTES);
      end[3]! ^= 1;
      const last = await sendChunk(at().client, file, 2 * SEALED_CHUNK_BYTES, { body: end });
      expect(last.problem).toMatchObject({ type: 'urn:hall24:attachment-differs' });
      expect(await statusOf(file)).toMatchObject({ sha256: null, case: { state: 'received' } });
      await sendRest(at().client, file, 2 * SEALED_CHUNK_BYTES);
      expect(await statusOf(file)).toMatchObject({ sha256: file.manifest.sha256, case: { state: 'approved' } });
    });

    it('are announced with keys that open, or the case is not taken', async () => {
      const { sealingKey } = at().platform;
      const [one, other] = [
        await sampleCase(sealingKey, 'sample-instant', { files: [1] }),
        await sampleCase(sealingKey, 'sample-instant', { files: [1] }),
      ];
      const body = { ...one.submission, attachments: other.submission.attachments };
      const swapped = await at().client.call('submitCase', { key: one.key, body });
      expect(swapped).toMatchObject({ status: 422, body: { type: 'urn:hall24:unreadable-envelope' } });
      const many = { ...one.submission, attachments: Array.from({ length: 21 }, () => one.submission.attachments![0]) };
      expect((await at().client.call('submitCase', { key: one.key, body: many })).status).toBe(400);
      expect((await at().client.call('submitCase', { key: one.key, body: one.submission })).status).toBe(201);
    });
  });
}
