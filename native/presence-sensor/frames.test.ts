import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameCutter } from '../codec/frame-cutter.ts';
import { encodeInputsRequest, inputOf, INPUT_FUNCTIONS, lookForInputs, mayBeEcho } from './input-frames.ts';
import type { InputsAsked } from './input-frames.ts';
import { encodeRadar, lookForRadar, RADAR_FRAME_LIMIT } from './radar-frames.ts';
import { encodeRange, lookForRange } from './range-frames.ts';
import { InputModuleSimulator } from './simulator.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (given: Uint8Array): string => Buffer.from(given).toString('hex').toUpperCase();

describe('frames as their makers document them', () => {
  it('asks eight inputs (manual of an 8 input, 4 relay module)', () => {
    const asked = { board: 1, func: '02', start: 0, count: 8 } as const;
    expect(hex(encodeInputsRequest(asked))).toBe('01020000000879CC');
    const [frame] = new FrameCutter(lookForInputs(asked), 64).push(bytes('01 02 01 C2 20 19'));
    expect(frame).toEqual({ kind: 'data', data: bytes('C2') });
    expect([1, 2, 7, 8].map((input) => inputOf(bytes('C2'), '02', input))).toEqual([false, true, true, true]);
  });

  it('asks inputs that begin at 0x10 (E831-RTU)', () => {
    const asked = { board: 1, func: '02', start: 0x10, count: 8 } as const;
    expect(hex(encodeInputsRequest(asked))).toBe('0102001000087809');
    expect(new FrameCutter(lookForInputs(asked), 64).push(bytes('01 02 01 05 61 8B'))).toHaveLength(1);
  });

  it('reads a distance of 1953 mm (SEN0311)', () => {
    expect(new FrameCutter(lookForRange, 3).push(bytes('FF 07 A1 A7'))).toEqual([{ millimetres: 1_953 }]);
    expect(hex(encodeRange(1_953))).toBe('FF07A1A7');
  });

  it('reads a report of a still target (LD2410C serial protocol)', () => {
    const report = bytes('F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5');
    expect(new FrameCutter(lookForRadar, RADAR_FRAME_LIMIT).push(report)).toMatchObject([
      { moving: false, still: true, movingCm: 81, stillCm: 0 },
    ]);
  });

  it('reads a report with energies of gates as well', () => {
    const gates = '08 08 3C 22 05 03 03 04 03 06 05 00 00 39 10 13 06 06 08 04 03 05';
    const report = bytes(`F4 F3 F2 F1 23 00 01 AA 03 1E 00 3C 00 00 39 00 00 ${gates} 55 00 F8 F7 F6 F5`);
    expect(report[4]).toBe(report.length - 10);
    expect(new FrameCutter(lookForRadar, RADAR_FRAME_LIMIT).push(report)).toMatchObject([
      { moving: true, still: true, movingCm: 30 },
    ]);
  });
});

const asked: fc.Arbitrary<InputsAsked> = fc.record({
  board: fc.integer({ min: 1, max: 247 }),
  func: fc.constantFrom(...INPUT_FUNCTIONS),
  start: fc.integer({ min: 0, max: 0xffe0 }),
  count: fc.integer({ min: 1, max: 32 }),
});

describe('answers of a module', () => {
  it('are read input by input, whatever is asked and in whatever pieces they come', () => {
    fc.assert(
      fc.property(
        asked,
        fc.integer({ min: 1, max: 32 }),
        fc.array(fc.integer({ min: 1, max: 32 })),
        fc.uint8Array({ maxLength: 40 }),
        (base, input, others, noise) => {
          const register = base.func === '03' || base.func === '04';
          const inputs = Math.max(base.count, input);
          const question = { ...base, count: register ? Math.ceil(inputs / 16) : inputs };
          const module = new InputModuleSimulator({
            board: base.board,
            functions: [Number(base.func)],
            start: base.start,
            inputs,
            input,
            present: true,
          });
          const closed = new Set(others.filter((one) => one <= inputs));
          for (const other of closed) module.setOther(other, true);
          let answer: Uint8Array = new Uint8Array(0);
          module.output.subscribe((told) => (answer = told.bytes));
          module.receive(encodeInputsRequest(question));
          const cutter = new FrameCutter(lookForInputs(question), 64);
          const frames = [noise, ...[...answer].map((byte) => Uint8Array.of(byte))].flatMap((piece) =>
            cutter.push(piece),
          );
          const frame = frames.at(-1);
          expect(frame?.kind).toBe('data');
          if (frame?.kind !== 'data') return;
          for (let one = 1; one <= inputs; one += 1) {
            expect(inputOf(frame.data, base.func, one)).toBe(one === input || closed.has(one));
          }
        },
      ),
    );
  });

  it('are told from the question itself, handed back by an adapter', () => {
    fc.assert(
      fc.property(asked, (question) => {
        const frames = new FrameCutter(lookForInputs(question), 64).push(encodeInputsRequest(question));
        for (const frame of frames) expect(mayBeEcho(question, frame)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with any one byte changed are no answer', () => {
    const question = { board: 1, func: '02', start: 0, count: 8 } as const;
    const good = bytes('01 02 01 C2 20 19');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = good.slice();
        bad[at] = (bad[at] ?? 0) ^ change;
        expect(new FrameCutter(lookForInputs(question), 64).push(bad)).toEqual([]);
      }),
    );
  });
});

describe('what modules tell unasked', () => {
  it('is read back, whatever the distance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_999 }), (millimetres) => {
        expect(new FrameCutter(lookForRange, 3).push(encodeRange(millimetres))).toEqual([{ millimetres }]);
      }),
    );
    const cm = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.record({ moving: fc.boolean(), still: fc.boolean(), movingCm: cm, stillCm: cm }), (report) => {
        const frames = new FrameCutter(lookForRadar, RADAR_FRAME_LIMIT).push(encodeRadar(report));
        expect(frames).toMatchObject([report]);
      }),
    );
  });

  it('holds back less than a frame, whatever came', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (pieces) => {
        const range = new FrameCutter(lookForRange, 3);
        const radar = new FrameCutter(lookForRadar, RADAR_FRAME_LIMIT);
        for (const piece of pieces) {
          range.push(piece);
          radar.push(piece);
          expect(range.pending).toBeLessThanOrEqual(3);
          expect(radar.pending).toBeLessThanOrEqual(RADAR_FRAME_LIMIT);
        }
      }),
    );
  });
});
