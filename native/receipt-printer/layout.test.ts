import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseReceiptEn, caseReceiptZh, difficultReceiptZh } from '../../test/support/paper/sample-receipts.ts';
import { receiptFont } from '../../test/support/paper/receipt-font.ts';
import type { PrinterEncoding } from '../codec/gb18030.ts';
import { toPrintable } from '../codec/gb18030.ts';
import { textColumns } from '../codec/text-columns.ts';
import type { ReceiptDocument, ReceiptLine } from '../model/receipt-document.ts';
import { packChunks, renderEscPos } from './escpos-render.ts';
import type { LaidLine, PaperWidth } from './layout.ts';
import { laidHeight, layoutReceipt, PAPER } from './layout.ts';
import { encodingOf } from './profile.ts';
import type { PrinterProfile } from './profile.ts';
import type { SimulatedReceipt } from './simulator.ts';
import { ReceiptPrinterSimulator, receiptText } from './simulator.ts';

const ENCODING: PrinterEncoding = { glyphs: 'gb18030', drawable: () => false };
const profile = (width: PaperWidth, glyphs = ENCODING.glyphs): PrinterProfile => ({
  width,
  glyphs,
  pictures: true,
  codes: 'printer',
  cut: 'partial',
  bufferBytes: 4096,
  font: receiptFont,
});

function lay(document: ReceiptDocument, width: PaperWidth): readonly LaidLine[] {
  const laid = layoutReceipt(document, width, ENCODING);
  if (!laid.ok) throw new Error(laid.error.detail);
  return laid.value;
}

const texts = (lines: readonly LaidLine[]): string[] =>
  lines.flatMap((line) => (line.kind === 'text' ? [line.text] : []));

function printed(document: ReceiptDocument, width: PaperWidth, encoding = ENCODING): SimulatedReceipt {
  const laid = layoutReceipt(document, width, encoding);
  if (!laid.ok) throw new Error(laid.error.detail);
  const simulator = new ReceiptPrinterSimulator({
    width,
    charset: encoding.glyphs === 'gb18030' ? 'gb18030' : 'gbk',
    doubleByteAtPowerOn: false,
  });
  const out: SimulatedReceipt[] = [];
  const unknown: string[] = [];
  simulator.receipts.subscribe((receipt) => out.push(receipt));
  simulator.activity.subscribe((what) => what.startsWith('unknown') && unknown.push(what));
  for (const chunk of packChunks(renderEscPos(laid.value, profile(width, encoding.glyphs)), 1024))
    simulator.receive(chunk);
  expect(unknown).toEqual([]);
  expect(simulator.state.waitingBytes).toBe(0);
  expect(out).toHaveLength(1);
  expect(out[0]!.length).toBe(laidHeight(laid.value));
  return out[0]!;
}

