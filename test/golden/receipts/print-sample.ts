import type { ReceiptDocument } from '../../../native/model/receipt-document.ts';
import { renderEscPos } from '../../../native/receipt-printer/escpos-render.ts';
import type { PaperWidth } from '../../../native/receipt-printer/layout.ts';
import { layoutReceipt } from '../../../native/receipt-printer/layout.ts';
import type { SimulatedReceipt } from '../../../native/receipt-printer/simulator.ts';
import { ReceiptPrinterSimulator } from '../../../native/receipt-printer/simulator.ts';
import { caseReceiptEn, caseReceiptZh, difficultReceiptZh } from '../../support/paper/sample-receipts.ts';

export type { PaperWidth };

export interface SimulatedReceiptBytes {
  readonly receipt: SimulatedReceipt;
  /** The bytes sent, one line a segment (one laid-out line of the receipt). */
  readonly hex: string;
}

export interface Sample {
  readonly name: string;
  readonly width: PaperWidth;
  readonly document: ReceiptDocument;
}

export const SAMPLES: readonly Sample[] = [
  { name: 'case-zh', width: 80, document: caseReceiptZh },
  { name: 'case-zh', width: 58, document: caseReceiptZh },
  { name: 'case-en', width: 80, document: caseReceiptEn },
  { name: 'case-en', width: 58, document: caseReceiptEn },
  { name: 'difficult-zh', width: 80, document: difficultReceiptZh },
  { name: 'difficult-zh', width: 58, document: difficultReceiptZh },
];

/** Prints a document on a simulated printer of that width. */
export function printSample(document: ReceiptDocument, width: PaperWidth): SimulatedReceiptBytes {
  const encoding = { charset: 'gb18030', rare: 'four-byte' } as const;
  const laid = layoutReceipt(document, width, encoding);
  if (!laid.ok) throw new Error(laid.error.detail);
  const segments = renderEscPos(laid.value, width, encoding);
  const simulator = new ReceiptPrinterSimulator({ width });
  const receipts: SimulatedReceipt[] = [];
  simulator.receipts.subscribe((receipt) => receipts.push(receipt));
  for (const segment of segments) simulator.receive(segment);
  const [receipt] = receipts;
  if (receipt === undefined) throw new Error('nothing came out of the printer');
  return { receipt, hex: segments.map((segment) => `${Buffer.from(segment).toString('hex')}\n`).join('') };
}
