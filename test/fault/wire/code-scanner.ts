import { AnswerSplitter } from '../../../native/code-scanner/answer-splitter.ts';
import { newlandRequest } from '../../../native/code-scanner/command-frames.ts';
import { PosSource } from '../../../native/code-scanner/pos-source.ts';
import { HidPosSimulator, WedgeSimulator } from '../../../native/code-scanner/simulator-hid.ts';
import { ScannerSimulator } from '../../../native/code-scanner/simulator.ts';
import type { CodeScannerSimulator } from '../../../native/code-scanner/simulator.ts';
import { SerialSource } from '../../../native/code-scanner/serial-source.ts';
import { WedgeSource } from '../../../native/code-scanner/wedge-source.ts';
import type { CodeSource, Scanned } from '../../../native/code-scanner/code-source.ts';
import type { WireFuzzSubject } from './subject.ts';

// For codes "false frame" has no meaning: a scanner sends whatever was printed, without header or check, so any bytes with
// a tail (or silence) behind them are a code, and a damaged code is another code. What can be judged: no throw, no hang,
// bounded memory, and the first or second code after noise and silence comes out alone and whole. Answers to commands do
// have checks ("7E 00": CRC-16); there a false frame is one that nobody sent.

const ENCODER = new TextEncoder();

/** A code of 1 to 40 characters, the same for the same `n`. */
function codeOf(n: number): string {
  const length = (n % 40) + 1;
  return Array.from({ length }, (_, index) => 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-'[(n * 7 + index * 11) % 35]).join(
    '',
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** What a simulator sends when something is done to it. */
function sentBy<TSimulator extends CodeScannerSimulator>(
  simulator: TSimulator,
  act: (simulator: TSimulator) => void,
): readonly Uint8Array[] {
  const sent: Uint8Array[] = [];
  const stop = simulator.output.subscribe(({ bytes }) => sent.push(bytes));
  act(simulator);
  stop();
  return sent;
}

/** Codes on a byte stream, given back with the tail that they had. */
function serial(name: string, make: () => CodeSource, tail: string): WireFuzzSubject {
  let source = make();
  const onWire = (scanned: readonly Scanned[]): Uint8Array[] =>
    scanned.flatMap((one) => (one.kind === 'code' ? [joined([one.raw, ENCODER.encode(tail)])] : []));
  return {
    name: `code-scanner ${name}`,
    feed: (chunk) => onWire(chunk.length === 0 ? source.silence() : source.push(chunk)),
    pending: () => source.pending,
    validFrame: (n) => ENCODER.encode(codeOf(n) + tail),
    reset() {
      source = make();
    },
  };
}

/**
 * Reports have bounds of their own, which a cut stream has not: they are put together again by their length, and quiet
 * ends whatever is not a whole report.
 */
function reports(
  name: string,
  length: number,
  make: () => CodeSource,
  simulator: () => CodeScannerSimulator,
  /** Reports behind the one that ends a code: a wedge lets Enter go. */
  behind = 0,
): WireFuzzSubject {
  let source = make();
  let cut: number[] = [];
  let seen: Uint8Array[] = [];
  const taken = (scanned: readonly Scanned[]): Uint8Array[] => {
    const codes = scanned.filter(({ kind }) => kind === 'code' || kind === 'text').length;
    if (codes === 0) return [];
    const wire = joined(seen);
    seen = [];
    return [wire];
  };
  return {
    name: `code-scanner ${name}`,
    feed(chunk) {
      if (chunk.length === 0) {
        cut = [];
        const found = taken(source.silence());
        seen = [];
        return found;
      }
      cut.push(...chunk);
      const found: Uint8Array[] = [];
      while (cut.length >= length) {
        const report = Uint8Array.from(cut.splice(0, length));
        seen.push(report);
        found.push(...taken(source.push(report)));
      }
      return found;
    },
    pending: () => source.pending,
    validFrame(n) {
      const sent = sentBy(simulator(), (one) => one.scan(codeOf(n)));
      return joined(sent.slice(0, sent.length - behind));
    },
    reset() {
      source = make();
      cut = [];
      seen = [];
    },
  };
}

/** Answers to commands. */
function answers(name: string, set: '7e00' | 'newland', validFrame: (n: number) => Uint8Array): WireFuzzSubject {
  let splitter = new AnswerSplitter(set);
  return {
    name: `code-scanner ${name}`,
    feed(chunk) {
      if (chunk.length > 0) {
        return splitter.push(chunk).flatMap(({ kind, bytes }) => (kind === 'answer' ? [bytes] : []));
      }
      splitter.silence();
      return [];
    },
    pending: () => splitter.pending,
    validFrame,
    reset() {
      splitter = new AnswerSplitter(set);
    },
  };
}

/** Reads of `n` registers, as the module answers them. */
function answer7e00(n: number): Uint8Array {
  const count = (n % 40) + 1;
  // The address is that of nothing in particular; `AB CD` is "not checked".
  const request = Uint8Array.of(0x7e, 0x00, 0x07, 0x01, 0x00, n & 0x7f, count, 0xab, 0xcd);
  const simulator = new ScannerSimulator();
  for (let register = 0; register < 0x100; register += 1) {
    simulator.memory.registers.set(register, (register * 37 + n * 11) & 0xff);
  }
  return joined(sentBy(simulator, (one) => one.receive(request)));
}

const NEWLAND_QUESTIONS = ['QRYPDN', 'QRYFWV', 'SCNMOD*', 'GRBENA*', 'SCNTRG1', 'GRLENA9', 'NOSUCH'];

function answerNewland(n: number): Uint8Array {
  const question = NEWLAND_QUESTIONS[n % NEWLAND_QUESTIONS.length] ?? 'QRYPDN';
  const request = newlandRequest(n % 2 === 0 ? '@' : '#', [question]);
  return joined(sentBy(new ScannerSimulator(), (one) => one.receive(request)));
}

export const SUBJECTS: readonly WireFuzzSubject[] = [
  serial('serial CR', () => new SerialSource('cr', 'none'), '\r'),
  serial('serial CR LF', () => new SerialSource('crlf', 'none'), '\r\n'),
  serial('serial silence', () => new SerialSource('none', 'none'), ''),
  serial('serial TAB behind commands', () => new SerialSource('tab', '7e00'), '\t'),
  answers('7e00 answers', '7e00', answer7e00),
  answers('newland answers', 'newland', answerNewland),
  reports(
    'HID POS, AIM map',
    64,
    () => new PosSource('auto', 'none'),
    () => new HidPosSimulator('aim'),
  ),
  reports(
    'HID POS, Newland map',
    64,
    () => new PosSource('newland', 'none'),
    () => new HidPosSimulator('newland'),
  ),
  reports(
    'wedge',
    8,
    () => new WedgeSource('enter', 'gbk'),
    () => new WedgeSimulator(),
    1,
  ),
];
