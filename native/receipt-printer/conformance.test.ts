import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import { receiptFont } from '../../test/support/paper/receipt-font.ts';
import { driverRegistry } from '../manager/registry.ts';
import type { ReceiptDocument } from '../model/receipt-document.ts';
import type { PrintResult, ReceiptPrinter } from '../model/receipt-printer.ts';
import type { PrinterSubject } from './printer-subjects.ts';
import { PRINTER_SUBJECTS } from './printer-subjects.ts';
import type { ReceiptPrinterSimulator, SimulatedReceipt } from './simulator.ts';
import { receiptText, TOFU } from './simulator.ts';

/** What any driver of a receipt printer must hold, whatever the printer does. */

const FIRST = '第一行';
const LAST = '最后一行';
const receipt = (name: string): ReceiptDocument => ({
  language: 'zh-CN',
  lines: [
    { kind: 'text', text: FIRST },
    { kind: 'state', title: '已存在本机', detail: '还没有送出' },
    { kind: 'pair', key: '申请人', value: name },
    ...Array.from({ length: 6 }, (_, index): ReceiptDocument['lines'][number] => ({
      kind: 'pair',
      key: `事项${index}`,
      value: '房屋租赁登记备案 2026-03-18 20:44:07',
    })),
    { kind: 'qr', data: 'https://hall.example/c/CH03031800427' },
    { kind: 'barcode', data: 'CH0318' },
    { kind: 'text', text: LAST },
  ],
});

interface Bench {
  readonly clock: FakeClock;
  readonly simulator: ReceiptPrinterSimulator;
  readonly pieces: SimulatedReceipt[];
  /** A new line to the printer, and a driver on it; as after a reconnect. */
  /** The same printer at another address: a driver there remembers nothing, as in a new process. */
  move(): void;
  connect(cutAfterBytes?: number): { readonly printer: ReceiptPrinter; readonly transport: MemoryTransport };
}

let benches = 0;

function bench(subject: PrinterSubject): Bench {
  const clock = new FakeClock();
  const simulator = subject.simulate(clock);
  const pieces: SimulatedReceipt[] = [];
  simulator.receipts.subscribe((piece) => pieces.push(piece));
  benches += 1;
  let address = `serial:///dev/printer${benches}?baud=115200`;
  const connect: Bench['connect'] = (cutAfterBytes) => {
    const transport = new MemoryTransport({ address });
    let left = cutAfterBytes ?? Number.POSITIVE_INFINITY;
    transport.onWrite = (bytes) => {
      simulator.receive(bytes.subarray(0, Math.max(0, left)));
      left -= bytes.length;
      if (left < 0) transport.lose();
    };
    let sending = Promise.resolve();
    simulator.output.subscribe(({ bytes, delayMs }) => {
      if (transport.closed) return;
      sending = sending.then(async () => {
        if (delayMs > 0) await clock.sleep(delayMs);
        if (!transport.closed) transport.deliver(bytes);
      });
    });
    const { definition, options } = subject;
    return { printer: definition.create({ transport, clock, options, glyphs: receiptFont }), transport };
  };
  return {
    clock,
    simulator,
    pieces,
    connect,
    move: () => {
      address = address.replace('printer', 'moved');
    },
  };
}

const wholeIn = (piece: SimulatedReceipt): number => {
  const texts = receiptText(piece);
  return Math.min(texts.filter((text) => text === FIRST).length, texts.filter((text) => text === LAST).length);
};

/** Whole receipts that came out, parted from the roll; what hangs in a printer without a knife is torn off. */
function wholeReceipts({ cuts }: PrinterSubject, { simulator, pieces }: Bench): number {
  if (!cuts) simulator.tear();
  return pieces.filter((piece) => !cuts || piece.end !== 'torn').reduce((sum, piece) => sum + wholeIn(piece), 0);
}

/** The outcome agrees with the paper, and names a cause just when it is not printed. */
async function expectTruth(subject: PrinterSubject, tried: Bench, result: PrintResult): Promise<void> {
  expect(result.cause === null).toBe(result.outcome === 'printed');
  await tried.clock.advance(60_000);
  const whole = wholeReceipts(subject, tried);
  if (result.outcome === 'printed') expect(whole).toBe(1);
  if (result.outcome === 'not-printed') expect(whole).toBe(0);
}

/** Bytes that a whole print sends. */
async function bytesOfPrint(subject: PrinterSubject): Promise<number> {
  const { clock, connect } = bench(subject);
  const { printer, transport } = connect();
  await clock.run(printer.print(receipt('张三')));
  return transport.allWritten.length;
}

describe('the table of receipt printers', () => {
  it('holds every driver that the registry knows, and every value of its options', () => {
    const tried = new Set(PRINTER_SUBJECTS.map(({ definition }) => definition.id));
    expect([...tried].toSorted()).toEqual(driverRegistry['receipt-printer'].map(({ id }) => id).toSorted());
    for (const definition of driverRegistry['receipt-printer']) {
      for (const { key, values, fallback, check } of definition.options) {
        const used = new Set(PRINTER_SUBJECTS.map(({ options }) => options[key] ?? fallback));
        // A measure changes nothing but what is reckoned with it.
        if (check !== undefined) {
          expect(used.size, key).toBeGreaterThan(1);
          continue;
        }
        // `always` differs from `auto` only where a printer is silent; the driver's own tests have that.
        for (const value of values) if (value !== 'always') expect([...used], key).toContain(value);
      }
    }
  });
});

