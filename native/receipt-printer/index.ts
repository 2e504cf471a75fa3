import type { PrinterEncoding } from '../codec/gb18030.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { ReceiptPrinter } from '../model/receipt-printer.ts';
import type { EscposSettings } from './escpos-driver.ts';
import { EscposPrinter } from './escpos-driver.ts';
import type { PaperWidth } from './layout.ts';

/** Settings from the technician's options; an unknown value takes the fallback. */
export function escposSettings(options: Readonly<Record<string, string>>, brokenOff: Set<string>): EscposSettings {
  const width: PaperWidth = options['width'] === '58' ? 58 : 80;
  const encoding: PrinterEncoding = {
    charset: options['charset'] === 'gbk' ? 'gbk' : 'gb18030',
    rare: options['rareCharacters'] === 'geta' ? 'geta' : 'four-byte',
  };
  const answers = options['statusAnswers'];
  return {
    width,
    encoding,
    statusAnswers: answers === 'always' || answers === 'never' ? answers : 'auto',
    brokenOff,
  };
}

/** Addresses whose printer holds a fragment, kept over reconnects. */
const brokenOff = new Set<string>();

/** ESC/POS receipt printers (Xprinter, Gprinter, Bixolon, Citizen, Epson and the many that follow them). */
export const escposPrinter: DriverDefinition<ReceiptPrinter> = {
  id: 'escpos',
  deviceClass: 'receipt-printer',
  name: { 'zh-CN': 'ESC/POS 回执打印机', en: 'ESC/POS receipt printer' },
  schemes: ['serial', 'tcp'],
  bauds: [9600, 19200, 38400, 115200],
  options: [
    {
      key: 'width',
      label: { 'zh-CN': '纸宽（毫米）', en: 'Paper width (mm)' },
      values: ['80', '58'],
      fallback: '80',
    },
    {
      key: 'charset',
      label: { 'zh-CN': '汉字编码', en: 'Chinese encoding' },
      values: ['gb18030', 'gbk'],
      fallback: 'gb18030',
    },
    {
      key: 'rareCharacters',
      label: { 'zh-CN': '生僻字：four-byte 四字节，geta 打印〓', en: 'Rare characters: four-byte code or geta mark' },
      values: ['four-byte', 'geta'],
      fallback: 'four-byte',
    },
    {
      key: 'statusAnswers',
      label: { 'zh-CN': '打印机是否回报状态', en: 'Printer answers status questions' },
      values: ['auto', 'always', 'never'],
      fallback: 'auto',
    },
  ],
  create: (context) => new EscposPrinter(context.transport, context.clock, escposSettings(context.options, brokenOff)),
};

export type { EscposSettings, StatusAnswers } from './escpos-driver.ts';
export { EscposPrinter } from './escpos-driver.ts';
export type { LaidLine, LayoutProblem, PaperMetrics, PaperWidth } from './layout.ts';
export { laidHeight, layoutReceipt, PAPER } from './layout.ts';
export { packChunks, renderEscPos } from './escpos-render.ts';
