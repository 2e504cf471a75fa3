import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkField } from './field-rules.ts';
import { formatFieldValue, maskedValue, mostQuestions, questionsToAsk } from './form.ts';
import type { FormField } from './item-pack.ts';
import {
  isSigned,
  readSignature,
  SIGNATURE_MAX_LENGTH,
  SIGNED_BY_CARD,
  signatureText,
  thinned,
  type Signature,
} from './signature.ts';

const FIELD: FormField = {
  id: 'signature',
  kind: 'signature',
  question: { 'zh-CN': '请签名', en: 'Please sign' },
  label: { 'zh-CN': '签名', en: 'Signature' },
  help: { 'zh-CN': '用手指写', en: 'Use a finger' },
  required: true,
};
const CONTEXT = { todayISO: '2026-03-18', values: {}, complete: true };

const sheet = fc
  .record({ width: fc.integer({ min: 40, max: 4096 }), height: fc.integer({ min: 40, max: 4096 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      strokes: fc.array(
        fc.array(fc.tuple(fc.integer({ min: 0, max: width }), fc.integer({ min: 0, max: height })), {
          minLength: 1,
          maxLength: 60,
        }),
        { maxLength: 12 },
      ),
    }),
  );

const line = (length: number): Signature => ({
  width: 800,
  height: 300,
  strokes: [
    [
      [10, 100],
      [10 + length, 100],
    ],
  ],
});

describe('a signature', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(sheet, fc.base64String({ maxLength: 80 }), (signature, picture) => {
        const written = thinned(signature, 1);
        expect(readSignature(signatureText({ ...written, picture }))).toEqual({ ...written, picture });
      }),
    );
  });

  it('is never longer than a form takes, however long somebody writes', () => {
    const strokes = Array.from({ length: 40 }, (_, row) =>
      Array.from({ length: 400 }, (_point, at): [number, number] => [(at * 37) % 4096, (row * 97 + at * 53) % 4096]),
    );
    for (const picture of ['', 'A'.repeat(4_000), 'A'.repeat(30_000)]) {
      const text = signatureText({ width: 4096, height: 4096, strokes, picture });
      expect(text.length).toBeLessThanOrEqual(SIGNATURE_MAX_LENGTH);
      expect(readSignature(text)?.strokes.flat()).toHaveLength(1_500);
    }
  });

  it('is nothing but what was written: any other text is refused', () => {
    fc.assert(fc.property(fc.string(), (text) => readSignature(text) === null));
    for (const text of ['sig1;0,300;0.0;', 'sig1;800,300;zzzz.0;', 'sig1;800,300;1.1  1.1;', 'sig1;800,300;1.1;<b>']) {
      expect(readSignature(text)).toBeNull();
    }
  });

  it('is more than a touch', () => {
    expect(isSigned(line(20))).toBe(false);
    expect(isSigned(line(300))).toBe(true);
    const text = (length: number): string => signatureText({ ...line(length), picture: '' });
    expect(checkField(FIELD, text(20), CONTEXT)?.code).toBe('signature-too-short');
    expect(checkField(FIELD, text(300), CONTEXT)).toBeNull();
    expect(checkField(FIELD, 'x', CONTEXT)?.code).toBe('signature-needed');
    expect(checkField(FIELD, '', CONTEXT)?.code).toBe('signature-needed');
  });

  it('can be left to the card by somebody who cannot write, and is never spelt out', () => {
    expect(checkField(FIELD, SIGNED_BY_CARD, CONTEXT)).toBeNull();
    expect(maskedValue(FIELD, SIGNED_BY_CARD)).toBe('以身份证代替签名');
    expect(formatFieldValue(FIELD, signatureText({ ...line(300), picture: 'AAAA' }), 'en')).toBe('Signed');
  });
});

describe('the number of questions', () => {
  const choice = (id: string, more: object = {}): FormField => ({
    ...FIELD,
    id,
    kind: 'choice',
    choices: [
      { value: 'a', label: FIELD.label },
      { value: 'b', label: FIELD.label },
    ],
    ...more,
  });
  const when = (field: string, value: string): object => ({ onlyWhen: { field, isOneOf: [value] } });
  const fields = [
    choice('first'),
    { ...FIELD, id: 'one', ...when('first', 'a') },
    choice('two', when('first', 'b')),
    { ...FIELD, id: 'three', ...when('two', 'b') },
    { ...FIELD, id: 'last' },
  ];
  const pack = { form: { groups: [{ id: 'g', title: FIELD.label, fields }] } };

  it('never grows while somebody answers', () => {
    expect(mostQuestions(pack, {})).toBe(4);
    expect(mostQuestions(pack, { first: 'b' })).toBe(4);
    expect(mostQuestions(pack, { first: 'a' })).toBe(3);
    expect(mostQuestions(pack, { first: 'b', two: 'a' })).toBe(3);
    fc.assert(
      fc.property(fc.constantFrom('a', 'b'), fc.constantFrom('a', 'b'), (first, two) => {
        const steps = [{}, { first }, { first, two }].map((values) => mostQuestions(pack, values));
        expect(steps).toEqual([...steps].sort((a, b) => b - a));
        expect(steps.at(-1)).toBe(questionsToAsk(pack, { first, two }).length);
      }),
    );
  });
});
