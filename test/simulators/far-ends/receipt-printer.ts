import { ReceiptPrinterSimulator, receiptText } from '../../../native/receipt-printer/simulator.ts';
import { plain, toggle } from './far-end.ts';
import type { FarEnd } from './far-end.ts';
import type { FarEndMaker } from './table.ts';

const NEAR_END_LINES = 300;

/** An ESC/POS printer and a person who opens and fills it. */
function escposPrinter(options: Readonly<Record<string, string>>): FarEnd {
  const narrow = Object.values(options).some((value) => value.startsWith('58'));
  const glyphs = (['gb2312', 'gb18030'] as const).find((known) => known === options['charset']) ?? 'gbk';
  const simulator = new ReceiptPrinterSimulator({
    width: narrow ? 58 : 80,
    charset: glyphs === 'gb18030' ? 'gb18030' : 'gbk',
    glyphs,
    pictures: options['pictures'] !== 'no',
    codes: options['codes'] !== 'picture',
    cutter: options['cut'] !== 'none',
  });
  let receipts = 0;
  let lastText: readonly string[] = [];
  simulator.receipts.subscribe((receipt) => {
    receipts += 1;
    lastText = receiptText(receipt);
    simulator.activity.emit(`receipt ${receipts}, ${receipt.end}: ${lastText.join(' | ')}`);
  });
  return {
    deviceClass: 'receipt-printer',
    driver: 'escpos',
    kind: 'stream',
    simulator,
    actions: [
      plain('paper-out', 'the roll is at its end', 'p', () => simulator.paperOutAfterLines(0)),
      plain('paper-low', 'the roll is nearly at its end', 'l', () => simulator.paperOutAfterLines(NEAR_END_LINES)),
      plain('refill', 'a new roll', 'r', () => simulator.loadPaper()),
      {
        ...plain('paper-ends', 'the paper ends after so many lines of 4 mm', null, () => null),
        parameters: [{ name: 'lines', kind: 'number', from: 0, to: 100_000 }],
        run: ({ lines }) => {
          simulator.paperOutAfterLines(Number(lines));
          return null;
        },
      },
      toggle(
        'jam',
        'the paper jams',
        'j',
        () => simulator.state.jammed,
        (on) => (on ? simulator.jam() : simulator.clearJam()),
      ),
      toggle(
        'cover',
        'the cover is open',
        'o',
        () => simulator.state.coverOpen,
        (on) => (on ? simulator.openCover() : simulator.closeCover()),
      ),
      toggle(
        'cutter',
        'the cutter is stuck',
        'x',
        () => simulator.state.cutterError,
        (on) => simulator.failCutter(on ? 'stuck' : null),
      ),
      plain('cutter-once', 'the next cut fails, a recovery helps', 'y', () => simulator.failCutter('once')),
      toggle(
        'hot',
        'the print head is too hot',
        'h',
        () => simulator.state.overheated,
        (on) => simulator.overheat(on),
      ),
      {
        ...plain('power-fails', 'the mains fail after so many lines of 4 mm', null, () => null),
        parameters: [{ name: 'lines', kind: 'number', from: 1, to: 1_000 }],
        run: ({ lines }) => {
          simulator.powerOffAfterLines(Number(lines));
          return null;
        },
      },
      plain('tear', 'tears off what hangs in the printer', 't', () => simulator.tear()),
      toggle(
        'no-status',
        'status questions are not answered',
        'n',
        () => simulator.state.muteStatus,
        (on) => simulator.muteStatus(on),
      ),
      toggle(
        'power-off',
        'the printer is switched off',
        'i',
        () => !simulator.state.powered,
        (on) => simulator.power(!on),
      ),
    ],
    state: () => ({ ...simulator.state, receipts, lastReceipt: lastText }),
    dispose: () => undefined,
  };
}

export const PRINTERS: Readonly<Record<string, FarEndMaker>> = { escpos: ({ options }) => escposPrinter(options) };
