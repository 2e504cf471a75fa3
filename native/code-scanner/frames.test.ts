import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerSplitter } from './answer-splitter.ts';
import { CodeText, cleanText } from './code-text.ts';
import { TYPE_7E00, answer7e00, newlandAnswer, newlandRequest, request7e00 } from './command-frames.ts';
import { outputReport } from './index.ts';
import { PosSource, readPosReport } from './pos-source.ts';
import { gb18030Bytes } from './simulator.ts';
import { WedgeSource } from './wedge-source.ts';

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
}

function text(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}

describe('7E 00 frames', () => {
  it.each([
    [TYPE_7E00.write, 0x0002, [1], false, '7E 00 08 01 00 02 01 AB CD'],
    [TYPE_7E00.write, 0x0002, [1], true, '7E 00 08 01 00 02 01 02 DA'],
    [TYPE_7E00.save, 0x0000, [0], true, '7E 00 09 01 00 00 00 DE C8'],
    [TYPE_7E00.read, 0x002a, [2], true, '7E 00 07 01 00 2A 02 D8 0F'],
    [TYPE_7E00.write, 0x002a, [0x39, 0x01], true, '7E 00 08 02 00 2A 39 01 A7 EA'],
    [TYPE_7E00.write, 0x00d9, [0x50], false, '7E 00 08 01 00 D9 50 AB CD'],
    [TYPE_7E00.heartbeat, 0x0000, [0], true, '7E 00 0A 01 00 00 00 30 1A'],
  ] as const)('are those that the sources have: type %i register %i', (type, register, data, checked, frame) => {
    expect(text(request7e00(type, register, data, checked))).toBe(frame);
  });

  it.each([
    ['02 00 00 01 00 33 31', { verdict: 'ok', data: Uint8Array.of(0) }],
    ['03 00 00 01 00 33 31', { verdict: 'ok', data: Uint8Array.of(0) }],
    ['02 00 01 01 00 04 01', { verdict: 'crc-error', data: Uint8Array.of(0) }],
    ['02 00 03 01 00 6A 61', { verdict: 'unknown-command', data: Uint8Array.of(0) }],
    ['02 00 00 02 39 01 C1 4C', { verdict: 'ok', data: Uint8Array.of(0x39, 0x01) }],
    ['02 00 00 01 00 33 32', null],
    ['02 00 02 01 00 33 31', null],
    ['02 00 00 00 00 00', null],
    ['02 00 00 01 00 33', null],
  ] as const)('are read as answers: %s', (frame, answer) => {
    expect(answer7e00(hex(frame))).toEqual(answer);
  });
});

describe('Newland frames', () => {
  it('are those that the sources have', () => {
    const trigger = '7E 01 30 30 30 30 23 53 43 4E 54 52 47 31 3B 03';
    expect(text(newlandRequest('#', ['SCNTRG1']))).toBe(trigger);
    expect(text(newlandRequest('@', ['C11MIN*,MAX*']))).toBe(
      '7E 01 30 30 30 30 40 43 31 31 4D 49 4E 2A 2C 4D 41 58 2A 3B 03',
    );
  });

  it('are read as answers, also the documented one of two settings in one group', () => {
    const documented = '02 01 30 30 30 30 40 43 31 31 4D 49 4E 31 32 06 2C 4D 41 58 32 32 06 3B 03';
    expect(newlandAnswer(hex(documented))).toEqual({
      store: '@',
      settings: [
        { text: 'C11MIN12', verdict: 'ack' },
        { text: 'C11MAX22', verdict: 'ack' },
      ],
    });
    const refused = '02 01 30 30 30 30 23 53 43 4E 4D 4F 44 39 15 3B 03';
    expect(newlandAnswer(hex(refused))?.settings).toEqual([{ text: 'SCNMOD9', verdict: 'nak' }]);
    expect(newlandAnswer(hex(documented.replace('06 3B', '07 3B')))).toBeNull();
    expect(newlandAnswer(hex(documented).subarray(0, 12))).toBeNull();
  });

  it('travel in output report 04', () => {
    const report = outputReport(newlandRequest('#', ['SCNTRG1']));
    expect([report.length, report[0], report[1]]).toEqual([64, 0x04, 16]);
    expect(text(report.subarray(2, 5))).toBe('7E 01 30');
  });
});

