import { useCallback, useEffect, useRef, useState } from 'react';
import type { PrintDto } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { call } from '../../api/index.ts';

/** What is known of the paper. `none`: this kiosk has no printer. */
export type ReceiptState =
  | { readonly name: 'none' }
  | { readonly name: 'printing'; readonly last: PrintDto | null }
  | { readonly name: 'over'; readonly print: PrintDto }
  | { readonly name: 'failed'; readonly problem: Problem; readonly last: PrintDto | null };

/** Prints the receipt once by itself; `again` makes another copy, marked as such by the main process. */
export function useReceipt(
  visitId: string | null,
  subjectId: string | null,
  language: Language,
  hasPrinter: boolean,
  subject: 'case' | 'pickup' = 'case',
): { readonly receipt: ReceiptState; readonly again: () => void } {
  const [receipt, setReceipt] = useState<ReceiptState>(() =>
    hasPrinter ? { name: 'printing', last: null } : { name: 'none' },
  );
  const tongue = useRef(language);
  useEffect(() => {
    tongue.current = language;
  });
  const alive = useRef(true);
  const printed = useRef<string | null>(null);
  const print = useCallback(async (): Promise<void> => {
    if (visitId === null || subjectId === null) return;
    const last = (old: ReceiptState): PrintDto | null =>
      old.name === 'over' ? old.print : old.name === 'none' ? null : old.last;
    setReceipt((old) => ({ name: 'printing', last: last(old) }));
    const answer = await call('receipt.print', { visitId, subject, subjectId, language: tongue.current });
    if (!alive.current) return;
    setReceipt((old) =>
      answer.ok ? { name: 'over', print: answer.value } : { name: 'failed', problem: answer.error, last: last(old) },
    );
  }, [visitId, subject, subjectId]);
  useEffect(() => {
    alive.current = true;
    // Mounting twice must not make two copies.
    if (hasPrinter && subjectId !== null && printed.current !== subjectId) {
      printed.current = subjectId;
      void print();
    }
    return () => {
      alive.current = false;
    };
  }, [hasPrinter, print, subjectId]);
  const again = useCallback(() => void print(), [print]);
  return { receipt, again };
}
