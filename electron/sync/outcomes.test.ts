import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonValue } from '../domain/case-payload.ts';
import { readWithoutEnvelope } from './outcomes.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"envelope":{', '}', '{"envelope":{}}', '\\"'));
const envelope = fc.record({ alg: text, ct: text, enc: text, kid: text });

describe('a message without its envelope', () => {
  it('says of itself what the whole says, whatever its texts hold', () => {
    const message = fc.record(
      {
        attachments: fc.array(fc.record({ envelope, sha256: text }), { maxLength: 2 }),
        caseId: text,
        envelope,
        itemCode: text,
        sha256: text,
        trackingNumber: text,
      },
      { requiredKeys: ['caseId', 'sha256', 'trackingNumber'] },
    );
    fc.assert(
      fc.property(message, (value) => {
        const { caseId, sha256, trackingNumber } = value;
        const read = readWithoutEnvelope(Buffer.from(canonicalJson(value as unknown as JsonValue)));
        expect(read).toMatchObject({ caseId, sha256, trackingNumber });
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the ciphertext out', () => {
    const bytes = Buffer.from(canonicalJson({ caseId: 'c', envelope: { alg: 'a', ct: 'QUJD' }, sha256: 's' }));
    expect(readWithoutEnvelope(bytes)).toEqual({ caseId: 'c', envelope: {}, sha256: 's' });
  });
});