describe('layout', () => {
  it('puts keys into their column and wraps values under themselves', () => {
    const pair = (key: string, value: string, language = 'zh-CN'): ReceiptDocument => ({
      language,
      lines: [{ kind: 'pair', key, value }],
    });
    expect(texts(lay(pair('事项', '房屋租赁登记备案'), 80))).toEqual(['事项      房屋租赁登记备案']);
    expect(texts(lay(pair('事项', '房屋租赁登记备案'), 58))).toEqual(['事项     房屋租赁登记备案']);
    expect(texts(lay(pair('Service', 'Register a home rental', 'en'), 58))).toEqual([
      'Service    Register a home',
      '           rental',
    ]);
    expect(texts(lay(pair('Service', 'x', 'en'), 80))).toEqual(['Service     x']);
    expect(texts(lay(pair('统一社会信用代码', '91990001MA0000000X'), 58))).toEqual([
      '统一社会信用代码',
      '         91990001MA0000000X',
    ]);
  });

  it('sets notes of steps flush right', () => {
    const step = (text: string, note: string): ReceiptDocument => ({
      language: 'zh-CN',
      lines: [{ kind: 'step', done: false, text, note }],
    });
    expect(texts(lay(step('送到政务平台', '等网络'), 58))).toEqual(['□ 送到政务平台           等网络']);
    for (const line of texts(lay(step('送到政务平台', '等网络'), 80))) expect(textColumns(line)).toBe(48);
    const long = lay(step('政务平台收到', '2026-03-18 20:44:09'), 58);
    expect(texts(long)).toEqual(['□ 政务平台收到', '2026-03-18 20:44:09']);
    expect(long[1]).toMatchObject({ align: 'right' });
  });

  it('prints numbers double where they fit and never in two pieces', () => {
    const number = (text: string, width: PaperWidth): readonly LaidLine[] =>
      lay({ language: 'en', lines: [{ kind: 'number', text }] }, width).filter((line) => line.kind === 'text');
    expect(number('CH03 0318 0042 7', 80)).toMatchObject([{ text: 'CH03 0318 0042 7', width: 2, height: 2 }]);
    expect(number('CH03 0318 0042 7', 58)).toMatchObject([{ text: 'CH03 0318 0042 7', width: 1, height: 2 }]);
    expect(number('0318 0042 7', 58)).toMatchObject([{ width: 2, height: 2 }]);
    expect(number('990001-2026-0318-000000042-7', 80)).toMatchObject([{ width: 1, height: 2 }]);
  });

  it('sets the state in reverse over the whole width, without white between its lines', () => {
    const lines = lay({ language: 'zh-CN', lines: [{ kind: 'state', title: '已办结', detail: '请领取' }] }, 80);
    expect(lines.map((line) => line.kind)).toEqual(['gap', 'bar', 'text', 'bar', 'text', 'bar', 'gap', 'feed']);
    for (const line of lines) {
      if (line.kind !== 'text') continue;
      expect(line.reverse).toBe(true);
      expect(textColumns(line.text)).toBe(48);
      expect(line.advance).toBe(24 * line.height);
    }
  });

  it('gives a QR code its size and quiet zone', () => {
    for (const width of [80, 58] as const) {
      const [above, qr, below] = lay(
        { language: 'en', lines: [{ kind: 'qr', data: 'https://hall.example/c/1' }] },
        width,
      );
      if (qr?.kind !== 'qr' || above?.kind !== 'gap' || below?.kind !== 'gap') throw new Error('no QR code');
      const side = qr.modules * qr.moduleDots;
      expect(side).toBeLessThanOrEqual(width === 80 ? 264 : 232);
      expect(side).toBeGreaterThan(width === 80 ? 200 : 180);
      expect(above.dots).toBe(4 * qr.moduleDots);
      expect(below.dots).toBe(4 * qr.moduleDots);
      expect((PAPER[width].dots - side) / 2).toBeGreaterThanOrEqual(4 * qr.moduleDots);
    }
  });

  it.each([
    ['', 'qr-empty'],
    ['x'.repeat(700), 'qr-too-long'],
    ['a\u0010\u0004\u0001', 'qr-control-character'],
  ])('refuses QR data %j', (data, code) => {
    const laid = layoutReceipt({ language: 'en', lines: [{ kind: 'qr', data }] }, 80, ENCODING);
    expect(laid).toMatchObject({ ok: false, error: { code } });
  });

  it('ends with the feed before the cut, once', () => {
    expect(lay({ language: 'en', lines: [] }, 80)).toEqual([{ kind: 'feed', lines: 4 }]);
    expect(lay({ language: 'en', lines: [{ kind: 'feed', lines: 1 }] }, 80)).toEqual([{ kind: 'feed', lines: 4 }]);
    expect(lay({ language: 'en', lines: [{ kind: 'feed', lines: 6 }] }, 80)).toEqual([{ kind: 'feed', lines: 6 }]);
  });
});

describe('bytes', () => {
  it('begin and end as every receipt', () => {
    const bytes = renderEscPos(lay(caseReceiptZh, 80), profile(80));
    expect([...bytes[0]!]).toEqual([0x1b, 0x40, 0x1c, 0x26]);
    expect([...bytes.at(-2)!].slice(-3)).toEqual([0x1b, 0x64, 4]);
    expect([...bytes.at(-1)!]).toEqual([0x1d, 0x56, 1]);
  });

  it('are packed without loss, in chunks of at most the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), (segments) => {
        const chunks = packChunks(segments, 100);
        for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(100);
        expect(chunks.flatMap((chunk) => [...chunk])).toEqual(segments.flatMap((segment) => [...segment]));
      }),
    );
  });

  it.each([
    ['gb18030', '测试𠮷、㐂试验'],
    ['gbk', '测试〔U+20BB7〕、〔U+3402〕试验'],
  ] as const)('carry rare names to a %s printer that takes no pictures', (glyphs, name) => {
    const receipt = printed(difficultReceiptZh, 80, { glyphs, drawable: () => false });
    expect(receiptText(receipt).join('\n')).toContain(name);
  });

  it('print each sample without a line too long for the paper', () => {
    for (const document of [caseReceiptZh, caseReceiptEn, difficultReceiptZh]) {
      for (const width of [80, 58] as const) {
        const receipt = printed(document, width);
        const ink = texts(lay(document, width)).filter((text) => text.trim() !== '').length;
        const rules = document.lines.filter((line) => line.kind === 'rule').length;
        expect(receiptText(receipt)).toHaveLength(ink + rules);
      }
    }
  });
});

