import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../domain/case-payload.ts';
import { Batch } from '../platform-api/messages.ts';
import { batchBody } from './batch-body.ts';

const message = fc.jsonValue().map((value) => canonicalJson({ value }));
const entry = fc.record({
  kind: fc.constantFrom('case', 'pickup', 'rating'),
  idempotencyKey: fc.string({ minLength: 1, maxLength: 80, unit: 'binary' }),
  text: message,
});

describe('batchBody', () => {
  it('is the batch as JSON, each message in it byte for byte', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
        const bytes = batchBody(entries.map(({ text, ...rest }) => ({ ...rest, body: Buffer.from(text) })));
        const read: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
        expect(read).toEqual({
          entries: entries.map(({ kind, idempotencyKey, text }) => ({ kind, key: idempotencyKey, body: text })),
        });
      }),
    );
  });

  it('takes bytes that are a part of others, and fits the contract', () => {
    const text = canonicalJson({ ct: 'QUJD', name: '测试"一\\"', lines: 'a\nb' });
    const within = Buffer.from(`xx${text}yy`).subarray(2, 2 + Buffer.byteLength(text));
    const key = 'case:01990000-0000-7000-8000-000000000001:1';
    const bytes = batchBody([{ kind: 'case', idempotencyKey: key, body: within }]);
    expect(Batch.parse(JSON.parse(Buffer.from(bytes).toString()))).toEqual({
      entries: [{ kind: 'case', key, body: text }],
    });
  });
});
