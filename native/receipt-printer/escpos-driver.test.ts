import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import { caseReceiptZh } from '../../test/support/paper/sample-receipts.ts';
import { layoutReceipt } from './layout.ts';
import { EscposPrinter, escposPrinter, escposSettings } from './index.ts';
import type { StatusAnswers } from './index.ts';
import type { PrinterSimulatorOptions, SimulatedReceipt } from './simulator.ts';
import { ReceiptPrinterSimulator, receiptText } from './simulator.ts';

interface Bench {
  readonly clock: FakeClock;
  readonly simulator: ReceiptPrinterSimulator;
  readonly line: MemoryLine;
  readonly receipts: SimulatedReceipt[];
  readonly brokenOff: Set<string>;
  connect(statusAnswers?: StatusAnswers): EscposPrinter;
}

function bench(options: PrinterSimulatorOptions = {}, baud = 115_200): Bench {
  const clock = new FakeClock();
  const simulator = new ReceiptPrinterSimulator(options);
  const line = new MemoryLine(simulator, clock, { baud });
  const receipts: SimulatedReceipt[] = [];
  simulator.receipts.subscribe((receipt) => receipts.push(receipt));
  const brokenOff = new Set<string>();
  const connect = (statusAnswers: StatusAnswers = 'auto'): EscposPrinter =>
    new EscposPrinter(line.open(), clock, {
      ...escposSettings({ width: String(options.width ?? 80), charset: 'gb18030' }, brokenOff),
      statusAnswers,
    });
  return { clock, simulator, line, receipts, brokenOff, connect };
}

const lineCount = (): number => {
  const laid = layoutReceipt(caseReceiptZh, 80, { glyphs: 'gb18030', drawable: () => false });
  return laid.ok ? laid.value.length : 0;
};

/** Bytes written that are not questions about the status. */
function paperBytes(line: MemoryLine): number {
  const writes = line.current?.written ?? [];
  // The first question on a line has NULs before it.
  const isQuestion = (bytes: Uint8Array): boolean =>
    bytes.length <= 11 && bytes.filter((byte) => byte !== 0).length <= 3;
  return writes.filter((bytes) => !isQuestion(bytes)).reduce((sum, bytes) => sum + bytes.length, 0);
}

/** Lets time pass until the first bytes of a receipt are sent: before it the printer is asked how it is. */
async function begun({ clock, line }: Pick<Bench, 'clock' | 'line'>): Promise<void> {
  while (paperBytes(line) === 0) await clock.advance(10);
}

describe('printing', () => {
  it('prints, cuts once and says so', async () => {
    const { clock, connect, receipts, line } = bench();
    const result = await clock.run(connect().print(caseReceiptZh));
    expect(result).toEqual({ outcome: 'printed', cause: null });
    expect(receipts).toHaveLength(1);
    expect(receipts[0]!.end).toBe('partial');
    expect(receiptText(receipts[0]!)).toContain('CH03 0318 0042 7');
    expect(Math.max(...line.current!.written.map((bytes) => bytes.length))).toBeLessThanOrEqual(1024);
    expect(clock.pending).toBe(0);
  });

  it('prints with low paper', async () => {
    const { clock, connect } = bench({ paperLines: 100, nearEndLines: 300 });
    const printer = connect();
    expect(await clock.run(printer.print(caseReceiptZh))).toEqual({ outcome: 'printed', cause: null });
    expect(await clock.run(printer.readState())).toEqual({
      ok: true,
      value: { paper: 'low', cover: 'closed', cutter: 'ok' },
    });
  });

  it('waits for a slow printer on a slow line', async () => {
    const { clock, connect, simulator, receipts } = bench({}, 9600);
    simulator.slow(90);
    const start = clock.monotonic();
    expect((await clock.run(connect().print(caseReceiptZh))).outcome).toBe('printed');
    expect(clock.monotonic() - start).toBeGreaterThan(3000);
    expect(receipts).toHaveLength(1);
  });

  it('waits its turn behind a status question, but refuses a second receipt', async () => {
    const { clock, connect, receipts } = bench();
    const printer = connect();
    const probe = printer.probe();
    const first = printer.print(caseReceiptZh);
    const second = printer.print(caseReceiptZh);
    const during = printer.probe();
    expect((await clock.run(probe)).status).toBe('online');
    expect(await clock.run(second)).toMatchObject({ outcome: 'not-printed', cause: { code: 'busy' } });
    expect((await clock.run(during)).status).toBe('deviceBusy');
    expect((await clock.run(first)).outcome).toBe('printed');
    expect(receipts).toHaveLength(1);
  });

  it('refuses a document that no printer can take', async () => {
    const { clock, connect, line } = bench();
    const result = await clock.run(
      connect().print({ language: 'en', lines: [{ kind: 'qr', data: 'x'.repeat(2000) }] }),
    );
    expect(result).toMatchObject({ outcome: 'not-printed', cause: { code: 'bad-request' } });
    expect(line.current!.written).toHaveLength(0);
  });
});

