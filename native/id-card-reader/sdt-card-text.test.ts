import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberCheck } from './card-numbers.ts';
import { nationName } from './nations.ts';
import { parseCompactDate } from '../codec/calendar-date.ts';
import { encodeCardText, parseCardText } from './sdt-card-text.ts';
import { TEST_CARD } from './test-card.ts';

/** Writes UTF-16LE at a byte offset, independently of the encoder. */
function put(block: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    block[offset + 2 * index] = text.charCodeAt(index) & 0xff;
    block[offset + 2 * index + 1] = text.charCodeAt(index) >> 8;
  }
}

function blankBlock(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, index) => (index % 2 === 0 ? 0x20 : 0));
}

function encoded(card: Parameters<typeof encodeCardText>[0]): Uint8Array {
  const block = encodeCardText(card);
  if (!block.ok) throw new Error(block.error.code);
  return block.value;
}

const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from('测试林夏一二三〇·号路ABab09')), { minLength: 1, maxLength })
    .map((units) => units.join(''));
const anyCard = fc.record({
  name: text(15),
  sex: fc.constantFrom('male' as const, 'female' as const, 'unknown' as const, 'unstated' as const),
  nationCode: fc.integer({ min: 1, max: 56 }).map((code) => String(code).padStart(2, '0')),
  birthDate: day,
  address: text(35),
  number: fc
    .tuple(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 17, maxLength: 17 }), fc.constantFrom('0', '7', 'X'))
    .map(([digits, check]) => digits.join('') + check),
  issuer: text(15),
  validFrom: day,
  validTo: fc.oneof(day, fc.constant('long-term')),
});

describe('resident card text', () => {
  it('reads the documented layout', () => {
    const block = blankBlock();
    put(block, 0, '林测夏');
    put(block, 30, '2');
    put(block, 32, '01');
    put(block, 36, '19900307');
    put(block, 52, '测试省测试市演示路1号');
    put(block, 122, '990001199003070028');
    put(block, 158, '测试市公安局');
    put(block, 188, '20200101');
    block.set([0x7f, 0x95, 0x1f, 0x67], 204);
    expect(parseCardText(block)).toEqual({
      ok: true,
      value: {
        type: 'resident',
        name: '林测夏',
        sex: 'female',
        nationCode: '01',
        nation: '汉',
        birthDate: '1990-03-07',
        address: '测试省测试市演示路1号',
        number: '990001199003070028',
        issuer: '测试市公安局',
        validFrom: '2020-01-01',
        validTo: 'long-term',
      },
    });
  });

  it('keeps every card through writing and reading', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        const wrong = numberCheck(card.number.slice(0, 17)) !== card.number[17];
        expect(parseCardText(encoded(card))).toEqual({
          ok: true,
          value: {
            type: 'resident',
            nation: nationName(card.nationCode),
            ...card,
            ...(wrong ? { wrongCheckDigit: true } : {}),
          },
        });
      }),
    );
  });

  it('keeps rare characters outside the basic plane and of the private area', () => {
    const parsed = parseCardText(encoded({ ...TEST_CARD, name: '测𠮷\uE000' }));
    expect(parsed).toMatchObject({ ok: true, value: { name: '测𠮷\uE000', privateUse: ['name'] } });
  });

  it.each([
    ['a character of the basic plane', '测㛃', false],
    ['a surrogate pair', '测𠮷𬭚', false],
    ['one that Unicode has not assigned', '测\u{323B0}', false],
    ['private use', '测\uE863', true],
    ['the last of the private area', '\uF8FF测', true],
    ['private use beyond the basic plane', '测\u{F0000}', true],
    ['the same in the last plane', '测\u{10FFFD}', true],
  ])('a name with %s is kept exactly and flagged only where no font can have it', (_, name, flagged) => {
    const parsed = parseCardText(encoded({ ...TEST_CARD, name }));
    expect(parsed.ok && parsed.value.name).toBe(name);
    expect(parsed.ok && 'privateUse' in parsed.value).toBe(flagged);
  });

  it('takes for text what Unicode calls none of control, half and replacement', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), (middle) => {
        const name = `测${middle}测`;
        const parsed = parseCardText(encoded({ ...TEST_CARD, name }));
        const damaged = /[\p{Cc}\p{Cs}\uFFFD-\uFFFF]/u.test(name);
        expect(parsed.ok).toBe(!damaged);
        // The last two places of the private planes are no characters at all; no font has them either.
        const flagged = /[\p{Co}\u{FFFFE}\u{FFFFF}\u{10FFFE}\u{10FFFF}]/u.test(name);
        if (parsed.ok) expect('privateUse' in parsed.value).toBe(flagged);
      }),
      { numRuns: 300 },
    );
  });

  it('names every text that holds private-use characters', () => {
    const parsed = parseCardText(encoded({ ...TEST_CARD, address: '测\uE000路', issuer: '\uE001局' }));
    expect(parsed).toMatchObject({ ok: true, value: { privateUse: ['address', 'issuer'] } });
  });

  it.each([
    ['half a surrogate pair', [0x42, 0xd8, 0x20, 0x00]],
    ['the halves the wrong way round', [0xb7, 0xdf, 0x42, 0xd8]],
    ['erased memory', [0xff, 0xff, 0xff, 0xff]],
  ])('a name of %s is damage, not text', (_, bytes) => {
    const block = encoded(TEST_CARD);
    block.set(bytes, 2);
    expect(parseCardText(block)).toMatchObject({ ok: false, error: { field: 'name' } });
  });

  it('a name that fills its field to the last half of a pair is kept', () => {
    const name = `${'测'.repeat(13)}𠮷`;
    expect(parseCardText(encoded({ ...TEST_CARD, name }))).toMatchObject({ ok: true, value: { name } });
  });

  it('a card with a wrong check digit is read and flagged', () => {
    const parsed = parseCardText(encoded({ ...TEST_CARD, number: '99000119900307002X' }));
    expect(parsed).toMatchObject({ ok: true, value: { number: '99000119900307002X', wrongCheckDigit: true } });
    const right = parseCardText(encoded(TEST_CARD));
    expect(right.ok && 'wrongCheckDigit' in right.value).toBe(false);
  });

  it.each([
    ['0', 'unknown'],
    ['1', 'male'],
    ['2', 'female'],
    ['9', 'unstated'],
  ])('sex code %s is %s', (code, sex) => {
    const block = encoded(TEST_CARD);
    put(block, 30, code);
    expect(parseCardText(block)).toMatchObject({ ok: true, value: { sex } });
  });

  it('reads a block filled up with zeros or wide spaces, and a small x', () => {
    for (const filler of [0, 0x3000]) {
      const block = new Uint8Array(256);
      for (let at = 0; at < 248; at += 2) put(block, at, String.fromCharCode(filler));
      put(block, 0, '测试一');
      put(block, 30, '1');
      put(block, 32, '01');
      put(block, 36, '19900101');
      put(block, 52, '测试省一路 1 号');
      put(block, 122, '99000119900101004x');
      put(block, 158, '测试局');
      put(block, 188, '20200101');
      put(block, 204, '长期');
      expect(parseCardText(block)).toMatchObject({
        ok: true,
        value: { name: '测试一', address: '测试省一路 1 号', number: '99000119900101004X', validTo: 'long-term' },
      });
    }
  });

  it.each(['A', 'Z'])('calls a card of type %s another type', (mark) => {
    const block = encoded(TEST_CARD);
    put(block, 248, mark);
    expect(parseCardText(block)).toEqual({ ok: false, error: { code: 'other-type', mark } });
  });

  it.each([
    ['sex', 30, '7'],
    ['nationCode', 32, 'x1'],
    ['birthDate', 36, '19900230'],
    ['number', 122, '99000119900307002A'],
    ['validFrom', 188, '2020'],
    ['validTo', 204, '20201301'],
    ['name', 0, '\u0001'],
  ] as const)('refuses an implausible %s', (field, offset, wrong) => {
    const block = encoded(TEST_CARD);
    put(block, offset, wrong.padEnd(field === 'validFrom' ? 8 : 0, ' '));
    expect(parseCardText(block)).toEqual({ ok: false, error: { code: 'bad-field', field } });
  });

  it('refuses a text too long for its field', () => {
    expect(encodeCardText({ ...TEST_CARD, name: '测'.repeat(16) })).toEqual({
      ok: false,
      error: { code: 'bad-field', field: 'name' },
    });
  });

  it('never throws on random blocks', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 256, maxLength: 256 })),
        (block) => {
          const parsed = parseCardText(block);
          expect(!parsed.ok && parsed.error.code === 'bad-length').toBe(block.length !== 256);
        },
      ),
    );
  });
});

