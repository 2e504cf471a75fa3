import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryLine, MemoryTransport } from '../../test/support/memory-transport.ts';

import type { CodeScanner } from '../model/code-scanner.ts';
import { CodeText } from './code-text.ts';
import { scannerSettings, serialScanner } from './index.ts';
import { MAX_CODE_LENGTH, SCAN_TAILS, ScanStream } from './scan-stream.ts';
import { ScannerSimulator } from './simulator.ts';
import { systemClock } from '../transport/system-clock.ts';

const TAILS = { auto: '\r\n', cr: '\r', lf: '\n', crlf: '\r\n', tab: '\t', none: '' } as const;

interface Bench {
  readonly clock: FakeClock;
  readonly simulator: ScannerSimulator;
  readonly line: MemoryLine;
  readonly transport: MemoryTransport;
  readonly scanner: CodeScanner;
  readonly codes: string[];
}

function bench(options: Readonly<Record<string, string>> = {}): Bench {
  const clock = new FakeClock();
  const simulator = new ScannerSimulator();
  const line = new MemoryLine(simulator, clock);
  const transport = line.open();
  const scanner = serialScanner.create({ transport, clock, options });
  const codes: string[] = [];
  scanner.events.subscribe(({ text }) => codes.push(text));
  return { clock, simulator, line, transport, scanner, codes };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('a scanner as it comes out of its box', () => {
  it.each(['\r', '\n', '\r\n', '\t', ''])('is understood with the tail %j', async (tail) => {
    const { clock, transport, codes } = bench();
    for (const code of ['HALL24-1', '测试', 'AB12']) {
      transport.deliver(bytesOf(`${code}${tail}`));
      await clock.advance(500);
    }
    expect(codes).toEqual(['HALL24-1', '测试', 'AB12']);
    expect(clock.pending).toBe(0);
  });

  it('does not make a third code of two that a wrong tail runs together', async () => {
    const { clock, transport, codes } = bench({ tail: 'cr' });
    transport.deliver(bytesOf('AB\nCD\r\n'));
    await clock.advance(2_000);
    expect(codes).toEqual(['AB CD']);
  });
});

describe('scan stream', () => {
  const anyCode = fc
    .uint8Array({ minLength: 1, maxLength: 200 })
    .map((bytes) => bytes.map((byte) => 0x20 + (byte % 0x5f)));

  it.each(SCAN_TAILS.filter((tail) => tail !== 'none'))('gives back codes with tail %s, however cut', (tail) => {
    fc.assert(
      fc.property(fc.array(anyCode, { maxLength: 6 }), fc.integer({ min: 1, max: 30 }), (codes, step) => {
        const stream = Uint8Array.from(codes.flatMap((code) => [...code, ...bytesOf(TAILS[tail])]));
        const cutter = new ScanStream(tail);
        const got: Uint8Array[] = [];
        for (let start = 0; start < stream.length; start += step) {
          got.push(...cutter.push(stream.subarray(start, start + step)));
        }
        expect(got).toEqual(codes);
        expect(cutter.started).toBe(false);
      }),
    );
  });

  it('drops a code that is too long, whole, and reads the next one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: MAX_CODE_LENGTH + 1, max: 3 * MAX_CODE_LENGTH }),
        fc.constantFrom(...SCAN_TAILS),
        (length, tail) => {
          const cutter = new ScanStream(tail);
          const first = [...cutter.push(new Uint8Array(length).fill(0x41)), ...cutter.push(bytesOf(TAILS[tail]))];
          const late = tail === 'none' ? cutter.silence() : [];
          const next = [...cutter.push(bytesOf(`B${TAILS[tail]}`)), ...(tail === 'none' ? cutter.silence() : [])];
          expect([...first, ...late, ...next]).toEqual([bytesOf('B')]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes a code of exactly the greatest length', () => {
    for (const tail of SCAN_TAILS) {
      const cutter = new ScanStream(tail);
      const codes = [...cutter.push(new Uint8Array(MAX_CODE_LENGTH).fill(0x41)), ...cutter.push(bytesOf(TAILS[tail]))];
      expect([...codes, ...cutter.silence()].map(({ length }) => length)).toEqual([MAX_CODE_LENGTH]);
    }
  });
});

describe('serial scanner', () => {
  it.each(SCAN_TAILS)('tells a code with tail %s', async (tail) => {
    const { clock, simulator, codes } = bench({ tail });
    simulator.behaviour.tail = TAILS[tail];
    simulator.scan('HALL24-7K2M-九');
    await clock.advance(100);
    expect(codes).toEqual(['HALL24-7K2M-九']);
  });

  it('reads GBK where it is set', async () => {
    const { clock, simulator, codes } = bench({ charset: 'gbk' });
    simulator.behaviour.charset = 'gbk';
    simulator.scan('测试企业有限公司');
    await clock.advance(10);
    expect(codes).toEqual(['测试企业有限公司']);
  });

  it('waits for 60 ms of silence where there is no tail', async () => {
    const { clock, transport, codes } = bench({ tail: 'none' });
    transport.deliver(bytesOf('AB'));
    await clock.advance(50);
    transport.deliver(bytesOf('CD'));
    await clock.advance(59);
    expect(codes).toEqual([]);
    await clock.advance(1);
    expect(codes).toEqual(['ABCD']);
  });

  it('keeps control characters out and tells no empty code', async () => {
    const { clock, simulator, transport, codes } = bench();
    simulator.behaviour.dirty = true;
    simulator.scan('A1B2');
    await clock.settle();
    transport.deliver(Uint8Array.of(0x0d, 0x00, 0x0d, 0x20, 0x0d));
    expect(codes).toEqual(['A1B2']);
  });

  it('does not let a fragment spoil the next code', async () => {
    const { clock, simulator, codes } = bench({ tail: 'cr' });
    simulator.behaviour.losesTail = true;
    simulator.scan('LOST');
    await clock.advance(1_500);
    simulator.behaviour.losesTail = false;
    simulator.scan('NEXT');
    await clock.advance(10);
    expect(codes).toEqual(['NEXT']);
  });

  it.each([
    ['7e00', '7E 00 08 01 00 02 01 AB CD', '7E 00 08 01 00 02 00 AB CD'],
    ['newland', '7E 01 30 30 30 30 23 53 43 4E 54 52 47 31 3B 03', '7E 01 30 30 30 30 23 53 43 4E 54 52 47 30 3B 03'],
  ] as const)('switches the light by %s and keeps the answers out of the code', async (trigger, on, off) => {
    const { clock, simulator, scanner, transport, codes } = bench({ trigger });
    simulator.behaviour.needsTrigger = true;
    expect(simulator.scan('TOO-EARLY')).toBe(false);
    await clock.run(scanner.trigger(true));
    expect(simulator.lit).toBe(true);
    simulator.scan('CODE-1');
    await clock.settle();
    expect(codes).toEqual(['CODE-1']);
    await clock.run(scanner.trigger(true));
    await clock.run(scanner.trigger(false));
    expect(simulator.lit).toBe(false);
    await clock.advance(2_000);
    expect(codes).toEqual(['CODE-1']);
    const hex = transport.written.map((bytes) =>
      Buffer.from(bytes)
        .toString('hex')
        .toUpperCase()
        .replaceAll(/..(?=.)/gu, '$& '),
    );
    expect(hex).toEqual([on, on, off]);
  });

  it('sends nothing where no trigger is set', async () => {
    const { clock, scanner, transport } = bench();
    await clock.run(scanner.trigger(true));
    expect(transport.written).toEqual([]);
  });

  it('is online while its line is open', async () => {
    const { line, scanner, clock } = bench();
    expect(await scanner.probe()).toMatchObject({ status: 'online' });
    line.unplug();
    expect(await scanner.probe()).toMatchObject({ status: 'offline' });
    await clock.run(scanner.trigger(true));
    scanner.dispose();
    expect(clock.pending).toBe(0);
  });

  it('never throws on random bytes and tells only clean text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
        fc.constantFrom(...SCAN_TAILS),
        fc.constantFrom('utf-8', 'gbk'),
        fc.constantFrom('none', '7e00', 'newland'),
        async (chunks, tail, charset, trigger) => {
          const { clock, transport, codes } = bench({ tail, charset, trigger });
          for (const chunk of chunks) transport.deliver(chunk);
          await clock.advance(2_000);
          for (const code of codes) expect(code).toMatch(/^[^\p{Cc}]+$/u);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shows bytes of another charset as a wrong code instead of nothing', () => {
    expect(new CodeText('utf-8').read(Uint8Array.of(0x41, 0xb2, 0xe2))).toContain('\uFFFD');
  });

  it('takes the fallback for options it does not know', () => {
    expect(scannerSettings({ tail: 'x', trigger: 'y' })).toEqual({ tail: 'auto', charset: 'auto', trigger: 'none' });
    expect(serialScanner.options.every(({ values, fallback }) => values.includes(fallback))).toBe(true);
  });
});

describe('a stall of this program', () => {
  it('does not cut a code whose bytes wait to be read when the silence is over', async () => {
    const { clock, transport, codes } = bench({ tail: 'none' });
    transport.deliver(bytesOf('AB'));
    // The timer of the silence is due at 60 ms at the latest; what came meanwhile is read right behind it.
    await clock.advance(59.5);
    transport.deliver(bytesOf('CD'));
    await clock.advance(100);
    expect(codes).toEqual(['ABCD']);
  });

  it('does not cut a code whose tail may still come, where the whole machine stood still', async () => {
    const { clock, transport, codes } = bench({ tail: 'auto' });
    transport.deliver(bytesOf('AB'));
    await clock.advance(200);
    transport.deliver(bytesOf('CD\r'));
    await clock.advance(1);
    expect(codes).toEqual(['ABCD']);
  });

  it('is told from silence by one more turn of the real event loop', async () => {
    const transport = new MemoryTransport();
    const scanner = serialScanner.create({ transport, clock: systemClock, options: { tail: 'none' } });
    const codes: string[] = [];
    scanner.events.subscribe(({ text }) => codes.push(text));
    transport.deliver(bytesOf('AB'));
    const stalledUntil = performance.now() + 80;
    const arrived = new Promise<void>((resolve) => {
      // Read events come in the poll phase, behind the timers that the stall has made due.
      setImmediate(() => {
        transport.deliver(bytesOf('CD'));
        resolve();
      });
    });
    while (performance.now() < stalledUntil) continue;
    await arrived;
    for (let waited = 0; codes.length === 0 && waited < 100; waited += 1) await systemClock.sleep(60);
    expect(codes).toEqual(['ABCD']);
    scanner.dispose();
  });
});
