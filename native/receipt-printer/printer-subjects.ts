import type { Clock } from '../model/clock.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { ReceiptPrinter } from '../model/receipt-printer.ts';
import { escposPrinter } from './index.ts';
import type { PrinterSimulatorOptions } from './simulator.ts';
import { ReceiptPrinterSimulator } from './simulator.ts';

/** One driver with the options for one kind of printer, and that printer. */
export interface PrinterSubject {
  readonly name: string;
  readonly definition: DriverDefinition<ReceiptPrinter>;
  readonly options: Readonly<Record<string, string>>;
  /** A new printer of that kind, full and closed. */
  readonly simulate: (clock: Clock) => ReceiptPrinterSimulator;
  /** How far it tells about itself: at any time, only while it works (a stopped one is silent), or never. */
  readonly tells: 'always' | 'while-working' | 'never';
  /** Whether it parts receipts by itself. */
  readonly cuts: boolean;
  /** Whether it reports changes unasked. */
  readonly reports: boolean;
}

function escpos(
  name: string,
  options: Readonly<Record<string, string>>,
  printer: Omit<PrinterSimulatorOptions, 'clock'>,
  more: Partial<Pick<PrinterSubject, 'tells' | 'reports'>> & {
    prepare?: (simulator: ReceiptPrinterSimulator) => void;
  } = {},
): PrinterSubject {
  return {
    name: `escpos, ${name}`,
    definition: escposPrinter,
    options,
    simulate: (clock) => {
      const simulator = new ReceiptPrinterSimulator({ ...printer, clock });
      more.prepare?.(simulator);
      return simulator;
    },
    tells: more.tells ?? 'always',
    cuts: printer.cutter ?? true,
    reports: more.reports ?? options['reports'] !== 'no',
  };
}

/** Every driver, with every kind of printer that its options are for. */
export const PRINTER_SUBJECTS: readonly PrinterSubject[] = [
  escpos('80 mm, GBK', {}, { charset: 'gbk' }),
  escpos(
    '58 mm, GB 2312',
    { width: '58', charset: 'gb2312', roll: '30', rollLow: '5' },
    { width: 58, glyphs: 'gb2312' },
  ),
  escpos('GB 18030, full cut, no reports', { charset: 'gb18030', cut: 'full', reports: 'no' }, {}),
  escpos('Japanese defaults', {}, { charset: 'gbk', doubleByteAtPowerOn: false }),
  escpos('no knife', { cut: 'none' }, { charset: 'gbk', cutter: false }),
  escpos('no pictures', { pictures: 'no' }, { charset: 'gbk', pictures: false }),
  escpos('no codes of its own', { codes: 'picture' }, { charset: 'gbk', codes: false }),
  escpos(
    'slow, 1 KB buffer',
    { buffer: '1024' },
    { charset: 'gbk', bufferBytes: 1024 },
    {
      prepare: (simulator) => simulator.slow(40),
    },
  ),
  escpos('real-time answers only', {}, { charset: 'gbk' }, { prepare: (simulator) => simulator.realTimeOnly() }),
  escpos('answers behind the data', {}, { charset: 'gbk', bufferedStatus: true }, { tells: 'while-working' }),
  escpos(
    'no answers',
    { statusAnswers: 'never' },
    { charset: 'gbk' },
    {
      tells: 'never',
      reports: false,
      prepare: (simulator) => simulator.muteStatus(true),
    },
  ),
];
