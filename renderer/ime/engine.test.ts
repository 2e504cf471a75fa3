import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { setKnown } from './data.ts';
import { pinyinEngine, type PinyinEngine } from './engine.ts';
import { characterOf, RareCharacters } from './rare.ts';
import { Recogniser, type Point } from './recogniser.ts';
import { spellings } from './spelling.ts';
import { candidatePage, candidatesOf, composingText, startTyping, type, withoutLast, type Typing } from './typing.ts';

const file = (name: string): ArrayBuffer => {
  const bytes = readFileSync(new URL(`../../assets/dictionaries/${name}`, import.meta.url));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};

let engine: PinyinEngine;
beforeAll(() => {
  const made = pinyinEngine(file('pinyin.bin'));
  if (made === null) throw new Error('pinyin.bin is damaged');
  engine = made;
  setKnown({
    pinyin: made,
    strokes: Recogniser.read(file('strokes.bin')),
    rare: new RareCharacters(new TextDecoder().decode(file('rare.bin'))),
  });
});
const texts = (typed: string): readonly string[] => engine.meaning(typed).candidates.map((one) => one.text);

describe('pinyin', () => {
  it('reads several syllables in a row as words and sentences', () => {
    expect(texts('beian')[0]).toBe('备案');
    expect(texts('fangzubeian')[0]).toBe('房租备案');
    expect(texts('woyaobanshenfenzheng')[0]).toBe('我要办身份证');
    expect(texts('lv')).toContain('绿');
  });

  it('tells characters of the same sound apart by well-known words', () => {
    for (const character of '王网丽莉李里') {
      const example = engine.example(character);
      expect(example).toContain(character);
      expect([...(example ?? '')]).toHaveLength(2);
    }
    expect(engine.example('王')).not.toBe(engine.example('网'));
    expect(engine.example('a')).toBeNull();
  });

  it('shows where syllables part, and takes an apostrophe as told', () => {
    expect(engine.meaning('fangzubeian').shown).toBe("fang'zu'bei'an");
    expect(engine.meaning("xi'an").shown).toBe("xi'an");
    expect(texts("xi'an")[0]).toBe('西安');
    expect(texts('xian')[0]).not.toBe('西安');
  });

  it('forgives sounds that are mixed up, without putting them before what was typed', () => {
    expect(texts('zongguo')[0]).toBe('中国');
    expect(texts('lanren')).toContain('男人');
    expect(texts('sehuibaoxian')[0]).toBe('社会保险');
    expect(texts('si').indexOf('四')).toBeLessThan(texts('si').indexOf('是'));
    expect(spellings('zhuang').map((one) => one.text)).toEqual(expect.arrayContaining(['zuang', 'zhuan', 'zuan']));
  });

  it('finds words by initials and by what is typed so far', () => {
    expect(texts('yyzz')[0]).toBe('营业执照');
    expect(texts('shbx')).toContain('社会保险');
    expect(texts('zh').length).toBeGreaterThan(20);
    expect(texts('beiji')).toContain('北京');
  });

  it('reads the digits of nine keys, and a syllable that was chosen', () => {
    const ni = engine.meaning('64426');
    expect(ni.candidates[0]?.text).toBe('你好');
    expect(ni.shown).toBe("ni'hao");
    expect(ni.syllables.map((one) => one.text)).toContain('mi');
    expect(texts("mi'426")).not.toContain('你好');
    expect(texts('743633694364')).toContain('身份证');
  });

  it('takes letters only as far as the candidate reads them', () => {
    const { candidates } = engine.meaning('beian');
    expect(candidates[0]?.used).toBe(5);
    expect(candidates.find((one) => one.text === '北')?.used).toBe(3);
  });

  it('gives candidates that take something, and shows every letter, whatever is typed', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z2-9']{0,16}$/), (typed) => {
        const { candidates, shown } = engine.meaning(typed);
        for (const { used, text } of candidates) {
          expect(used).toBeGreaterThan(0);
          expect(used).toBeLessThanOrEqual(typed.length);
          expect(text).not.toBe('');
        }
        const plain = typed.replaceAll("'", '');
        expect(shown.replaceAll("'", '').length).toBe(plain.length);
        if (/^[a-z']*$/.test(typed)) expect(shown.replaceAll("'", '')).toBe(plain);
      }),
      { numRuns: 150 },
    );
  });

  it('refuses bytes that are no dictionary', () => {
    expect(pinyinEngine(new ArrayBuffer(8))).toBeNull();
    expect(pinyinEngine(file('pinyin.bin').slice(0, 5000))).toBeNull();
    expect(Recogniser.read(file('strokes.bin').slice(0, 5000))).toBeNull();
  });
});

describe('rare characters', () => {
  const find = (typed: string): readonly string[] =>
    candidatesOf({ ...startTyping('rare'), pending: typed }).map((one) => one.text);

  it('are found by their parts, their sound and their code', () => {
    expect(find('longtian')).toContain('䶮');
    expect(find('jiji')).toContain('喆');
    expect(find('yan')).toContain('䶮');
    expect(find('4dae')[0]).toBe('䶮');
    expect(find('20bb7')[0]).toBe('𠮷');
    expect(characterOf('0041')).toBeNull();
    expect(characterOf('ffffff')).toBeNull();
  });
});