describe('trouble before the first byte sends nothing', () => {
  const cases: [string, (simulator: ReceiptPrinterSimulator) => void, string][] = [
    ['paper out', (simulator) => simulator.paperOutAfterLines(0), 'paper-out'],
    ['cover open', (simulator) => simulator.openCover(), 'cover-open'],
    ['jam', (simulator) => simulator.jam(), 'paper-jam'],
  ];
  it.each(cases)('%s', async (_name, break_, code) => {
    const { clock, connect, simulator, receipts, line } = bench();
    break_(simulator);
    const printer = connect();
    expect(await clock.run(printer.print(caseReceiptZh))).toMatchObject({ outcome: 'not-printed', cause: { code } });
    expect(paperBytes(line)).toBe(0);
    expect(receipts).toHaveLength(0);
    expect((await clock.run(printer.probe())).status).toBe(code === 'paper-jam' ? 'hardwareError' : 'userError');
  });

  it('cancelled', async () => {
    const { clock, connect, line } = bench();
    const result = await clock.run(connect().print(caseReceiptZh, AbortSignal.abort()));
    expect(result).toMatchObject({ outcome: 'not-printed', cause: { code: 'cancelled' } });
    expect(line.current!.written).toHaveLength(0);
  });

  it('a stuck cutter', async () => {
    const { clock, connect, simulator, line, receipts } = bench();
    simulator.failCutter('stuck');
    const printer = connect();
    expect(await clock.run(printer.print(caseReceiptZh))).toMatchObject({ cause: { code: 'cutter-error' } });
    const sent = paperBytes(line);
    expect(await clock.run(printer.print(caseReceiptZh))).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'cutter-error' },
    });
    expect(paperBytes(line)).toBe(sent);
    expect(receipts).toHaveLength(0);
  });
});

describe('trouble in the middle', () => {
  it('paper runs out: not printed, and the fragment is parted from the next receipt', async () => {
    const { clock, connect, simulator, receipts } = bench();
    simulator.paperOutAfterLines(12);
    const printer = connect();
    expect(await clock.run(printer.print(caseReceiptZh))).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'paper-out' },
    });
    expect(receipts).toHaveLength(0);
    simulator.loadPaper();
    expect(receipts.at(-1)!.end).toBe('torn');
    const before = receipts.length;
    expect(
      (await clock.run(printer.print({ language: 'en', lines: [{ kind: 'text', text: 'next one' }] }))).outcome,
    ).toBe('printed');
    // The rest of the first receipt, which the printer had kept, comes out on paper of its own.
    expect(receipts.slice(before).map((receipt) => receiptText(receipt).includes('next one'))).toContain(true);
    expect(receiptText(receipts.at(-1)!)).toEqual(['next one']);
  });

  it.each([1, 5, 20, 30])('a jam after %i lines', async (lines) => {
    const { clock, connect, simulator } = bench();
    simulator.jam(lines);
    expect(lineCount()).toBeGreaterThan(30);
    expect(await clock.run(connect().print(caseReceiptZh))).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'paper-jam' },
    });
  });

  it('cover opened while it prints slowly', async () => {
    const { clock, connect, simulator, line } = bench({}, 9600);
    const printer = connect();
    const print = printer.print(caseReceiptZh);
    await begun({ clock, line });
    simulator.openCover();
    expect(await clock.run(print)).toMatchObject({ outcome: 'not-printed', cause: { code: 'cover-open' } });
  });

  it('the cutter fails once: not printed, the next print recovers', async () => {
    const { clock, connect, simulator, receipts } = bench();
    simulator.failCutter('once');
    const printer = connect();
    expect(await clock.run(printer.print(caseReceiptZh))).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'cutter-error' },
    });
    expect((await clock.run(printer.print(caseReceiptZh))).outcome).toBe('printed');
    expect(receipts).toHaveLength(2);
    expect(receiptText(receipts[1]!).filter((text) => text === 'CH03 0318 0042 7')).toHaveLength(1);
  });

  it('unplugged before the cut was sent: not printed, and the new line parts the fragment', async () => {
    const { clock, connect, line, receipts } = bench({}, 9600);
    const print = connect().print(caseReceiptZh);
    await begun({ clock, line });
    line.unplug();
    expect(await clock.run(print)).toMatchObject({ outcome: 'not-printed', cause: { code: 'line-lost' } });
    expect(receipts).toHaveLength(0);
    line.plug();
    expect((await clock.run(connect().print(caseReceiptZh))).outcome).toBe('printed');
    expect(receipts).toHaveLength(2);
    expect(receiptText(receipts[1]!)[0]).toBe('测试区政务服务中心');
  });

  it('unplugged after the cut was sent: unknown', async () => {
    const { clock, connect, line, simulator } = bench();
    simulator.slow(100);
    const print = connect().print(caseReceiptZh);
    await begun({ clock, line });
    await clock.advance(500);
    line.unplug();
    expect(await clock.run(print)).toMatchObject({ outcome: 'unknown', cause: { code: 'line-lost' } });
  });

  it('paper ends with the last line: unknown', async () => {
    const { clock, connect, line, simulator } = bench();
    simulator.slow(50);
    const print = connect().print({ language: 'en', lines: [{ kind: 'text', text: 'short' }] });
    await begun({ clock, line });
    simulator.paperOutAfterLines(0);
    expect(await clock.run(print)).toMatchObject({ outcome: 'unknown', cause: { code: 'paper-out' } });
  });
});

