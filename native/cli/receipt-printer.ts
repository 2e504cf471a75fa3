import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { ReceiptDocument } from '../model/receipt-document.ts';
import type { PrintResult, ReceiptPrinter } from '../model/receipt-printer.ts';
import type { DeviceError } from '../model/device.ts';
import type { Result } from '../model/result.ts';
import { previewReceipt } from '../receipt-printer/preview.ts';
import { readReceiptDocument } from '../receipt-printer/read-document.ts';
import { loadGlyphsNow } from '../transport/system-glyphs.ts';
import { EXIT, errorFields, failed, neverSent, say, showStatus, succeeded, UsageError } from './common.ts';
import type { CliPorts, DeviceCommand, Session } from './common.ts';
import { RECEIPT_FONT } from './connect.ts';
import type { Options } from './options.ts';

const OUTCOME = 'JSON: {"ok", "result": "printed"|"not-printed"|"unknown"}. Unknown: look at the paper.';

export const RECEIPT_PRINTER: readonly DeviceCommand[] = [
  {
    word: 'status',
    summary: 'says how the printer is: paper, cover, cutter',
    more: 'JSON: {"ok", "status", "paper": "full"|"low"|"out"|"jammed"|"unknown", "cover", "cutter"}, and "paperLeftMm" where the roll is measured (--ledger)',
    takes: ['ledger'],
    prepare: () => printerStatus,
  },
  {
    word: 'print',
    aliases: ['print-test'],
    summary: 'prints a test receipt, or one from a file, and says what came of it',
    more: `${OUTCOME} Rare characters that the printer lacks (--option charset) are drawn.`,
    takes: ['file', 'ledger'],
    prepare: (options) => {
      const document = documentOf(options);
      return (session) => printed(session, (driver, signal) => driver.print(document, signal));
    },
  },
  {
    word: 'preview',
    summary: 'draws the receipt into a PNG file, without a printer',
    more: 'JSON: {"ok", "file", "width", "height"} in dots of 1/8 mm. Needs no port.',
    takes: ['file', 'width'],
    needs: ['out'],
    prepare: () => () => Promise.resolve(EXIT.usage),
    alone: preview,
  },
  {
    word: 'cut',
    summary: 'brings out and cuts off what hangs in the printer, e.g. half a receipt',
    more: OUTCOME,
    prepare: () => (session) => printed(session, (driver, signal) => driver.clearAway(signal)),
  },
  {
    word: 'paper-replaced',
    summary: 'notes in the ledger that a new roll is in: from then on the paper is measured (--option roll=METRES)',
    more: 'JSON: {"ok", "paper", "cover", "cutter", "paperLeftMm"}. Nothing is sent to the printer but questions.',
    needs: ['ledger'],
    prepare: (options) => {
      if (!(options.option ?? []).some((one) => one.startsWith('roll='))) {
        throw new UsageError(
          '--option roll=METRES is needed: how long a new roll is',
          'receipt-printer paper-replaced',
        );
      }
      return paperReplaced;
    },
  },
  {
    word: 'recover',
    summary: 'takes the printer out of a cutter error; what it still had to print is thrown away',
    more: 'JSON: {"ok", "paper", "cover", "cutter"}. Clear the paper out of the knife first.',
    prepare: () => recover,
  },
];