describe('answers between codes', () => {
  const ack = hex('02 00 00 01 00 33 31');
  const code = new TextEncoder().encode('CODE-1\r');

  it('are parted from them, however both are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 8 }), fc.integer({ min: 1, max: 20 }), (kinds, step) => {
        const stream = Uint8Array.from(kinds.flatMap((isAck) => [...(isAck ? ack : code)]));
        const splitter = new AnswerSplitter('7e00');
        const pieces = Array.from({ length: Math.ceil(stream.length / step) }, (_, index) =>
          splitter.push(stream.subarray(index * step, (index + 1) * step)),
        ).flat();
        const codes = pieces.filter(({ kind }) => kind === 'code').flatMap(({ bytes }) => [...bytes]);
        expect(pieces.filter(({ kind }) => kind === 'answer')).toHaveLength(kinds.filter(Boolean).length);
        expect(codes).toEqual(kinds.filter((isAck) => !isAck).flatMap(() => [...code]));
        expect(splitter.pending).toBe(0);
      }),
    );
  });

  it('make no code when they are damaged: the rest is dropped up to the next silence', () => {
    const splitter = new AnswerSplitter('7e00');
    expect(splitter.push(hex('02 00 00 01 00 33 32 41 42 0D'))).toEqual([]);
    expect([splitter.started, splitter.damaged]).toEqual([true, 1]);
    splitter.silence();
    expect(splitter.push(code)).toEqual([{ kind: 'code', bytes: code }]);
  });
});

describe('HID POS reports', () => {
  /** A report from its first bytes, with others at their places. */
  function report(first: string, at: Readonly<Record<number, number>> = {}): Uint8Array {
    const bytes = new Uint8Array(64);
    bytes.set(hex(first));
    for (const [place, value] of Object.entries(at)) bytes[Number(place)] = value;
    return bytes;
  }

  it('are read by the map with an AIM id, by its continuation bit', () => {
    const first = report('02 38 5D 51 30', { 61: 0x73, 63: 0x01 });
    first.fill(0x41, 5, 61);
    expect(readPosReport(first, 'auto')).toMatchObject({ aim: ']Q0', more: 'yes' });
    const source = new PosSource('auto', 'none');
    expect(source.push(first)).toEqual([]);
    expect(source.push(report('02 02 5D 51 30 42 43', { 61: 0x73 }))).toEqual([
      { kind: 'code', raw: new TextEncoder().encode(`${'A'.repeat(56)}BC`) },
    ]);
  });

  it('are read by the map without, and without a report id in front', () => {
    expect(readPosReport(report('02 03 41 42 43', { 62: 0x73 }), 'auto')).toMatchObject({ aim: null, more: 'no' });
    const shifted = report('02 03 41 42 43', { 62: 0x73 }).subarray(1);
    expect(readPosReport(shifted, 'auto')?.data).toEqual(Uint8Array.of(0x41, 0x42, 0x43));
    // A code that begins like an AIM id is one where the technician has said so.
    expect(readPosReport(report('02 04 5D 51 31 41'), 'newland')?.data).toHaveLength(4);
  });

  it.each(['01 03 41', '02 00', '02 39 41', '02 FF 41'])('are none: %s', (first) => {
    expect(readPosReport(report(first), 'auto')).toBeNull();
  });

  it('end a code that lost its last report by silence, without telling it', () => {
    const source = new PosSource('aim', 'none');
    source.push(report('02 03 5D 51 30 41 42 43', { 63: 1 }));
    expect(source.started).toBe(true);
    expect(source.silence()).toEqual([]);
    expect(source.started).toBe(false);
  });
});

