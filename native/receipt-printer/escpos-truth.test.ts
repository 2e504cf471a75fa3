import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import type { ReceiptDocument } from '../model/receipt-document.ts';
import { EscposPrinter, escposSettings } from './index.ts';
import type { SimulatedReceipt } from './simulator.ts';
import { ReceiptPrinterSimulator, receiptText } from './simulator.ts';

/** Whatever the line and the printer do, the outcome must be true. */

const document: ReceiptDocument = {
  language: 'zh-CN',
  lines: [
    { kind: 'text', text: '第一行' },
    { kind: 'state', title: '已存在本机', detail: '还没有送出' },
    { kind: 'number', text: 'CH03 0318 0042 7' },
    ...Array.from({ length: 12 }, (_, index): ReceiptDocument['lines'][number] => ({
      kind: 'pair',
      key: `事项${index}`,
      value: '房屋租赁登记备案 2026-03-18 20:44:07',
    })),
    { kind: 'qr', data: 'https://hall.example/c/CH03031800427' },
    { kind: 'text', text: '最后一行' },
  ],
};

/** A piece that was cut (not torn) and holds the receipt from the first to the last line. */
const isWhole = (receipt: SimulatedReceipt): boolean => {
  const texts = receiptText(receipt);
  return receipt.end !== 'torn' && texts[0] === '第一行' && texts.at(-1) === '最后一行' && texts.length === 17;
};

const trouble = fc.record({
  what: fc.constantFrom('nothing', 'paper', 'cover', 'jam', 'cutter', 'mute', 'unplug', 'power', 'cancel', 'blink'),
  afterMs: fc.integer({ min: 0, max: 4000 }),
});

const line = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  baud: fc.constantFrom(9600, 38_400, 115_200, null),
  garbage: fc.constantFrom(0, 0, 1, 2, 3, 8),
  garbageBehind: fc.constantFrom(0, 0, 0, 1),
  lateMs: fc.constantFrom(0, 0, 20, 300, 900),
  msPerLine: fc.constantFrom(0, 0, 30),
});

it('says printed only when the receipt came out whole, and not printed only when it did not', async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      trouble,
      line,
      fc.boolean(),
      fc.boolean(),
      async ({ what, afterMs }, wire, answeredBefore, clone) => {
        const clock = new FakeClock();
        const random = seededRandom(wire.seed);
        const simulator = new ReceiptPrinterSimulator();
        if (clone) simulator.realTimeOnly();
        const transport = new MemoryTransport({ baud: wire.baud });
        transport.onWrite = (bytes) => simulator.receive(bytes);
        const receipts: SimulatedReceipt[] = [];
        simulator.receipts.subscribe((receipt) => receipts.push(receipt));
        simulator.slow(wire.msPerLine);
        // One answer after the other, as on a wire.
        let sending = Promise.resolve();
        simulator.output.subscribe(({ bytes, delayMs }) => {
          sending = sending.then(async () => {
            if (delayMs + wire.lateMs > 0) await clock.sleep(delayMs + wire.lateMs);
            if (transport.closed) return;
            transport.deliver(
              Uint8Array.from([...random.bytes(wire.garbage), ...bytes, ...random.bytes(wire.garbageBehind)]),
            );
          });
        });
        const printer = new EscposPrinter(transport, clock, escposSettings({ charset: 'gb18030' }, new Set()));
        if (answeredBefore) await clock.run(printer.probe());
        const cancel = new AbortController();
        const changes: Record<typeof what, () => void> = {
          nothing: () => undefined,
          paper: () => simulator.paperOutAfterLines(random.bytes(1)[0]! % 40),
          cover: () => simulator.openCover(),
          jam: () => simulator.jam(random.bytes(1)[0]! % 40),
          cutter: () => simulator.failCutter('stuck'),
          mute: () => simulator.muteStatus(true),
          unplug: () => transport.lose(),
          power: () => simulator.power(false),
          cancel: () => cancel.abort(),
          blink: () => {
            // A brown-out: the printer starts anew and has forgotten what it had received.
            simulator.power(false);
            void clock.sleep(1500).then(() => simulator.power(true));
          },
        };
        const print = printer.print(document, cancel.signal);
        await clock.advance(afterMs);
        changes[what]();
        const { outcome, cause } = await clock.run(print);
        printer.dispose();
        await clock.advance(60_000);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        expect(cause === null).toBe(outcome === 'printed');
        const whole = receipts.filter(isWhole).length;
        if (outcome !== 'unknown')
          expect({ outcome, whole }).toEqual({ outcome, whole: outcome === 'printed' ? 1 : 0 });
      },
    ),
    { numRuns: 250 },
  );
  // The property would also hold for a driver that never knows.
  expect(outcomes.get('printed')).toBeGreaterThan(25);
  expect(outcomes.get('not-printed')).toBeGreaterThan(8);
});