describe('printers that answer real-time questions only', () => {
  it('prints, and says so when every answer was good until the paper must be out', async () => {
    const { clock, connect, simulator, receipts } = bench();
    simulator.realTimeOnly();
    const printer = connect();
    expect(await clock.run(printer.print(caseReceiptZh))).toEqual({ outcome: 'printed', cause: null });
    expect(await clock.run(printer.print(caseReceiptZh))).toEqual({ outcome: 'printed', cause: null });
    expect(receipts).toHaveLength(2);
  });

  it('paper runs out before the cut was sent: not printed; nobody can tell later on', async () => {
    const { clock, connect, simulator } = bench();
    simulator.realTimeOnly();
    simulator.paperOutAfterLines(10);
    expect(await clock.run(connect().print(caseReceiptZh))).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'paper-out' },
    });
  });

  it('silent for a moment: unknown', async () => {
    const { clock, connect, simulator } = bench();
    simulator.realTimeOnly();
    const print = connect().print(caseReceiptZh);
    await clock.advance(2_000);
    simulator.muteStatus(true);
    await clock.advance(2_000);
    simulator.muteStatus(false);
    expect((await clock.run(print)).outcome).toBe('unknown');
  });
});

describe('printers that do not answer', () => {
  it('prints on one that never told anything, and says unknown', async () => {
    const { clock, connect, simulator, receipts } = bench();
    simulator.muteStatus(true);
    const printer = connect();
    expect(await clock.run(printer.print(caseReceiptZh))).toMatchObject({
      outcome: 'unknown',
      cause: { code: 'timeout' },
    });
    expect(receipts).toHaveLength(1);
    expect((await clock.run(printer.probe())).status).toBe('offline');
  });

  it('prints nothing on one that answered before: it is off', async () => {
    const { clock, connect, simulator, line } = bench();
    const printer = connect();
    await clock.run(printer.probe());
    simulator.power(false);
    expect(await clock.run(printer.print(caseReceiptZh))).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'timeout' },
    });
    expect(paperBytes(line)).toBe(0);
  });

  it('prints nothing where an answer is demanded', async () => {
    const { clock, connect, simulator, line } = bench();
    simulator.muteStatus(true);
    expect((await clock.run(connect('always').print(caseReceiptZh))).outcome).toBe('not-printed');
    expect(paperBytes(line)).toBe(0);
  });

  it('asks nothing where it is told not to', async () => {
    const { clock, connect, simulator, line, receipts } = bench();
    simulator.muteStatus(true);
    const printer = connect('never');
    expect(await clock.run(printer.probe())).toMatchObject({ status: 'online', paper: 'unknown' });
    expect((await clock.run(printer.print(caseReceiptZh))).outcome).toBe('unknown');
    expect(receipts).toHaveLength(1);
    expect(line.current!.written.every((bytes) => bytes.length > 3)).toBe(true);
  });

  it('falls silent in the middle: unknown', async () => {
    const { clock, connect, line, simulator } = bench({}, 9600);
    const print = connect().print(caseReceiptZh);
    await begun({ clock, line });
    simulator.muteStatus(true);
    expect(await clock.run(print)).toMatchObject({ outcome: 'unknown', cause: { code: 'timeout' } });
  });
});

