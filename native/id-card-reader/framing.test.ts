import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import { framingOf } from './framing.ts';
import { SDT_COMMANDS, SdtFrameReader, encodeFrame, encodeRequest, encodeResponse } from './sdt-frame.ts';
import { FramedReaderSimulator } from './simulator-framed.ts';
import { SdtReaderSimulator } from './simulator.ts';

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
}

const REPORTS = new MemoryTransport({ kind: 'reports', address: 'hid+tcp://memory:1', baud: null });
const STREAM = new MemoryTransport();
const FIND = encodeRequest(SDT_COMMANDS.findCard);
/** "Find card" in the vendor's wrapper: sum 0x03FF by hand. */
const WRAPPED_FIND = hex('88 00 00 0B 00 B1 AA AA AA 96 69 00 03 20 01 22 FF 03');

function joined(parts: readonly (Uint8Array | null)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (part ? [...part] : [])));
}

/** What the device of this framing sends for an inner frame. */
function packets(framing: 'split' | 'split-padded' | 'hid-wrapped', frame: Uint8Array): Uint8Array[] {
  const module = new SdtReaderSimulator();
  const device = new FramedReaderSimulator(module, framing);
  const sent: Uint8Array[] = [];
  device.output.subscribe(({ bytes }) => sent.push(bytes));
  module.output.emit({ bytes: frame, delayMs: 0 });
  return sent;
}

describe('which framing is taken', () => {
  it.each([
    ['whole', STREAM, [FIND]],
    [undefined, STREAM, [FIND]],
    ['nonsense', STREAM, [FIND]],
    ['whole', REPORTS, [FIND]],
    ['split', STREAM, [FIND.subarray(0, 7), FIND.subarray(7)]],
    ['split', REPORTS, [FIND.subarray(0, 7), FIND.subarray(7)]],
  ] as const)('%s (%#)', (name, transport, written) => {
    expect(framingOf(name, transport).wrap(FIND)).toEqual(written);
  });

  it.each([REPORTS, STREAM])('the wrapper in reports of 64 bytes, as documented (%#)', (transport) => {
    const [report, ...more] = framingOf('hid-wrapped', transport).wrap(FIND);
    expect(more).toEqual([]);
    expect(report?.length).toBe(64);
    expect(report?.subarray(0, WRAPPED_FIND.length)).toEqual(WRAPPED_FIND);
    expect(report?.subarray(WRAPPED_FIND.length).every((byte) => byte === 0)).toBe(true);
  });

  it('with the number of the report in front for the HID library', () => {
    const [report] = framingOf(
      'hid-wrapped',
      new MemoryTransport({ kind: 'reports', address: 'hid://10c4:0007' }),
    ).wrap(FIND);
    expect(report?.length).toBe(65);
    expect(report?.subarray(0, 1 + WRAPPED_FIND.length)).toEqual(Uint8Array.of(0, ...WRAPPED_FIND));
  });
});

describe('answers', () => {
  it('come out of a report written by hand', () => {
    // Length 14, result 0, two bytes to skip, "no card"; the sum from the length on.
    const frame = encodeResponse(0x80);
    const body = [0x0e, 0x00, 0x00, 0x0b, 0x00, ...frame];
    const sum = body.reduce((total, byte) => total + byte, 0);
    const report = Uint8Array.of(0xaa, 0, 0, ...body, sum & 0xff, sum >> 8, ...Array<number>(40).fill(0));
    expect(framingOf('hid-wrapped', REPORTS).unwrap(report)).toEqual(frame);
    const wrong = report.slice();
    wrong[10] = 0x97;
    expect(framingOf('hid-wrapped', REPORTS).unwrap(wrong)).toBeNull();
  });

  const bodies = fc.uint8Array({ minLength: 3, maxLength: 2_313 });
  it.each([
    ['split', 'split', REPORTS],
    ['split', 'split-padded', REPORTS],
    ['split', 'split', STREAM],
    ['hid-wrapped', 'hid-wrapped', REPORTS],
    ['hid-wrapped', 'hid-wrapped', STREAM],
  ] as const)('%s from a device that speaks %s are what was sent (%#)', (name, device, transport) => {
    fc.assert(
      fc.property(bodies, bodies, (first, second) => {
        const framing = framingOf(name, transport);
        const frames = [encodeFrame(first), encodeFrame(second)];
        const pieces = frames.flatMap((frame) => packets(device, frame));
        expect(joined(pieces.map((piece) => framing.unwrap(piece)))).toEqual(joined(frames));
      }),
      { numRuns: 40 },
    );
  });

  it('of the wrapper come out of a stream however it is cut, also behind noise', () => {
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 90 }), fc.uint8Array({ maxLength: 30 }), (body, cut, noise) => {
        const framing = framingOf('hid-wrapped', STREAM);
        const frame = encodeFrame(body);
        // A mark in the noise may promise a packet; it is given up when the sum is wrong.
        const stream = joined([noise.filter((byte) => byte !== 0xaa), ...packets('hid-wrapped', frame)]);
        const parts: (Uint8Array | null)[] = [];
        for (let at = 0; at < stream.length; at += cut) parts.push(framing.unwrap(stream.subarray(at, at + cut)));
        expect(joined(parts)).toEqual(frame);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['split', 'hid-wrapped'] as const)(
    '%s: a lost or damaged part makes no frame, the next one is read',
    (name) => {
      const long = encodeResponse(0x90, Uint8Array.of(1, 0, 4, 0, ...new Uint8Array(1_280).fill(0x31)));
      const short = encodeResponse(0x80);
      const sent = packets(name, long);
      for (let missing = 0; missing < sent.length; missing += 1) {
        const framing = framingOf(name, REPORTS);
        const reader = new SdtFrameReader(3);
        const taken = [...sent.filter((_, index) => index !== missing), ...packets(name, short)].flatMap((piece) => {
          const bytes = framing.unwrap(piece);
          return bytes ? reader.push(bytes) : [];
        });
        const late = reader.recover();
        const frames = [...taken, ...late].filter(({ kind }) => kind === 'frame');
        expect(frames).toEqual([{ kind: 'frame', body: Uint8Array.of(0, 0, 0x80) }]);
      }
    },
  );

  it('never throw and never pile up, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('split', 'hid-wrapped', 'whole'),
        fc.constantFrom(STREAM, REPORTS),
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }),
        (name, transport, pieces) => {
          const framing = framingOf(name, transport);
          let held = 0;
          for (const piece of pieces) {
            held += piece.length - (framing.unwrap(piece)?.length ?? 0);
            expect(held).toBeGreaterThanOrEqual(0);
          }
          framing.reset();
          expect(framing.unwrap(new Uint8Array(3))?.length ?? 0).toBeLessThanOrEqual(3);
        },
      ),
    );
  });
});