describe('a typing scanner', () => {
  const press = (source: WedgeSource, modifiers: number, usage: number) => {
    const found = source.push(Uint8Array.of(modifiers, 0, usage, 0, 0, 0, 0, 0));
    source.push(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0));
    return found;
  };

  it('types with Shift on either side and sends repeated letters', () => {
    const source = new WedgeSource('auto', 'gbk');
    for (const [modifiers, usage] of [
      [0x02, 0x04],
      [0x20, 0x04],
      [0, 0x04],
      [0, 0x04],
      [0x02, 0x1e],
    ] as const) {
      press(source, modifiers, usage);
    }
    expect(press(source, 0, 0x28)).toEqual([{ kind: 'text', text: 'AAaa!' }]);
  });

  it('needs no release between two different keys', () => {
    const source = new WedgeSource('auto', 'gbk');
    for (const usage of [0x04, 0x05, 0x06]) source.push(Uint8Array.of(0, 0, usage, 0, 0, 0, 0, 0));
    expect(press(source, 0, 0x58)).toEqual([{ kind: 'text', text: 'abc' }]);
  });

  it('shows lost keys and impossible numbers as U+FFFD', () => {
    const source = new WedgeSource('auto', 'gbk');
    press(source, 0, 0x04);
    source.push(Uint8Array.of(0, 0, 1, 1, 1, 1, 1, 1));
    source.push(Uint8Array.of(0x04, 0, 0x61, 0, 0, 0, 0, 0));
    source.push(Uint8Array.of(0x04, 0, 0, 0, 0, 0, 0, 0));
    source.push(Uint8Array.of(0x04, 0, 0x61, 0, 0, 0, 0, 0));
    source.push(Uint8Array.of(0x04, 0, 0, 0, 0, 0, 0, 0));
    source.push(Uint8Array.of(0x04, 0, 0x61, 0, 0, 0, 0, 0));
    source.push(new Uint8Array(8));
    expect(press(source, 0, 0x28)).toEqual([{ kind: 'text', text: 'a\uFFFD\uFFFD' }]);
  });

  it('leaves control combinations and keys without a character out', () => {
    const source = new WedgeSource('auto', 'gbk');
    press(source, 0, 0x04);
    press(source, 0x01, 0x30);
    press(source, 0, 0x3a);
    press(source, 0, 0x39);
    press(source, 0, 0x05);
    expect(press(source, 0, 0x2b)).toEqual([{ kind: 'text', text: 'ab' }]);
  });

  it('does not miss the first key of a code because the release of a key before the silence was lost', () => {
    const source = new WedgeSource('auto', 'gbk');
    source.push(hex('02 00 04 00 00 00 00 00'));
    expect(source.silence()).toEqual([{ kind: 'text', text: 'A' }]);
    source.push(hex('00 00 04 00 00 00 00 00'));
    source.push(hex('00 00 00 00 00 00 00 00'));
    expect(source.push(hex('00 00 28 00 00 00 00 00'))).toEqual([{ kind: 'text', text: 'a' }]);
  });
});

describe('the charset of a code', () => {
  const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);
  // Pairs of bytes that are common Chinese characters in GBK and Cyrillic, Greek or Arabic letters in UTF-8.
  const AMBIGUOUS = '路';

  it('is found out for Chinese words in either', () => {
    for (const word of ['测试企业有限公司', '林测夏', '统一社会信用代码', 'A测B']) {
      expect(new CodeText('auto').read(utf8(word))).toBe(word);
      expect(new CodeText('auto').read(gb18030Bytes(word))).toBe(word);
    }
    expect(new CodeText('auto').read(utf8('𠮷野'))).toBe('𠮷野');
    expect(new CodeText('auto').read(gb18030Bytes('𠮷野'))).toBe('𠮷野');
  });

  it('is not guessed where bytes could be both: wrong to see before any proof, right after it', () => {
    const bytes = gb18030Bytes(AMBIGUOUS);
    expect(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).not.toBe('');
    expect(new CodeText('auto').read(bytes)).toBe('\uFFFD');
    const learnt = new CodeText('auto');
    learnt.read(gb18030Bytes('测试企业'));
    expect(learnt.read(bytes)).toBe(AMBIGUOUS);
    const other = new CodeText('auto');
    other.read(utf8('测试企业'));
    expect(other.read(utf8('é'))).toBe('é');
    expect(new CodeText('gbk').read(bytes)).toBe(AMBIGUOUS);
  });

  it('never gives a third text: what auto reads is what one of the two reads, or marked as wrong', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
        const auto = new CodeText('auto').read(raw);
        const either = [new CodeText('utf-8').read(raw), new CodeText('gbk').read(raw)];
        expect(either.includes(auto) || auto.includes('\uFFFD')).toBe(true);
      }),
    );
  });

  it('does not matter for ASCII, and a common Chinese word is never read as another', () => {
    expect(new CodeText('auto').read(utf8('HALL24-1'))).toBe('HALL24-1');
    // GB 2312, first level: rows B0 to D6.
    const hanzi = fc
      .tuple(fc.integer({ min: 0xb0, max: 0xd6 }), fc.integer({ min: 0xa1, max: 0xfe }))
      .map((pair) => new TextDecoder('gbk').decode(Uint8Array.from(pair)));
    fc.assert(
      fc.property(fc.array(hanzi, { minLength: 1, maxLength: 8 }), (chars) => {
        const word = chars.join('');
        expect(new CodeText('auto').read(utf8(word))).toBe(word);
        const read = new CodeText('auto').read(gb18030Bytes(word));
        expect(read === word || /^\uFFFD+$/u.test(read)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves nothing that hides or turns characters', () => {
    expect(cleanText('\ufeffA\u200b\u202eB\u2066\u2069C\u00ad\u001d')).toBe('ABC');
    expect(cleanText(' A\u2028B ')).toBe('A B');
  });
});
