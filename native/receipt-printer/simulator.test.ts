import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrinterSimulatorOptions, SimulatedReceipt } from './simulator.ts';
import { ReceiptPrinterSimulator, receiptText } from './simulator.ts';

const hexBytes = (hex: string): Uint8Array => Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));

function printer(options: PrinterSimulatorOptions = {}) {
  const simulator = new ReceiptPrinterSimulator(options);
  const receipts: SimulatedReceipt[] = [];
  const answers: number[][] = [];
  simulator.receipts.subscribe((receipt) => receipts.push(receipt));
  simulator.output.subscribe(({ bytes }) => answers.push([...bytes]));
  return { simulator, receipts, answers, send: (hex: string) => simulator.receive(hexBytes(hex)) };
}

const CUT = '1d 56 01';
/** 示例文本打印机! as in escpos-php's tests. */
const CHINESE = '1b 40 1c 26 ca be c0 fd ce c4 b1 be b4 f2 d3 a1 bb fa 21 0a 1c 2e';

describe('paper', () => {
  it('prints Chinese, however the bytes are cut into pieces', () => {
    const bytes = [...hexBytes(`${CHINESE} ${CUT}`)];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }), (sizes) => {
        const { simulator, receipts } = printer();
        let at = 0;
        for (const size of [...sizes, bytes.length]) {
          simulator.receive(Uint8Array.from(bytes.slice(at, at + size)));
          at += size;
        }
        expect(receipts.map(receiptText)).toEqual([['示例文本打印机!']]);
      }),
    );
  });

  it('prints single bytes unreadably outside double-byte mode', () => {
    const { receipts, send } = printer({ doubleByteAtPowerOn: false });
    send(`1b 40 ca be 0a ${CUT}`);
    expect(receiptText(receipts[0]!)).toEqual(['¿¿']);
  });

  it('wraps a line that is too long and keeps styles apart', () => {
    const { receipts, send } = printer({ width: 58 });
    send(`${Array.from({ length: 33 }, () => '41').join(' ')} 0a 1b 45 01 42 1b 45 00 43 0a ${CUT}`);
    expect(receiptText(receipts[0]!)).toEqual(['A'.repeat(32), 'A', 'BC']);
    const last = receipts[0]!.elements.at(-1)!;
    expect(last.kind === 'line' && last.runs.map((run) => [run.text, run.bold, run.left])).toEqual([
      ['B', true, 0],
      ['C', false, 12],
    ]);
  });

  it('draws a QR code and a raster image', () => {
    const { receipts, send } = printer();
    send(
      `1b 61 01 1d 28 6b 04 00 31 41 32 00 1d 28 6b 03 00 31 43 08 1d 28 6b 03 00 31 45 31 1d 28 6b 08 00 31 50 30 30 31 32 33 34 1d 28 6b 03 00 31 51 30`,
    );
    send(`1d 76 30 00 01 00 02 00 80 01 ${CUT}`);
    expect(receipts[0]!.elements).toMatchObject([
      { kind: 'qr', data: '01234', level: 'M', modules: 21, moduleDots: 8, left: (576 - 168) / 2, top: 0 },
      { kind: 'raster', top: 168, left: 284, rowBytes: 1, rows: 2 },
    ]);
    expect(receipts[0]!.length).toBe(170);
  });

  it('survives garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { simulator } = printer();
        simulator.receive(bytes);
        expect(simulator.state.powered).toBe(true);
      }),
    );
  });
});

describe('status', () => {
  it.each<[string, (simulator: ReceiptPrinterSimulator) => void, number[]]>([
    ['good', () => undefined, [0x12, 0x12, 0x12, 0x12]],
    ['low paper', (one) => one.paperOutAfterLines(20), [0x12, 0x12, 0x12, 0x1e]],
    ['paper out', (one) => one.paperOutAfterLines(0), [0x1a, 0x32, 0x12, 0x7e]],
    ['cover open', (one) => one.openCover(), [0x1a, 0x16, 0x12, 0x12]],
    ['jam', (one) => one.jam(), [0x1a, 0x52, 0x16, 0x12]],
  ])('%s', (_name, change, expected) => {
    const { simulator, answers, send } = printer();
    change(simulator);
    for (const n of [1, 2, 3, 4]) send(`10 04 0${n}`);
    expect(answers.flat()).toEqual(expected);
  });

  it('tells of a failed cutter until it is recovered', () => {
    const { simulator, answers, receipts, send } = printer();
    simulator.failCutter('once');
    send(`41 0a ${CUT} 42 0a`);
    send('10 04 03');
    expect(answers).toEqual([[0x1a]]);
    expect(receipts).toHaveLength(0);
    send('10 05 02');
    send('10 04 03');
    expect(answers.at(-1)).toEqual([0x12]);
    expect(simulator.state.waitingBytes).toBe(0);
  });

  it('answers real-time questions while stopped, queued ones only when the data before is worked off', () => {
    const { simulator, answers, receipts, send } = printer();
    simulator.openCover();
    send(`41 0a ${CUT} 1d 72 01 10 04 02`);
    expect(answers).toEqual([[0x16]]);
    simulator.closeCover();
    expect(answers).toEqual([[0x16], [0x00]]);
    expect(receipts).toHaveLength(1);
  });

  it('takes a real-time question for one even in three pieces or inside a payload', () => {
    const { answers, send } = printer();
    send('10');
    send('04');
    send('01');
    send('1d 76 30 00 01 00 04 00 10 04 04');
    expect(answers).toEqual([[0x12], [0x12]]);
  });

  it('goes on with the rest of the job when paper is loaded', () => {
    const { simulator, receipts, send } = printer();
    simulator.paperOutAfterLines(1);
    send(`41 0a 42 0a ${CUT}`);
    expect(simulator.state.paperOut).toBe(true);
    simulator.loadPaper();
    expect(receipts.map((receipt) => [receipt.end, ...receiptText(receipt)])).toEqual([
      ['torn', 'A'],
      ['partial', 'B'],
    ]);
  });

  it('reports changes by itself when told to (ASB)', () => {
    const { simulator, answers, send } = printer();
    send('1d 61 0f');
    expect(answers).toEqual([[0x10, 0, 0, 0]]);
    simulator.openCover();
    expect(answers.at(-1)).toEqual([0x38, 0, 0, 0]);
    simulator.closeCover();
    simulator.paperOutAfterLines(0);
    expect(answers.at(-1)).toEqual([0x18, 0, 0x0f, 0]);
  });

  it('says nothing when mute or off', () => {
    const { simulator, answers, receipts, send } = printer();
    simulator.muteStatus(true);
    send('10 04 01 1d 72 01');
    simulator.muteStatus(false);
    simulator.power(false);
    send(`10 04 01 41 0a ${CUT}`);
    expect(answers).toEqual([]);
    expect(receipts).toEqual([]);
  });
});