describe('handwriting', () => {
  const line = (...points: Point[]): readonly Point[] => points;
  const write = (...strokes: (readonly Point[])[]): string | undefined => {
    let typing = startTyping('write');
    for (const stroke of strokes) typing = type(typing, { type: 'stroke', stroke }).typing;
    return candidatesOf(typing)[0]?.text;
  };

  it('knows characters by their strokes, also joined and crooked ones', () => {
    expect(write(line([10, 100], [190, 96]))).toBe('一');
    expect(write(line([20, 80], [180, 76]), line([100, 10], [102, 190]))).toBe('十');
    expect(write(line([100, 10], [80, 90], [20, 190]), line([95, 70], [140, 130], [190, 185]))).toBe('人');
    expect(write(line([30, 40], [32, 160]), line([32, 42], [165, 40], [160, 165]), line([34, 158], [160, 155]))).toBe(
      '口',
    );
  });

  it('takes the last stroke back, and everything when a character is picked', () => {
    const one = type(startTyping('write'), { type: 'stroke', stroke: line([10, 100], [190, 96]) }).typing;
    expect(type(one, { type: 'backspace' })).toMatchObject({ typing: { strokes: [] }, erase: false });
    expect(type(one, { type: 'space' })).toMatchObject({ typing: { strokes: [] }, insert: '一' });
    expect(type(startTyping('write'), { type: 'backspace' }).erase).toBe(true);
  });
});

describe('typing', () => {
  const keys = (typing: Typing, letters: string): { typing: Typing; out: string } => {
    let state = typing;
    let out = '';
    for (const key of letters) {
      const step = key === ' ' ? type(state, { type: 'space' }) : type(state, { type: 'key', key });
      state = step.typing;
      out += step.insert;
    }
    return { typing: state, out };
  };

  it('turns letters into the first candidate on space and keeps the rest composing', () => {
    expect(keys(startTyping('pinyin'), 'fangzu ').out).toBe('房租');
    expect(keys(startTyping('pinyin'), 'beian beian ').out).toBe('备案备案');
    expect(keys(startTyping('pinyin'), 'fangzu').typing.pending).toBe('fangzu');
    expect(composingText(keys(startTyping('nine'), '64426').typing)).toBe("ni'hao");
  });

  it('erases composing letters before it erases the field', () => {
    const { typing } = keys(startTyping('pinyin'), 'fa');
    const once = type(typing, { type: 'backspace' });
    expect(once.erase).toBe(false);
    const twice = type(once.typing, { type: 'backspace' });
    expect(twice.typing.pending).toBe('');
    expect(type(twice.typing, { type: 'backspace' }).erase).toBe(true);
  });

  it('writes letters, one capital, digits and parts of addresses as they are', () => {
    const latin = type(startTyping('latin'), { type: 'shift' }).typing;
    expect(keys(latin, 'ab c').out).toBe('Ab c');
    const digits = type(startTyping('nine'), { type: 'mode', mode: 'digits' }).typing;
    expect(keys(digits, '18').out).toBe('18');
    expect(type(digits, { type: 'mode', mode: digits.letters }).typing.mode).toBe('nine');
    expect(type(startTyping('email'), { type: 'key', key: '@163.com' }).insert).toBe('@163.com');
  });

  it('takes a chosen syllable for the first keys', () => {
    const { typing } = keys(startTyping('nine'), '64426');
    const spelled = type(typing, { type: 'spell', syllable: { text: 'mi', used: 2 } }).typing;
    expect(spelled.pending).toBe("mi'426");
    expect(candidatesOf(spelled)[0]?.text).toBe('密告');
  });

  it('takes a whole character away, also one of two code units', () => {
    expect(withoutLast('王𬱖')).toBe('王');
    expect(withoutLast('')).toBe('');
  });

  it('pages through all candidates without leaving one out', () => {
    const all = engine.meaning('shi').candidates;
    const seen: string[] = [];
    for (let from = 0; from < all.length;) {
      const page = candidatePage(all, from, 890, 42);
      seen.push(...page.map((candidate) => candidate.text));
      from += page.length;
    }
    expect(seen).toEqual(all.map((candidate) => candidate.text));
  });
});

describe('what one person typed', () => {
  const KEYS = { pinyin: 'zhouceshilinxia', nine: '94664', rare: 'longtian' } as const;
  const shown = (mode: keyof typeof KEYS): readonly string[] => {
    let typing = startTyping(mode);
    for (const key of KEYS[mode]) ({ typing } = type(typing, { type: 'key', key }));
    return candidatesOf(typing).map(({ text }) => text);
  };

  it.each(Object.keys(KEYS) as (keyof typeof KEYS)[])('changes nothing for the next one on %s', (mode) => {
    const before = shown(mode);
    expect(before.length).toBeGreaterThan(0);
    for (let turn = 0; turn < 20; turn += 1) {
      // The last of all candidates, again and again: what a keyboard that learns would put first.
      let typing = startTyping(mode);
      for (const key of KEYS[mode]) ({ typing } = type(typing, { type: 'key', key }));
      const candidate = candidatesOf(typing).at(-1);
      if (candidate !== undefined) type(typing, { type: 'pick', candidate });
    }
    expect(shown(mode)).toEqual(before);
    engine.forget();
    expect(shown(mode)).toEqual(before);
  });

  it('leaves no letters under way to the next field', () => {
    const [first, second] = [startTyping('pinyin'), startTyping('pinyin')];
    expect(type(first, { type: 'key', key: 'z' }).typing.pending).toBe('z');
    expect(second.pending).toBe('');
    expect(startTyping('pinyin').pending).toBe('');
  });
});