describe('bad lines', () => {
  it.each([
    ['late answers', { ...GOOD_LINE, lateMs: 300 }],
    ['one byte at a time', { ...GOOD_LINE, drip: true }],
    ['one byte of garbage', { ...GOOD_LINE, garbageBytes: 1 }],
    ['garbage that looks like an answer', { ...GOOD_LINE, garbageBytes: 2 }],
    ['much garbage', { ...GOOD_LINE, garbageBytes: 40 }],
  ])('prints and tells the truth with %s', async (_name, behaviour) => {
    const good = bench();
    good.line.behaviour = behaviour;
    expect((await good.clock.run(good.connect().print(caseReceiptZh))).outcome).toBe('printed');

    const bad = bench();
    bad.line.behaviour = behaviour;
    bad.simulator.paperOutAfterLines(10);
    expect(await bad.clock.run(bad.connect().print(caseReceiptZh))).toMatchObject({
      outcome: 'not-printed',
      cause: { code: 'paper-out' },
    });
  });

  it('takes XON and XOFF around an answer for what they are, and heeds XOFF', async () => {
    const { clock, connect, line, simulator } = bench();
    const printer = connect();
    const forget = simulator.output.subscribe(() => line.current?.deliver(Uint8Array.of(0x13, 0x11)));
    expect((await clock.run(printer.print(caseReceiptZh))).outcome).toBe('printed');
    forget();

    line.current?.deliver(Uint8Array.of(0x13));
    const print = printer.print(caseReceiptZh);
    const before = paperBytes(line);
    await clock.advance(1_000);
    expect(paperBytes(line)).toBe(before);
    line.current?.deliver(Uint8Array.of(0x11));
    expect((await clock.run(print)).outcome).toBe('printed');
  });

  it('takes a line of nothing but noise for no answer', async () => {
    const { clock, connect, line, simulator } = bench();
    simulator.muteStatus(true);
    const printer = connect();
    const probe = printer.probe();
    await clock.settle();
    line.current!.deliver(Uint8Array.of(0xff, 0x80, 0xab, 0xfe));
    expect((await clock.run(probe)).status).toBe('offline');
  });
});

describe('events and definition', () => {
  it('tells each change once', async () => {
    const { clock, connect, simulator } = bench();
    const printer = connect();
    const seen: string[] = [];
    printer.events.subscribe((event) => seen.push(`${event.state.paper}/${event.state.cover}`));
    await clock.run(printer.probe());
    await clock.run(printer.probe());
    simulator.openCover();
    await clock.run(printer.probe());
    expect(seen).toEqual(['full/closed', 'full/open']);
  });

  it('is not kept asking by a printer that reports with every answer', async () => {
    const { clock, connect, line, simulator } = bench();
    const printer = connect();
    simulator.output.subscribe(() => line.current?.deliver(Uint8Array.of(0x10, 0, 0, 0)));
    await clock.run(printer.probe());
    await clock.advance(10_000);
    expect(line.current!.written.length).toBeLessThan(40);
    const start = clock.monotonic();
    expect((await clock.run(printer.print(caseReceiptZh))).outcome).toBe('printed');
    expect(clock.monotonic() - start).toBeLessThan(3_000);
  });

  it('takes an unasked report (ASB) as a reason to ask', async () => {
    const { clock, connect, simulator, line } = bench();
    const printer = connect();
    await clock.run(printer.probe());
    const seen: string[] = [];
    printer.events.subscribe((event) => seen.push(event.state.cover));
    simulator.receive(Uint8Array.of(0x1d, 0x61, 0x0f));
    await clock.advance(500);
    simulator.openCover();
    await clock.advance(500);
    expect(seen).toEqual(['open']);
    expect(line.current!.written.length).toBeGreaterThan(3);
  });

  it('ends a running print when disposed', async () => {
    const { clock, connect } = bench({}, 9600);
    const printer = connect();
    const print = printer.print(caseReceiptZh);
    await clock.advance(200);
    printer.dispose();
    expect((await clock.run(print)).cause?.code).toBe('cancelled');
    expect(clock.pending).toBe(0);
  });

  it('is built from the technician’s options', async () => {
    const { clock, line, receipts } = bench({ width: 58, charset: 'gbk' });
    const printer = escposPrinter.create({
      transport: line.open(),
      clock,
      options: { width: '58', charset: 'gbk' },
    });
    const rare = await clock.run(printer.print({ language: 'zh-CN', lines: [{ kind: 'text', text: '测试𠮷' }] }));
    expect(rare.outcome).toBe('printed');
    expect(receipts[0]!.dots).toBe(384);
    expect(receiptText(receipts[0]!)).toEqual(['测试〔U+20BB7〕']);
  });
});
