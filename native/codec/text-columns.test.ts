import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { padBothColumns, padEndColumns, textColumns, wrapColumns } from './text-columns.ts';

describe('columns', () => {
  it('counts two for everything but ASCII', () => {
    expect(textColumns('ab 12')).toBe(5);
    expect(textColumns('中a■𠮷')).toBe(7);
  });

  it('pads', () => {
    expect(padEndColumns('中', 4)).toBe('中  ');
    expect(padEndColumns('abcdef', 4)).toBe('abcdef');
    expect(padBothColumns('中', 5)).toBe(' 中  ');
  });
});

describe('wrapColumns', () => {
  it.each<[string, number, string[]]>([
    ['Register a home rental', 21, ['Register a home', 'rental']],
    ['营业执照正本1份', 10, ['营业执照正', '本1份']],
    ['只证明已提交，不代表', 12, ['只证明已提', '交，不代表']],
    ['住址（测试区）一路', 6, ['住址', '（测试', '区）一', '路']],
    ['编号123456号', 8, ['编号', '123456号']],
    ['提交 2026-03-18 20:44:07', 20, ['提交', '2026-03-18 20:44:07']],
    ['a\n\nb', 10, ['a', '', 'b']],
    ['  a   b  ', 10, ['a b']],
    ['', 10, ['']],
    ['https://hall.example/case/42', 12, ['https://', 'hall.', 'example/', 'case/42']],
  ])('%j in %i', (text, columns, lines) => expect(wrapColumns(text, columns)).toEqual(lines));

  const word = fc.oneof(
    fc.stringMatching(/^[0-9]{1,16}$/),
    fc.stringMatching(/^[a-z]{1,9}[,.]?$/),
    fc.constantFrom('中', '文', '测试区', '，', '。', '（', '）', '“', '”', '￥', '%', '𠮷', ' ', '\n'),
  );
  const text = fc.array(word, { maxLength: 40 }).map((words) => words.join(''));

  it('loses nothing and keeps within the columns', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 48 }), (value, columns) => {
        const lines = wrapColumns(value, columns);
        for (const line of lines) expect(textColumns(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(/[ \n]/g, ''));
      }),
    );
  });

  it('never splits a number that a line can hold', () => {
    const numbers = fc.array(fc.oneof(fc.stringMatching(/^[0-9]{1,16}$/), fc.constantFrom('中', ' ', '，', '区')), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 16, max: 48 }), (parts, columns) => {
        const value = parts.join('');
        const runs = value.match(/[0-9]+/g) ?? [];
        const printed =
          wrapColumns(value, columns)
            .join('\n')
            .match(/[0-9]+/g) ?? [];
        expect(printed.filter((run) => run.length <= columns)).toEqual(
          expect.arrayContaining(runs.filter((run) => run.length <= columns)),
        );
      }),
    );
  });

  it('begins no line with a closing sign and ends none with an opening one', () => {
    const sparse = fc
      .array(fc.constantFrom('中', '文', '测', '试，', '区。', '（高', '新）', '“三', '四”', '￥5'), { maxLength: 40 })
      .map((words) => words.join(''));
    fc.assert(
      fc.property(sparse, fc.integer({ min: 10, max: 48 }), (value, columns) => {
        const lines = wrapColumns(value, columns);
        for (const line of lines) expect(line).not.toMatch(/^[，。）”]|[（“￥]$/);
      }),
    );
  });
});
