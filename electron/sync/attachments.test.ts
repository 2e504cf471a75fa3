import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEALED_CHUNK_BYTES } from '../domain/attachment.ts';
import type { AttachmentUpload } from '../services/ports.ts';
import { err, ok } from '../../native/model/result.ts';
import { Upload } from './attachment-upload.ts';
import type { RawAnswer, RawCall, RawInput } from './platform-client.ts';

const ID = '0199a4c4-3d2f-7b61-a8c7-94e0d15f6b23';
const BYTES = new Uint8Array(2 * SEALED_CHUNK_BYTES + 1_000).map((_, index) => (index * 7 + (index >> 9)) % 251);

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const chunkAt = (index: number): Uint8Array =>
  BYTES.slice(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES);
const FILE: AttachmentUpload = {
  attachmentId: ID,
  caseId: ID,
  size: BYTES.length,
  sha256: hashOf(BYTES),
  chunks: [0, 1, 2].map((index) => hashOf(chunkAt(index))),
  attempts: 1,
};
const cut = err({ kind: 'unreachable', reason: 'broken-off', retryAfterMs: null } as const);

/** What happens to one chunk on its way: `keep` bytes of it stay at the other side, whatever that is, and the answer gets lost. */
interface Fate {
  readonly keep: number;
  readonly answered: boolean;
}

/** The other side of the line: any tus server, also one that keeps parts of chunks. */
class Server {
  kept: Uint8Array = new Uint8Array(0);
  begun = false;
  sent = 0;
  readonly fates: Fate[];

  constructor(fates: readonly Fate[]) {
    this.fates = [...fates];
  }

  readonly call: RawCall = async (input) => {
    const answer = this.#answer(input);
    if (input.method !== 'PATCH') return ok(answer);
    const fate = this.#fate;
    this.#fate = null;
    return fate?.answered === false ? cut : ok(answer);
  };
  #fate: Fate | null = null;

  #answer({ method, headers, body }: RawInput): RawAnswer {
    if (method === 'POST') this.begun = true;
    if (method === 'POST') return said(201, { location: `/v1/uploads/${ID}` });
    if (!this.begun) return problem(404, 'urn:hall24:attachment-unknown');
    if (method === 'HEAD') return said(200, { 'upload-offset': String(this.kept.length) });
    const bytes = body ?? new Uint8Array(0);
    this.sent += bytes.length;
    this.#fate = this.fates.shift() ?? null;
    if (Number(headers['Upload-Offset']) !== this.kept.length) return problem(409, 'urn:hall24:offset-differs');
    if (headers['Upload-Checksum'] !== `sha256 ${createHash('sha256').update(bytes).digest('base64')}`) {
      return problem(460, 'urn:hall24:chunk-damaged');
    }
    const part = this.#fate === null ? bytes : bytes.subarray(0, this.#fate.keep);
    this.kept = Buffer.concat([this.kept, part]);
    return said(204, { 'upload-offset': String(this.kept.length) });
  }
}

function said(status: number, headers: Record<string, string>, text = ''): RawAnswer {
  return { status, headers: { 'tus-resumable': '1.0.0', ...headers }, text };
}

function problem(status: number, type: string): RawAnswer {
  return said(status, {}, JSON.stringify({ type, title: type, status }));
}

const store = { attachmentChunk: async (_id: string, index: number) => ok(chunkAt(index)) };
const run = (raw: RawCall): ReturnType<Upload['run']> => new Upload(FILE, { store, raw, now: () => 0 }).run();

