import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasWrongCheckDigit, isCardNumber, numberCheck } from './card-numbers.ts';
import { encodeCardText, parseCardText } from './sdt-card-text.ts';
import type { WritableCard } from './sdt-card-text.ts';
import { TEST_CARD, TEST_FOREIGNER_2017, TEST_FOREIGNER_2023, TEST_PERMIT } from './test-card.ts';

/** A block with these texts at these byte offsets, written independently of the encoder. */
function blockOf(texts: Readonly<Record<number, string>>): Uint8Array {
  const block = Uint8Array.from({ length: 256 }, (_, index) => (index % 2 === 0 ? 0x20 : 0));
  for (const [offset, text] of Object.entries(texts)) put(block, Number(offset), text);
  return block;
}

function put(block: Uint8Array, offset: number, text: string): void {
  block.set(new Uint8Array(Buffer.from(text, 'utf16le')), offset);
}

function encoded(card: WritableCard): Uint8Array {
  const block = encodeCardText(card);
  if (!block.ok) throw new Error(JSON.stringify(block.error));
  return block.value;
}

const PERMIT_BLOCK = {
  0: '测试港',
  30: '2',
  36: '19920405',
  52: '测试省测试市演示区样例路1号',
  122: '819999199204050028',
  158: '测试市公安局演示分局',
  188: '20200101',
  204: '20400101',
  220: 'H00000001',
  238: '02',
  248: 'J',
};
const BLOCK_2017 = {
  0: 'TEST, SYNTHETIC PERSON',
  120: '1',
  122: 'XTS000000000001',
  152: 'XTS',
  158: '测试外',
  188: '20180101',
  204: '20280101',
  220: '19880203',
  236: '01',
  240: '9900',
  248: 'I',
};
const BLOCK_2023 = {
  0: '测试外',
  30: '1',
  32: '01',
  36: '19880203',
  52: 'TEST, SYNTHETIC PERSON WITH A LONG ',
  122: '999999198802030012',
  188: '20180101',
  204: '20280101',
  220: 'VERYLONGEND',
  242: 'XTS',
  248: 'Y',
  250: 'X01',
};
const KINDS = [
  ['permit', PERMIT_BLOCK, TEST_PERMIT],
  ["foreigner's card of 2017", BLOCK_2017, TEST_FOREIGNER_2017],
  ["foreigner's card of 2023", BLOCK_2023, TEST_FOREIGNER_2023],
] as const;

describe.each(KINDS)('%s', (_, texts, card) => {
  it('is read from the documented layout', () => {
    expect(parseCardText(blockOf(texts))).toEqual({ ok: true, value: { nation: '', ...card } });
  });

  it('is written in the documented layout', () => {
    expect(encoded(card)).toEqual(blockOf(texts));
  });

  it('valid for ever is long-term', () => {
    expect(parseCardText(blockOf({ ...texts, 204: '长期    ' }))).toMatchObject({ value: { validTo: 'long-term' } });
  });
});