describe('dates and nations', () => {
  it.each([
    ['20240229', '2024-02-29'],
    ['20230229', null],
    ['19000229', null],
    ['20000229', '2000-02-29'],
    ['20231301', null],
    ['20230100', null],
    ['00000101', null],
    ['2023 101', null],
  ])('%s -> %s', (written, read) => {
    expect(parseCompactDate(written)).toBe(read);
  });

  it.each([
    ['01', '汉'],
    ['30', '土'],
    ['46', '德昂'],
    ['56', '基诺'],
    ['57', ''],
    ['00', ''],
    ['97', '其他'],
    ['98', '外国血统中国籍人士'],
    ['99', ''],
    ['1', ''],
    ['', ''],
  ])('nation %s is %s', (code, name) => {
    expect(nationName(code)).toBe(name);
  });

  it('has every nation of GB/T 3304 at its place', () => {
    const table =
      '01汉 02蒙古 03回 04藏 05维吾尔 06苗 07彝 08壮 09布依 10朝鲜 11满 12侗 13瑶 14白 15土家 16哈尼 17哈萨克 18傣 19黎 20傈僳 ' +
      '21佤 22畲 23高山 24拉祜 25水 26东乡 27纳西 28景颇 29柯尔克孜 30土 31达斡尔 32仫佬 33羌 34布朗 35撒拉 36毛南 37仡佬 38锡伯 ' +
      '39阿昌 40普米 41塔吉克 42怒 43乌孜别克 44俄罗斯 45鄂温克 46德昂 47保安 48裕固 49京 50塔塔尔 51独龙 52鄂伦春 53赫哲 54门巴 ' +
      '55珞巴 56基诺';
    const rows = table.split(' ');
    expect(rows).toHaveLength(56);
    for (const row of rows) expect(nationName(row.slice(0, 2))).toBe(row.slice(2));
    for (let code = 57; code < 97; code += 1) expect(nationName(String(code))).toBe('');
  });
});