describe('an upload', () => {
  it('arrives whole whatever is cut, and no cut costs more than a chunk', async () => {
    const fate = fc.record({ keep: fc.integer({ min: 0, max: SEALED_CHUNK_BYTES }), answered: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 6 }), async (fates) => {
        const server = new Server(fates);
        let tries = 0;
        for (let done = false; !done; tries += 1) done = (await run(server.call)).failure === null;
        expect(Buffer.compare(server.kept, BYTES)).toBe(0);
        expect(server.sent).toBeLessThanOrEqual(BYTES.length + fates.length * SEALED_CHUNK_BYTES);
        expect(tries).toBeLessThanOrEqual(fates.length + 1);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, RawAnswer, object]>([
    [
      "a portal's page",
      { status: 200, headers: { 'content-type': 'text/html' }, text: '<html>' },
      { kind: 'unreachable' },
    ],
    ['an offset behind the end', said(200, { 'upload-offset': '99999999' }), { kind: 'unreachable' }],
    ['an offset that is none', said(200, { 'upload-offset': '-1' }), { kind: 'unreachable' }],
    ['a refusal for good', said(401, {}), { kind: 'later', reason: 'status-401' }],
    [
      'a busy platform',
      { ...problem(503, 'urn:hall24:busy'), headers: { 'tus-resumable': '1.0.0', 'retry-after': '7' } },
      { kind: 'later', retryAfterMs: 7_000 },
    ],
  ])('stops at %s', async (_name, answer, failure) => {
    const { moved, failure: told } = await run(async () => ok(answer));
    expect(moved).toBe(0);
    expect(told).toMatchObject(failure);
  });

  it('takes no other byte for the next than the platform can mean', async () => {
    const server = new Server([]);
    const lying: RawCall = async (input) => {
      const answer = await server.call(input);
      if (input.method !== 'PATCH' || !answer.ok) return answer;
      return ok(said(204, { 'upload-offset': String(BYTES.length) }));
    };
    expect((await run(lying)).failure).toMatchObject({ kind: 'unreachable', reason: 'answer-of-another' });
  });

  it('gives up for now when the platform says the same again and again', async () => {
    let calls = 0;
    const stubborn: RawCall = async ({ method }) => {
      calls += 1;
      return ok(method === 'HEAD' ? said(200, { 'upload-offset': '0' }) : problem(409, 'urn:hall24:offset-differs'));
    };
    expect((await run(stubborn)).failure).toMatchObject({ kind: 'later', reason: 'urn:hall24:offset-differs' });
    expect(calls).toBeLessThan(12);
  });

  it('leaves a platform that keeps a few bytes of each chunk for later', async () => {
    const server = new Server(Array.from({ length: 40 }, () => ({ keep: 9, answered: true })));
    expect(await run(server.call)).toEqual({
      moved: 0,
      failure: { kind: 'later', reason: 'chunk-kept-in-crumbs', retryAfterMs: null },
    });
    expect(server.sent).toBeLessThanOrEqual(5 * SEALED_CHUNK_BYTES);
  });

  it('is begun anew where the platform forgot it half-way', async () => {
    const server = new Server([]);
    let patches = 0;
    const forgetful: RawCall = (input) => {
      if (input.method === 'PATCH' && (patches += 1) === 2) {
        server.begun = false;
        server.kept = new Uint8Array(0);
      }
      return server.call(input);
    };
    expect((await run(forgetful)).failure).toBeNull();
    expect(Buffer.compare(server.kept, BYTES)).toBe(0);
  });

  it('is refused where the platform does not know the file, however often it is begun', async () => {
    let calls = 0;
    const unknowing: RawCall = async ({ method }) => {
      calls += 1;
      return ok(method === 'POST' ? said(201, {}) : problem(404, 'urn:hall24:attachment-unknown'));
    };
    expect((await run(unknowing)).failure).toEqual({ kind: 'refused', type: 'urn:hall24:attachment-unknown' });
    expect(calls).toBeLessThan(14);
  });

  it('never sends bytes that are not what was written', async () => {
    const server = new Server([]);
    const rotten = { attachmentChunk: async () => err({ code: 'conflict', detail: 'file-damaged' } as const) };
    const { failure } = await new Upload(FILE, { store: rotten, raw: server.call, now: () => 0 }).run();
    expect(failure).toEqual({ kind: 'file', reason: 'file-damaged' });
    expect(server.sent).toBe(0);
  });
});
