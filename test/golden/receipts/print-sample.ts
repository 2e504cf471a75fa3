import type { PrinterGlyphs } from '../../../native/codec/gb18030.ts';
import type { ReceiptDocument } from '../../../native/model/receipt-document.ts';
import { renderEscPos } from '../../../native/receipt-printer/escpos-render.ts';
import type { PaperWidth } from '../../../native/receipt-printer/layout.ts';
import { layoutReceipt } from '../../../native/receipt-printer/layout.ts';
import type { PrinterProfile } from '../../../native/receipt-printer/profile.ts';
import { encodingOf } from '../../../native/receipt-printer/profile.ts';
import type { SimulatedReceipt } from '../../../native/receipt-printer/simulator.ts';
import { ReceiptPrinterSimulator } from '../../../native/receipt-printer/simulator.ts';
import { receiptFont } from '../../support/paper/receipt-font.ts';
import {
  caseReceiptEn,
  caseReceiptZh,
  difficultReceiptEn,
  difficultReceiptZh,
} from '../../support/paper/sample-receipts.ts';
import { productReceipts } from './product-receipts.ts';

export type { PaperWidth };

export interface SimulatedReceiptBytes {
  readonly receipt: SimulatedReceipt;
  /** The bytes sent, one line a segment (one laid-out line of the receipt). */
  readonly hex: string;
}

export interface Sample {
  readonly name: string;
  readonly width: PaperWidth;
  /** Characters of the printer's font; it paints an empty box for every other. */
  readonly glyphs: PrinterGlyphs;
  readonly document: ReceiptDocument;
}

const DOCUMENTS = [
  ['case-zh', 'gbk', caseReceiptZh],
  ['case-en', 'gbk', caseReceiptEn],
  // A printer that knows all four-byte codes, and one with the oldest and smallest font.
  ['difficult-zh', 'gb18030', difficultReceiptZh],
  ['drawn-zh', 'gb2312', difficultReceiptZh],
  ['difficult-en', 'gbk', difficultReceiptEn],
  ...productReceipts('zh-CN').map(([name, document]) => [`${name}-zh`, 'gbk', document] as const),
  ...productReceipts('en').map(([name, document]) => [`${name}-en`, 'gbk', document] as const),
] as const;

export const SAMPLES: readonly Sample[] = DOCUMENTS.flatMap(([name, glyphs, document]) =>
  ([80, 58] as const).map((width) => ({ name, width, glyphs, document })),
);

/** Prints a document on a simulated printer of that width and font. */
export function printSample({ document, width, glyphs }: Sample): SimulatedReceiptBytes {
  const profile: PrinterProfile = { width, glyphs, pictures: true, codes: 'printer', cut: 'partial', bufferBytes: 4096, font: receiptFont };
  const laid = layoutReceipt(document, width, encodingOf(profile));
  if (!laid.ok) throw new Error(laid.error.detail);
  const segments = renderEscPos(laid.value, profile);
  const simulator = new ReceiptPrinterSimulator({ width, glyphs });
  const receipts: SimulatedReceipt[] = [];
  simulator.receipts.subscribe((receipt) => receipts.push(receipt));
  for (const segment of segments) simulator.receive(segment);
  const [receipt] = receipts;
  if (receipt === undefined) throw new Error('nothing came out of the printer');
  return { receipt, hex: segments.map((segment) => `${Buffer.from(segment).toString('hex')}\n`).join('') };
}
