import { framingOf } from '../../../native/id-card-reader/framing.ts';
import {
  SdtFrameReader,
  decodeResponse,
  encodeFrame,
  encodeResponse,
} from '../../../native/id-card-reader/sdt-frame.ts';
import type { SdtFound } from '../../../native/id-card-reader/sdt-frame.ts';
import { answers } from '../../../native/id-card-reader/sdt-line.ts';
import type { SdtExpectation } from '../../../native/id-card-reader/sdt-line.ts';
import { SDT_EXPECTATIONS } from '../../../native/id-card-reader/sdt-module.ts';
import { FramedReaderSimulator } from '../../../native/id-card-reader/simulator-framed.ts';
import { SdtReaderSimulator } from '../../../native/id-card-reader/simulator.ts';
import { MemoryTransport } from '../../support/memory-transport.ts';
import type { WireFuzzSubject } from './subject.ts';

/** Failures that a card reader tells now and then. */
const FAILURES = [0x80, 0x81, 0x41, 0x31, 0x32, 0x33, 0x66, 0x91];
const LINE = new MemoryTransport();

/** Some data of a length, the same for the same `n`. */
function someData(length: number, n: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((index + 1) * (n * 2 + 7) * 2_654_435_761) >>> 21);
}

/** Data of a success that can be meant: a reading says the lengths of its parts first. */
function successData(expected: SdtExpectation, n: number): Uint8Array {
  const length = expected.dataLengths[n % expected.dataLengths.length] ?? 0;
  const data = someData(length, n);
  if (length >= 1_284) data.set([1, 0, 4, 0]);
  if (length >= 1_284 && expected.dataLengths.length > 1) data.set([(length - 1_286) >> 8, 0], 4);
  return data;
}

/**
 * What the driver's line takes for the answer to one question: the frame, its length, its status word, and the lengths
 * inside a reading.
 * @param wrapped through the vendor's HID wrapper, as on a stream
 */
function subject(question: keyof typeof SDT_EXPECTATIONS, wrapped = false): WireFuzzSubject {
  const expected: SdtExpectation = SDT_EXPECTATIONS[question];
  const framing = framingOf(wrapped ? 'hid-wrapped' : 'whole', LINE);
  const reader = new SdtFrameReader(3);
  const bodies = [3, ...expected.dataLengths.map((length) => 3 + length)];
  const onWire = (frame: Uint8Array): Uint8Array => (wrapped ? inPackets(frame) : frame);
  const reset = (): void => {
    reader.reset(bodies);
    framing.reset();
  };
  const taken = (found: readonly SdtFound[]): Uint8Array[] =>
    found.flatMap((one) =>
      one.kind === 'frame' && answers(decodeResponse(one.body), expected) ? [onWire(encodeFrame(one.body))] : [],
    );
  reset();
  return {
    name: `id-card-reader sdt${wrapped ? ' hid-wrapped' : ''}, ${question}`,
    feed(chunk) {
      // Quiet: nothing comes any more, as at the end of the wait for an answer.
      if (chunk.length === 0) {
        const late: Uint8Array[] = [];
        while (reader.pending > 0) late.push(...taken(reader.recover()));
        framing.reset();
        return late;
      }
      const bytes = framing.unwrap(chunk);
      return bytes ? taken(reader.push(bytes)) : [];
    },
    pending: () => reader.pending + framing.pending,
    validFrame(n) {
      const failure = FAILURES[n % (2 * FAILURES.length)];
      return onWire(
        failure === undefined ? encodeResponse(expected.success, successData(expected, n)) : encodeResponse(failure),
      );
    },
    reset,
  };
}

/** The packets that a vendor's reader cuts a frame into. */
function inPackets(frame: Uint8Array): Uint8Array {
  const module = new SdtReaderSimulator();
  const device = new FramedReaderSimulator(module, 'hid-wrapped');
  const packets: number[] = [];
  device.output.subscribe(({ bytes }) => packets.push(...bytes));
  module.output.emit({ bytes: frame, delayMs: 0 });
  return Uint8Array.from(packets);
}

/** Each question of the driver has an answer of its own; those with a card's text are tried in the wrapper as well. */
export const SUBJECTS: readonly WireFuzzSubject[] = [
  subject('status'),
  subject('samId'),
  subject('find'),
  subject('select'),
  subject('read'),
  subject('readWithFingerprints'),
  subject('newestAddress'),
  subject('find', true),
  subject('read', true),
];