/** The receipt of `--file`, or the test page. @throws UsageError */
function documentOf({ file }: Options): ReceiptDocument {
  if (file === undefined) return TEST_RECEIPT;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--file ${file}: ${error instanceof Error ? error.message : 'cannot be read'}`, HELP_OF_PRINT);
  }
  const document = readReceiptDocument(json);
  if (!document.ok) throw new UsageError(`--file ${file}: ${document.error.detail}`, HELP_OF_PRINT);
  return document.value;
}

const HELP_OF_PRINT = 'receipt-printer print';

async function printerStatus(session: Session): Promise<number> {
  const { manager, health, ports } = session;
  const asked = await manager.receiptPrinter.run((driver, signal) => driver.readState(signal), { signal: ports.stop });
  const state = asked.ok
    ? { ...asked.value }
    : { paper: health().paper ?? 'unknown', cover: 'unknown', cutter: 'unknown' };
  return showStatus(health(), state, session);
}

type Print = (driver: ReceiptPrinter, signal: AbortSignal) => Promise<PrintResult>;

async function printed({ manager, options, ports }: Session, print: Print): Promise<number> {
  const result: Result<PrintResult, DeviceError> = await manager.receiptPrinter.call(print, { signal: ports.stop });
  if (!result.ok) {
    return failed(result.error, { options, ports }, neverSent(result.error) ? 'not-printed' : 'unknown');
  }
  const { outcome, cause } = result.value;
  const cut = cause ? ` (${cause.code}: ${cause.detail})` : '';
  const told = { ok: outcome === 'printed', result: outcome, ...(cause ? errorFields(cause) : {}) };
  ports.out(options.json ? JSON.stringify(told) : `${outcome}${cut}`);
  if (outcome === 'printed') return EXIT.done;
  say('Half a receipt may hang in the printer: "receipt-printer cut" parts it from the next one.', { options, ports });
  return EXIT.failed;
}

async function paperReplaced({ manager, options, ports }: Session): Promise<number> {
  const result = await manager.receiptPrinter.run(
    (driver, signal) => {
      driver.paperReplaced?.();
      return driver.readState(signal);
    },
    { signal: ports.stop },
  );
  if (!result.ok) return failed(result.error, { options, ports });
  const { paper, paperLeftMm } = result.value;
  const left = paperLeftMm === undefined ? 'not known' : `${paperLeftMm} mm`;
  return succeeded({ ...result.value }, [`paper    ${paper}`, `left     ${left}`], { options, ports });
}

async function recover({ manager, options, ports }: Session): Promise<number> {
  const result = await manager.receiptPrinter.run((driver, signal) => driver.recover(signal), { signal: ports.stop });
  if (!result.ok) return failed(result.error, { options, ports });
  const { paper, cover, cutter } = result.value;
  const lines = [`paper    ${paper}`, `cover    ${cover}`, `cutter   ${cutter}`];
  return succeeded({ paper, cover, cutter }, lines, { options, ports });
}

/** @throws UsageError */
async function preview(options: Options, ports: CliPorts): Promise<number> {
  const { width = '80', out = '' } = options;
  if (width !== '80' && width !== '58') throw new UsageError('--width is 80 or 58', 'receipt-printer preview');
  const document = documentOf(options);
  const told = { options, ports };
  const font = loadGlyphsNow(RECEIPT_FONT);
  if (!font.ok) return failed({ code: 'not-supported', detail: `no font: ${font.error.detail}` }, told);
  const drawn = previewReceipt(document, width === '58' ? 58 : 80, font.value);
  if (!drawn.ok) return failed({ code: 'bad-request', detail: drawn.error.detail }, told);
  const { bitmap, png } = drawn.value;
  try {
    await writeFile(out, png);
  } catch (error) {
    throw new UsageError(`--out ${out}: ${error instanceof Error ? error.message : 'cannot be written'}`);
  }
  const size = { width: bitmap.width, height: bitmap.height };
  return succeeded({ file: out, ...size }, [`${out}: ${size.width} x ${size.height} dots`], told);
}

/** Everything that a receipt can hold, with characters that printers get wrong. */
export const TEST_RECEIPT: ReceiptDocument = {
  language: 'zh-CN',
  lines: [
    { kind: 'text', text: '打印测试', align: 'center', bold: true, size: 'double' },
    { kind: 'text', text: 'Printer test', align: 'center' },
    { kind: 'rule' },
    { kind: 'state', title: '测试页', detail: 'This page belongs to no case' },
    { kind: 'pair', key: '常用字', value: '天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。' },
    { kind: 'pair', key: '生僻字', value: '㛃 䶮 龘 𠮷 𬭚' },
    { kind: 'pair', key: 'Latin', value: 'The quick brown fox jumps over the lazy dog 0123456789' },
    { kind: 'step', done: true, text: '打印', note: 'done' },
    { kind: 'step', done: false, text: '切纸', note: '见下' },
    { kind: 'number', text: 'TEST-0000-0000' },
    { kind: 'qr', data: 'HALL24 TEST 0000' },
    { kind: 'barcode', data: 'TEST0000' },
    { kind: 'feed', lines: 2 },
  ],
};
