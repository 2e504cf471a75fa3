import type { PrinterGlyphs } from '../codec/gb18030.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { GlyphSource } from '../model/glyphs.ts';
import { NO_GLYPHS } from '../model/glyphs.ts';
import type { ReceiptPrinter } from '../model/receipt-printer.ts';
import type { EscposSettings, StatusAnswers } from './escpos-settings.ts';
import { EscposPrinter } from './escpos-driver.ts';
import { PaperRoll, rollProblem, rollSettings } from './paper-roll.ts';
import type { CutKind } from './profile.ts';

/** The value of an option, or its fallback when it is none of those. */
function oneOf<T extends string>(value: string | undefined, values: readonly [T, ...T[]]): T {
  return values.find((known) => known === value) ?? values[0];
}

const GLYPHS: readonly [PrinterGlyphs, ...PrinterGlyphs[]] = ['gbk', 'gb2312', 'gb18030'];
const CUTS: readonly [CutKind, ...CutKind[]] = ['partial', 'full', 'none'];
const ANSWERS: readonly [StatusAnswers, ...StatusAnswers[]] = ['auto', 'always', 'never'];

/**
 * Settings from the technician's options; an unknown value takes the fallback.
 * @param font characters as dots, for those that the printer lacks
 */
export function escposSettings(
  options: Readonly<Record<string, string>>,
  brokenOff: Set<string>,
  font: GlyphSource = NO_GLYPHS,
): EscposSettings {
  return {
    profile: {
      width: options['width'] === '58' ? 58 : 80,
      glyphs: oneOf(options['charset'], GLYPHS),
      pictures: options['pictures'] !== 'no',
      codes: oneOf(options['codes'], ['printer', 'picture']),
      cut: oneOf(options['cut'], CUTS),
      bufferBytes: options['buffer'] === '1024' ? 1024 : 4096,
      font,
    },
    reports: options['reports'] !== 'no',
    statusAnswers: oneOf(options['statusAnswers'], ANSWERS),
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
      label: { 'zh-CN': '打印机自带字库（缺的字画成图）', en: 'Characters that the printer has (others are drawn)' },
      values: ['gbk', 'gb2312', 'gb18030'],
      fallback: 'gbk',
    },
    {
      key: 'cut',
      label: { 'zh-CN': '切纸：partial 半切，full 全切，none 无切刀', en: 'Cut: partial, full, or none (tear bar)' },
      values: ['partial', 'full', 'none'],
      fallback: 'partial',
    },
    {
      key: 'pictures',
      label: { 'zh-CN': '能打印点阵图（GS v 0）', en: 'Understands raster pictures (GS v 0)' },
      values: ['yes', 'no'],
      fallback: 'yes',
    },
    {
      key: 'codes',
      label: { 'zh-CN': '二维码、条码：打印机指令或画成图', en: 'QR and Code 128: by the printer or as pictures' },
      values: ['printer', 'picture'],
      fallback: 'printer',
    },
    {
      key: 'buffer',
      label: { 'zh-CN': '接收缓冲区（字节）', en: 'Receive buffer (bytes)' },
      values: ['4096', '1024'],
      fallback: '4096',
    },
    {
      key: 'reports',
      label: { 'zh-CN': '打印机主动上报状态（ASB）', en: 'Printer reports changes by itself (ASB)' },
      values: ['yes', 'no'],
      fallback: 'yes',
    },
    {
      key: 'statusAnswers',
      label: { 'zh-CN': '打印机是否回报状态', en: 'Printer answers status questions' },
      values: ['auto', 'always', 'never'],
      fallback: 'auto',
    },
    {
      key: 'roll',
      label: { 'zh-CN': '整卷纸长度（米，0 为不计）', en: 'Length of a new roll (m, 0: not measured)' },
      values: ['0', '20', '30', '40', '50', '60', '80', '100', '150', '200'],
      fallback: '0',
      check: rollProblem,
    },
    {
      key: 'rollLow',
      label: { 'zh-CN': '余纸报警（米）', en: 'Paper is low from (m)' },
      values: ['2', '1', '3', '5', '10'],
      fallback: '2',
      check: rollProblem,
    },
  ],
  identify: { bauds: [9600, 19200, 38400, 115200], turn: 'first' },
  create: ({ transport, clock, options, glyphs, ledger }) =>
    new EscposPrinter(transport, clock, {
      ...escposSettings(options, brokenOff, glyphs),
      ...(ledger ? { ledger } : {}),
      roll: new PaperRoll(ledger, rollSettings(options)),
    }),
};

export { barcodePicture, drawReceipt } from './draw.ts';
export type { EscposSettings, StatusAnswers } from './escpos-settings.ts';
export { EscposPrinter } from './escpos-driver.ts';
export { packChunks, partBytes, renderEscPos } from './escpos-render.ts';
export type { LaidLine, LayoutProblem, PaperMetrics, PaperWidth } from './layout.ts';
export { laidHeight, layoutReceipt, PAPER } from './layout.ts';
export { previewReceipt } from './preview.ts';
export type { CutKind, PrinterProfile } from './profile.ts';
export { encodingOf, unprintable } from './profile.ts';
