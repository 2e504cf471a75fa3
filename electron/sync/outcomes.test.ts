import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonValue } from '../domain/case-payload.ts';
import type { OutboxEntry } from '../services/ports.ts';
import { readBatchEntry, readWithoutEnvelope } from './outcomes.ts';

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

describe('an answer to a case', () => {
  const caseId = '01990000-0000-7000-8000-000000000001';
  const answer = {
    caseId,
    trackingNumber: 'CH03 260105 0001 7',
    itemId: 'rent-filing',
    state: 'received',
    caseNumber: '990001-2026-0000001',
    receivedAt: '2026-01-05T01:00:00.000Z',
    decidedAt: null,
    outcome: null,
    sha256: 'a'.repeat(64),
  };
  const body = Buffer.from(canonicalJson({ caseId, sha256: answer.sha256, trackingNumber: answer.trackingNumber }));
  const entry: OutboxEntry = {
    entryId: 'entry',
    kind: 'case',
    subjectId: caseId,
    sequence: 1,
    idempotencyKey: `case:${caseId}:1`,
    body,
    sha256: 'b'.repeat(64),
    createdAt: 0,
    attempts: 1,
  };
  const read = (changes: object): unknown =>
    readBatchEntry(entry, { status: 201, answer: { ...answer, ...changes } }, 0);

  it('is taken when it is about the message that was sent', () => {
    expect(read({})).toMatchObject({ kind: 'acknowledged', case: { caseNumber: answer.caseNumber } });
  });

  it.each([
    { caseNumber: '9'.repeat(65) },
    { outcome: { 'zh-CN': '准'.repeat(2_001), en: 'granted' } },
    { trackingNumber: 'CH03 260105 0002 5' },
  ])('is none when a text is longer than the contract has it, or is about another', (changes) => {
    expect(read(changes)).toBe('foreign');
  });
});