describe.each(PRINTER_SUBJECTS)('$name', (subject) => {
  const { definition, options, tells, cuts, reports } = subject;

  it('describes itself completely', () => {
    expect(definition.deviceClass).toBe('receipt-printer');
    const { printer } = bench(subject).connect();
    expect(printer).toMatchObject({ driverId: definition.id, deviceClass: 'receipt-printer' });
    for (const option of definition.options) expect(option.values).toContain(option.fallback);
    for (const [key, value] of Object.entries(options)) {
      expect(definition.options.find((option) => option.key === key)?.values).toContain(value);
    }
  });

  it('prints whole receipts, one after the other', async () => {
    const tried = bench(subject);
    const { printer } = tried.connect();
    expect((await tried.clock.run(printer.probe())).status).toBe('online');
    for (const count of [1, 2, 3]) {
      const result = await tried.clock.run(printer.print(receipt('张三')));
      expect(result.outcome).toBe(tells === 'never' ? 'unknown' : 'printed');
      await tried.clock.advance(10_000);
      expect(wholeReceipts(subject, tried)).toBe(count);
    }
    expect(tried.simulator.state.waitingBytes).toBe(0);
  });

  it('leaves no empty box and no blank where a name has a rare character', async () => {
    const tried = bench(subject);
    const { printer } = tried.connect();
    await tried.clock.run(printer.print(receipt('龘㛃')));
    await tried.clock.advance(10_000);
    expect(wholeReceipts(subject, tried)).toBe(1);
    const [piece] = tried.pieces;
    const line = receiptText(piece!).find((text) => text.startsWith('申请人'));
    expect(receiptText(piece!).join('')).not.toContain(TOFU);
    if (line === undefined) {
      // Drawn: the line is a picture as high as a line of text, with as many bytes as its columns need.
      const drawn = piece!.elements.find((element) => element.kind === 'raster' && element.scaleX === 1);
      expect(drawn).toBeDefined();
    } else expect(line).toMatch(/龘(㛃|〔U\+36C3〕)$/u);
  });

  it.each([
    ['paper-out', (simulator: ReceiptPrinterSimulator) => simulator.paperOutAfterLines(0), 'userError'],
    ['cover-open', (simulator: ReceiptPrinterSimulator) => simulator.openCover(), 'userError'],
    ['paper-jam', (simulator: ReceiptPrinterSimulator) => simulator.jam(), 'hardwareError'],
    ['printer-error', (simulator: ReceiptPrinterSimulator) => simulator.overheat(true), 'hardwareError'],
  ] as const)('sends nothing to a printer that tells of %s', async (fault, break_, status) => {
    const tried = bench(subject);
    break_(tried.simulator);
    const { printer } = tried.connect();
    const state = await tried.clock.run(printer.probe());
    const result = await tried.clock.run(printer.print(receipt('张三')));
    await expectTruth(subject, tried, result);
    if (tells !== 'always') {
      expect(result.outcome).not.toBe('printed');
      return;
    }
    expect(state).toMatchObject({ status, fault });
    expect(result).toMatchObject({ outcome: 'not-printed', cause: { code: fault } });
    expect(tried.simulator.state.waitingBytes).toBe(0);
    expect(tried.pieces).toEqual([]);
  });

  it('tells the truth when the cable is pulled at any byte', async () => {
    const total = await bytesOfPrint(subject);
    for (let at = 0; at <= total; at += Math.max(1, Math.floor(total / 40)) + (at % 3)) {
      const tried = bench(subject);
      const { printer } = tried.connect(at);
      await expectTruth(subject, tried, await tried.clock.run(printer.print(receipt('张三'))));
    }
  });

  it.each([
    ['paper ends', (simulator: ReceiptPrinterSimulator, lines: number) => simulator.paperOutAfterLines(lines)],
    ['the paper jams', (simulator: ReceiptPrinterSimulator, lines: number) => simulator.jam(lines)],
    ['the mains fail', (simulator: ReceiptPrinterSimulator, lines: number) => simulator.powerOffAfterLines(lines)],
  ] as const)('tells the truth when %s after any line', async (_what, break_) => {
    for (let lines = 1; lines < 60; lines += 4) {
      const tried = bench(subject);
      break_(tried.simulator, lines);
      const { printer } = tried.connect();
      await expectTruth(subject, tried, await tried.clock.run(printer.print(receipt('张三'))));
    }
  });

  it('tells the truth when the cover is opened, or the print is cancelled, at any moment', async () => {
    for (let at = 0; at < 1_500; at += 130) {
      const opened = bench(subject);
      opened.simulator.slow(30);
      const first = opened.connect().printer.print(receipt('张三'));
      await opened.clock.advance(at);
      opened.simulator.openCover();
      await expectTruth(subject, opened, await opened.clock.run(first));

      const cancelled = bench(subject);
      cancelled.simulator.slow(30);
      const cancel = new AbortController();
      const second = cancelled.connect().printer.print(receipt('张三'), cancel.signal);
      await cancelled.clock.advance(at);
      cancel.abort();
      await expectTruth(subject, cancelled, await cancelled.clock.run(second));
    }
  });

  it.runIf(cuts)('never puts two people on one piece of paper, whatever was broken off before', async () => {
    const total = await bytesOfPrint(subject);
    for (let at = 60; at < total; at += Math.floor(total / 9)) {
      for (const memory of ['same process', 'new process', 'new process that was not warned'] as const) {
        const tried = bench(subject);
        const lost = tried.connect(at).printer;
        await tried.clock.run(lost.print(receipt('张三')));
        lost.dispose();
        // A driver of a new process knows nothing; its caller says that there may be something.
        if (memory !== 'same process') tried.move();
        const { printer } = tried.connect();
        if (memory !== 'same process') await tried.clock.run(printer.probe());
        const how = memory === 'new process' ? { leftovers: true } : {};
        const result = await tried.clock.run(printer.print(receipt('李四'), undefined, how));
        await tried.clock.advance(60_000);
        expect(result.outcome).not.toBe('not-printed');
        const both = tried.pieces.filter((piece) => {
          const text = receiptText(piece).join();
          return text.includes('张三') && text.includes('李四');
        });
        // Without a warning a whole line of half a receipt cannot be told from an idle printer, but no word is false.
        if (memory !== 'new process that was not warned') expect(both).toEqual([]);
        expect(tried.pieces.filter((piece) => receiptText(piece).join().includes('李四'))).toHaveLength(1);
      }
    }
  });

  it('brings out what hangs in the printer when asked, and nothing else', async () => {
    const tried = bench(subject);
    const { printer } = tried.connect();
    tried.simulator.receive(Uint8Array.of(0x41, 0x42, 0x0a));
    const result = await tried.clock.run(printer.clearAway());
    expect(result.outcome).toBe(tells === 'never' ? 'unknown' : 'printed');
    await tried.clock.advance(10_000);
    if (!cuts) tried.simulator.tear();
    expect(tried.pieces.map((piece) => receiptText(piece))).toEqual([['AB']]);
  });

  it.runIf(cuts && tells === 'always')('recovers from a cutter error without printing the receipt again', async () => {
    const tried = bench(subject);
    const { printer } = tried.connect();
    tried.simulator.failCutter('once');
    const failed = await tried.clock.run(printer.print(receipt('张三')));
    expect(failed.outcome).not.toBe('printed');
    expect(await tried.clock.run(printer.recover())).toMatchObject({ ok: true, value: { cutter: 'ok' } });
    await tried.clock.advance(60_000);
    expect(tried.pieces).toEqual([]);
    expect((await tried.clock.run(printer.print(receipt('李四')))).outcome).toBe('printed');
    const texts = tried.pieces.map((piece) => receiptText(piece).join());
    expect(texts.filter((text) => text.includes('张三'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('李四'))).toHaveLength(1);
    tried.simulator.failCutter('stuck');
    await tried.clock.run(printer.print(receipt('王五')));
    expect(await tried.clock.run(printer.recover())).toMatchObject({ ok: false, error: { code: 'cutter-error' } });
  });

  it('refuses a second print while one is under way', async () => {
    const tried = bench(subject);
    const { printer } = tried.connect();
    const [, second] = await tried.clock.run(
      Promise.all([printer.print(receipt('张三')), printer.print(receipt('李四'))]),
    );
    expect(second).toMatchObject({ outcome: 'not-printed', cause: { code: 'busy' } });
  });

  it.runIf(reports)('tells changes unasked', async () => {
    const tried = bench(subject);
    const { printer, transport } = tried.connect();
    await tried.clock.run(printer.probe());
    await tried.clock.advance(1_000);
    const seen: string[] = [];
    printer.events.subscribe(({ state }) => seen.push(`${state.cover} ${state.paper}`));
    const questions = transport.written.length;
    await tried.clock.advance(60_000);
    expect(transport.written).toHaveLength(questions);
    tried.simulator.openCover();
    await tried.clock.advance(3_000);
    tried.simulator.closeCover();
    await tried.clock.advance(3_000);
    tried.simulator.paperOutAfterLines(100);
    await tried.clock.advance(3_000);
    // One that is silent while it is stopped cannot confirm its own report.
    const all = ['open full', 'closed full', 'closed low'];
    expect(seen).toEqual(tells === 'always' ? all : all.slice(2));
  });

  it('leaves nothing behind when disposed at any moment', async () => {
    for (const at of [0, 20, 200, 900]) {
      const tried = bench(subject);
      const { printer } = tried.connect();
      const print = printer.print(receipt('张三'));
      await tried.clock.advance(at);
      printer.dispose();
      await expectTruth(subject, tried, await tried.clock.run(print));
      expect(tried.clock.pending).toBe(0);
    }
  });
});
