import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from 'uqr';
import { fieldsOf, type ItemPack } from '../../electron/domain/item-pack.ts';
import { prefillFromCard } from '../../electron/domain/form.ts';
import { SAMPLE_FORMS } from '../../test/fixtures/forms.ts';
import { fromBase45, toBase45 } from './base45.ts';
import { carriedValues } from './carried-values.ts';
import { newDigits, openForm, readPart, sealForm, type Part } from './sealed-form.ts';

const packs = Object.values(
  import.meta.glob<ItemPack>('../../assets/catalogue/items/*.json', { eager: true, import: 'default' }),
);
const NOW = Date.parse('2026-03-18T12:36:00Z');
const DAY = 86_400_000;
/** The real number of rounds is tried once; the rest need not be slow. */
const QUICK = 10;

const scanned = (texts: readonly string[]): Part[] =>
  texts.map((text) => readPart(`${text}\r\n`)).filter((part) => part !== null);

describe('a carried form', () => {
  it.each(packs.map((pack) => [pack.id, pack] as const))(
    'of %s comes back as it was, whatever was typed',
    async (_, pack) => {
      const typed = fc.dictionary(
        fc.constantFrom(...fieldsOf(pack).map((field) => field.id)),
        fc.string({ unit: 'grapheme', maxLength: 120 }),
      );
      await fc.assert(
        fc.asyncProperty(typed, fc.stringMatching(/^\d{8}$/u), async (values, digits) => {
          const form = { itemId: pack.id, itemVersion: pack.version, values: carriedValues(pack, values) };
          const parts = scanned(await sealForm(form, digits, NOW, QUICK));
          expect(await openForm(parts.toReversed(), digits, NOW, QUICK)).toEqual(form);
        }),
        { numRuns: 25 },
      );
    },
  );

  it.each(packs.map((pack) => [pack.id, pack] as const))(
    'of %s filled as usual fits one code, without the card',
    async (id, pack) => {
      const sample = SAMPLE_FORMS[id];
      if (sample === undefined) throw new Error(`no sample form of ${id}`);
      const values = carriedValues(pack, { ...prefillFromCard(pack, sample.card), ...sample.answers });
      expect(JSON.stringify(values)).not.toContain(sample.card.number);
      expect(JSON.stringify(values)).not.toContain(sample.card.address);
      const texts = await sealForm({ itemId: id, itemVersion: pack.version, values }, '12345678', NOW, QUICK);
      expect(texts.length).toBe(1);
      expect(encode(texts[0] ?? '', { ecc: 'M' }).version).toBeLessThanOrEqual(22);
    },
  );

  const form = { itemId: 'x', itemVersion: 1, values: { a: '望溪路 18 号' } };

  it('opens with its own digits only', async () => {
    const parts = scanned(await sealForm(form, '12345678', NOW));
    expect(await openForm(parts, '12345679', NOW)).toBe('wrong-digits');
    expect(await openForm(parts, '12345678', NOW)).toEqual(form);
  });

  it('is good for a week', async () => {
    const parts = scanned(await sealForm(form, '12345678', NOW, QUICK));
    expect(await openForm(parts, '12345678', NOW + 7 * DAY, QUICK)).toEqual(form);
    expect(await openForm(parts, '12345678', NOW + 8 * DAY, QUICK)).toBe('too-old');
  });

  it('takes several codes when it is long, and all of them', async () => {
    const noise = Array.from({ length: 1200 }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    ).join('');
    const long = { ...form, values: { a: noise } };
    const parts = scanned(await sealForm(long, '12345678', NOW, QUICK));
    expect(parts.length).toBeGreaterThan(1);
    expect(await openForm(parts.slice(1), '12345678', NOW, QUICK)).toBe('foreign');
    expect(await openForm(parts, '12345678', NOW, QUICK)).toEqual(long);
  });

  it('holds nothing in the clear', async () => {
    const [text = ''] = await sealForm(form, '12345678', NOW, QUICK);
    const bytes = fromBase45(text.split(':').slice(4).join(':'));
    expect(new TextDecoder().decode(bytes ?? new Uint8Array())).not.toContain('望溪路');
  });

  it('is told from every other code', () => {
    fc.assert(fc.property(fc.string(), (text) => readPart(text) === null));
    expect(readPart('HP1:12345678')).toBeNull();
    expect(readPart('H24F:2:1:ABCD:AAA')).toBeNull();
  });

  it('has digits that nobody chose', () => {
    const all = Array.from({ length: 50 }, newDigits);
    expect(all.every((digits) => /^\d{8}$/u.test(digits))).toBe(true);
    expect(new Set(all).size).toBe(50);
  });
});

describe('Base45', () => {
  it('is that of RFC 9285', () => {
    expect(toBase45(new TextEncoder().encode('AB'))).toBe('BB8');
    expect(toBase45(new TextEncoder().encode('base-45'))).toBe('UJCLQE7W581');
    expect(fromBase45('QED8WEX0')).toEqual(new TextEncoder().encode('ietf!'));
    expect(fromBase45('FGW')).toEqual(Uint8Array.of(255, 255));
    expect(fromBase45('GGW')).toBeNull();
    expect(fromBase45(':::')).toBeNull();
    expect(fromBase45('A')).toBeNull();
  });
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(fromBase45(toBase45(bytes))).toEqual(bytes);
      }),
    );
  });
});
