import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryLine } from '../../test/support/memory-transport.ts';
import { caseReceiptEn, caseReceiptZh } from '../../test/support/paper/sample-receipts.ts';
import { receiptFont } from '../../test/support/paper/receipt-font.ts';
import { MemoryLedger } from '../model/device-ledger.ts';
import type { ReceiptPrinter } from '../model/receipt-printer.ts';
import { escposPrinter } from './index.ts';
import { PRINTER_SUBJECTS } from './printer-subjects.ts';
import type { PrinterSubject } from './printer-subjects.ts';
import type { ReceiptPrinterSimulator } from './simulator.ts';

const METRE_LOW = { roll: '50', rollLow: '1' };

function bench(subject: PrinterSubject): {
  readonly clock: FakeClock;
  readonly ledger: MemoryLedger;
  readonly simulator: ReceiptPrinterSimulator;
  /** Millimetres of paper that left the printer, to 4 mm. */
  usedMm(): number;
  connect(): ReceiptPrinter;
} {
  const clock = new FakeClock();
  const simulator = subject.simulate(clock);
  const line = new MemoryLine(simulator, clock, { baud: 115_200 });
  const ledger = new MemoryLedger();
  const full = simulator.state.paperLines;
  const connect = (): ReceiptPrinter =>
    subject.definition.create({
      transport: line.open(),
      clock,
      ledger,
      glyphs: receiptFont,
      options: { ...subject.options, ...METRE_LOW },
    });
  return { clock, ledger, simulator, usedMm: () => (full - simulator.state.paperLines) * 4, connect };
}

describe.each(PRINTER_SUBJECTS)('paper of $name', (subject) => {
  it('what is left is the roll less what came out, over a reconnect too', async () => {
    const { clock, connect, usedMm } = bench(subject);
    let printer = connect();
    printer.paperReplaced?.();
    for (const document of [caseReceiptZh, caseReceiptEn]) {
      await clock.run(printer.print(document));
      await clock.run(printer.clearAway());
      printer.dispose();
      printer = connect();
    }
    await clock.advance(30_000);
    const { supplies } = await clock.run(printer.probe());
    expect(usedMm()).toBeGreaterThan(300);
    expect(Math.abs((supplies?.[0]?.left ?? 0) - (50_000 - usedMm()))).toBeLessThanOrEqual(4);
    expect(supplies?.[0]).toMatchObject({ name: 'paper', lowAt: 1_000, unit: 'millimetres' });
  });
});

describe('the roll', () => {
  const [subject] = PRINTER_SUBJECTS;
  if (subject === undefined) throw new Error('no printer');

  it('is not measured before somebody said that a new one is in', async () => {
    const { clock, connect } = bench(subject);
    const printer = connect();
    expect((await clock.run(printer.probe())).supplies).toBeUndefined();
    expect(await clock.run(printer.readState())).toEqual({
      ok: true,
      value: { paper: 'full', cover: 'closed', cutter: 'ok' },
    });
    printer.paperReplaced?.();
    expect(await clock.run(printer.readState())).toMatchObject({ ok: true, value: { paperLeftMm: 50_000 } });
  });

  it('is low by the sum, and never out by it', async () => {
    const { clock, connect, ledger } = bench(subject);
    const printer = connect();
    printer.paperReplaced?.();
    ledger.set('paperUsedMm', 48_999);
    expect(await clock.run(printer.probe())).toMatchObject({ status: 'online', paper: 'full' });
    ledger.set('paperUsedMm', 49_000);
    expect(await clock.run(printer.probe())).toMatchObject({
      status: 'online',
      paper: 'low',
      supplies: [{ name: 'paper', state: 'low', left: 1_000 }],
    });
    ledger.set('paperUsedMm', 60_000);
    expect(await clock.run(printer.probe())).toMatchObject({ paper: 'low', supplies: [{ left: 0 }] });
    expect((await clock.run(printer.print(caseReceiptZh))).outcome).toBe('printed');
  });

  it('that ended is measured no more until the next one is in', async () => {
    const { clock, connect, simulator } = bench(subject);
    const printer = connect();
    printer.paperReplaced?.();
    simulator.paperOutAfterLines(0);
    expect((await clock.run(printer.probe())).paper).toBe('out');
    simulator.loadPaper();
    const after = await clock.run(printer.probe());
    expect([after.paper, after.supplies]).toEqual(['full', undefined]);
    printer.paperReplaced?.();
    expect((await clock.run(printer.probe())).supplies?.[0]).toMatchObject({ state: 'full', left: 50_000 });
  });

  it('counts receipts and cuts that surely came out', async () => {
    const { clock, connect, ledger, simulator } = bench(subject);
    const printer = connect();
    await clock.run(printer.print(caseReceiptZh));
    await clock.run(printer.print(caseReceiptZh));
    simulator.paperOutAfterLines(0);
    await clock.run(printer.print(caseReceiptZh));
    expect(ledger.all()).toMatchObject({ prints: 2, cuts: 2 });
  });

  it.each(['0.05', '501', '-3', 'many', ''])('takes no length such as "%s"', (value) => {
    const check = escposPrinter.options.find(({ key }) => key === 'roll')?.check;
    expect(check?.(value)).toBe('metres from 0.1 to 500');
    expect(check?.('62.5')).toBeNull();
  });
});