describe('cards of other kinds', () => {
  it("need no Chinese name where they are a foreigner's, but one where they are a permit", () => {
    expect(parseCardText(blockOf({ ...BLOCK_2017, 158: '   ' }))).toMatchObject({ ok: true, value: { name: '' } });
    expect(parseCardText(blockOf({ ...BLOCK_2023, 0: '   ' }))).toMatchObject({ ok: true, value: { name: '' } });
    expect(parseCardText(blockOf({ ...PERMIT_BLOCK, 0: '   ' }))).toMatchObject({ error: { field: 'name' } });
  });

  it('are read without what need not be there', () => {
    const parsed = parseCardText(blockOf({ ...PERMIT_BLOCK, 220: ' '.repeat(9), 238: '  ' }));
    expect(parsed).toMatchObject({ ok: true, value: { permitNumber: '' } });
    expect(parsed.ok && 'issueCount' in parsed.value).toBe(false);
  });

  it('are read with zeros for filling, and a name that needs the first part only', () => {
    const block = blockOf(BLOCK_2023);
    block.fill(0, 52, 122);
    block.fill(0, 220, 242);
    put(block, 52, 'TEST, SHORT');
    expect(parseCardText(block)).toMatchObject({ ok: true, value: { englishName: 'TEST, SHORT' } });
  });

  it('take no nation from the reserved place of a permit', () => {
    expect(parseCardText(blockOf({ ...PERMIT_BLOCK, 32: '01' }))).toMatchObject({
      value: { nationCode: '', nation: '' },
    });
  });

  it.each([
    [PERMIT_BLOCK, 122, '840000199204050020', 'number'],
    [PERMIT_BLOCK, 220, 'H-0000001', 'permitNumber'],
    [PERMIT_BLOCK, 238, 'x1', 'issueCount'],
    [BLOCK_2017, 0, '\u0001', 'englishName'],
    [BLOCK_2017, 122, 'XT1000000000001', 'number'],
    [BLOCK_2017, 152, 'X1S', 'nationality'],
    [BLOCK_2017, 220, '19880230', 'birthDate'],
    [BLOCK_2023, 122, '8', 'number'],
    [BLOCK_2023, 156, '5', 'number'],
    [BLOCK_2023, 242, '   ', 'nationality'],
    [BLOCK_2023, 250, '-', 'olderNumberLink'],
  ] as const)('with an implausible field are refused (%#)', (texts, offset, wrong, field) => {
    const block = blockOf(texts);
    put(block, offset, wrong);
    expect(parseCardText(block)).toEqual({ ok: false, error: { code: 'bad-field', field } });
  });

  it('cannot be written with a field that their kind has not', () => {
    expect(encodeCardText({ ...TEST_CARD, englishName: 'TEST' })).toMatchObject({ error: { field: 'englishName' } });
    expect(encodeCardText({ ...TEST_FOREIGNER_2017, address: '测' })).toMatchObject({ error: { field: 'address' } });
    expect(encodeCardText({ ...TEST_PERMIT, permitNumber: 'H000000001' })).toMatchObject({
      error: { field: 'permitNumber' },
    });
  });
});

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''));
const letters = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...Array.from('ABXYZ')), { minLength, maxLength }).map((all) => all.join(''));
const chinese = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...Array.from('测试林夏路一\uE000')), { minLength, maxLength }).map((all) => all.join(''));
const englishName = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from('ABYZ ,-')), { minLength: 1, maxLength })
    .map((all) => all.join('').trim())
    .filter((name) => name !== '');
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const COMMON = {
  sex: fc.constantFrom('male' as const, 'female' as const, 'unknown' as const, 'unstated' as const),
  nationCode: fc.constant(''),
  birthDate: day,
  validFrom: day,
  validTo: fc.oneof(day, fc.constant('long-term')),
};
const foreigner = {
  ...COMMON,
  name: chinese(0, 15),
  address: fc.constant(''),
  issuer: fc.constant(''),
  nationality: letters(3, 3),
};
const checked = (first17: string): string => `${first17}${numberCheck(first17) ?? ''}`;
const anyCard: fc.Arbitrary<WritableCard> = fc.oneof(
  fc.record({
    ...COMMON,
    type: fc.constant('hmt-permit' as const),
    name: chinese(1, 15),
    address: chinese(0, 35),
    issuer: chinese(0, 15),
    number: fc.tuple(fc.constantFrom('81', '82', '83'), digits(15)).map((parts) => checked(parts.join(''))),
    permitNumber: letters(0, 9),
    issueCount: fc.integer({ min: 0, max: 99 }),
  }),
  fc.record({
    ...foreigner,
    type: fc.constant('foreigner-2017' as const),
    number: fc.tuple(letters(3, 3), digits(12)).map((parts) => parts.join('')),
    englishName: englishName(60),
    cardVersion: digits(2),
    authorityCode: digits(4),
  }),
  fc.record({
    ...foreigner,
    type: fc.constant('foreigner-2023' as const),
    number: digits(16).map((rest) => checked(`9${rest}`)),
    englishName: englishName(46),
    issueCount: fc.integer({ min: 0, max: 99 }),
    olderNumberLink: letters(0, 3),
  }),
);

it('every card of every kind is kept through writing and reading', () => {
  fc.assert(
    fc.property(anyCard, (card) => {
      const texts = { name: card.name, address: card.address, issuer: card.issuer };
      const privateUse = Object.entries(texts).flatMap(([field, text]) => (text.includes('\uE000') ? [field] : []));
      expect(parseCardText(encoded(card))).toEqual({
        ok: true,
        value: { nation: '', ...card, ...(privateUse.length > 0 ? { privateUse } : {}) },
      });
    }),
  );
});

it.each([' ', 'J', 'I', 'Y'])('random blocks with the mark "%s" never throw', (mark) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (block) => {
      put(block, 248, mark);
      const parsed = parseCardText(block);
      if (!parsed.ok) expect(parsed.error.code).toBe('bad-field');
    }),
  );
});

describe('numbers', () => {
  it('have the check character of the standard (its own samples)', () => {
    expect(numberCheck('11010519491231002')).toBe('X');
    expect(numberCheck('44052418800101001')).toBe('4');
    expect(numberCheck('1101051949123100')).toBeNull();
  });

  it("of foreigners' cards of 2023 are taken with the right check character only", () => {
    fc.assert(
      fc.property(digits(16), fc.constantFrom(...Array.from('0123456789X')), (rest, last) => {
        expect(isCardNumber('foreigner-2023', `9${rest}${last}`)).toBe(numberCheck(`9${rest}`) === last);
      }),
    );
  });

  it.each([
    ['resident', '11010519491231002X', false],
    ['resident', '110105194912310021', true],
    ['hmt-permit', '819999199204050028', false],
    ['hmt-permit', '819999199204050020', true],
    ['foreigner-2023', '999999198802030012', false],
    ['foreigner-2017', 'XTS000000000001', false],
  ] as const)('%s %s has a wrong check digit: %s', (type, number, wrong) => {
    expect(hasWrongCheckDigit(type, number)).toBe(wrong);
  });

  it.each([
    ['hmt-permit', '819999199204050028', true],
    ['hmt-permit', '990001199003070028', false],
    ['foreigner-2017', 'XTS000000000001', true],
    ['foreigner-2017', 'XTS00000000001', false],
    ['foreigner-2017', '999999198802030012', false],
    ['foreigner-2023', '999999198802030012', true],
    ['foreigner-2023', 'XTS000000000001', false],
    ['resident', '990001199003070028', true],
    ['resident', 'XTS000000000001', false],
  ] as const)('%s %s: %s', (type, number, right) => {
    expect(isCardNumber(type, number)).toBe(right);
  });
});