const word = fc.oneof(
  fc.stringMatching(/^[0-9]{1,16}$/),
  fc.stringMatching(/^[A-Za-z]{1,12}$/),
  fc.constantFrom(
    '测试',
    '，',
    '。',
    '（',
    '）',
    '𠮷',
    '㐂',
    '￥',
    '¥',
    ' ',
    '\n',
    '…',
    '“',
    'é',
    '\u0010',
    '\u0004',
    '😀',
  ),
);
const text = fc.array(word, { maxLength: 24 }).map((words) => words.join(''));
const line: fc.Arbitrary<ReceiptLine> = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    text,
    align: fc.constantFrom('left' as const, 'center' as const, 'right' as const),
    bold: fc.boolean(),
    size: fc.constantFrom('normal' as const, 'double-height' as const, 'double' as const),
  }),
  fc.constant({ kind: 'rule' as const }),
  fc.record({ kind: fc.constant('state' as const), title: text, detail: text }),
  fc.record({ kind: fc.constant('pair' as const), key: text, value: text }),
  fc.record({ kind: fc.constant('step' as const), done: fc.boolean(), text, note: text }),
  fc.record({ kind: fc.constant('number' as const), text: fc.stringMatching(/^[0-9A-Z]{1,6}( [0-9]{1,4}){0,3}$/) }),
  fc.record({ kind: fc.constant('qr' as const), data: fc.stringMatching(/^[ -~]{1,200}$/) }),
  fc.record({ kind: fc.constant('barcode' as const), data: fc.stringMatching(/^[0-9A-Z{]{1,5}[0-9]{0,8}$/) }),
  fc.record({ kind: fc.constant('feed' as const), lines: fc.integer({ min: 0, max: 20 }) }),
);
const anyDocument = fc.record({ language: fc.constantFrom('zh-CN', 'en'), lines: fc.array(line, { maxLength: 12 }) });
const width = fc.constantFrom<PaperWidth>(80, 58);

/** Everything that a document says, without spaces, as the printer can print it. */
function said(document: ReceiptDocument): string {
  const parts = document.lines.map((one) => {
    switch (one.kind) {
      case 'text':
      case 'number':
        return one.text;
      case 'state':
        return toPrintable(one.title, ENCODING) + toPrintable(one.detail, ENCODING);
      case 'pair':
        return toPrintable(one.key, ENCODING) + toPrintable(one.value, ENCODING);
      case 'barcode':
        return one.data;
      default:
        return '';
    }
  });
  return parts.map((part) => toPrintable(part, ENCODING).replaceAll(/[ \n]/g, '')).join('');
}

describe('any document', () => {
  it('fits the paper', () => {
    fc.assert(
      fc.property(anyDocument, width, (document, mm) => {
        const tooWide = lay(document, mm).filter(
          (laid) =>
            (laid.kind === 'text' && textColumns(laid.text) * laid.width > PAPER[mm].columns) ||
            (laid.kind === 'qr' && laid.modules * laid.moduleDots > PAPER[mm].qrDots),
        );
        expect(tooWide).toEqual([]);
      }),
    );
  });

  it('comes out of the printer with every text and QR code', () => {
    fc.assert(
      fc.property(anyDocument, width, (document, mm) => {
        // Steps mix two texts on one line; they are checked by themselves above.
        const plain = {
          ...document,
          lines: document.lines.filter((one) => one.kind !== 'step' && one.kind !== 'rule'),
        };
        if (plain.lines.every((one) => one.kind === 'feed') || said(plain) === '') return;
        const receipt = printed(plain, mm);
        expect(receiptText(receipt).join('').replaceAll(' ', '')).toBe(said(plain));
        const codes = receipt.elements.flatMap((element) => (element.kind === 'qr' ? [element.data] : []));
        expect(codes).toEqual(plain.lines.flatMap((one) => (one.kind === 'qr' ? [one.data] : [])));
        for (const element of receipt.elements) {
          if (element.kind !== 'line') continue;
          const last = element.runs.at(-1)!;
          expect(last.left + textColumns(last.text) * 12 * last.width).toBeLessThanOrEqual(receipt.dots);
        }
      }),
    );
  });

  it('never looks like a real-time command, and goes in small segments', () => {
    fc.assert(
      fc.property(anyDocument, width, fc.constantFrom('gb2312', 'gb18030'), (document, mm, glyphs) => {
        const drawing = profile(mm, glyphs);
        const laid = layoutReceipt(document, mm, encodingOf(drawing));
        const segments = laid.ok ? renderEscPos(laid.value, drawing) : [];
        expect(Math.max(...segments.map((segment) => segment.length))).toBeLessThanOrEqual(1024);
        const bytes = segments.flatMap((segment) => [...segment]);
        const commands = bytes.filter((byte, at) => byte === 0x10 && [0x04, 0x05, 0x14].includes(bytes[at + 1] ?? 0));
        expect(commands).toEqual([]);
      }),
    );
  });

  it('keeps numbers whole', () => {
    fc.assert(
      fc.property(anyDocument, width, (document, mm) => {
        const numbers = document.lines.filter((one) => one.kind === 'number');
        const lines = texts(lay({ ...document, lines: numbers }, mm));
        expect(lines).toEqual(numbers.map((one) => one.text));
      }),
    );
  });
});
