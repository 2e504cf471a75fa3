import { AnswerSplitter } from './answer-splitter.ts';
import type { CodeSource, Scanned } from './code-source.ts';
import type { CommandSet } from './command-frames.ts';
import { ScanStream } from './scan-stream.ts';
import type { ScanTail } from './scan-stream.ts';

/** Silence that ends a code without tail, in milliseconds (in use: 40 to 100). */
export const SILENCE_MS = 60;
/**
 * The same where a tail may still come: an adapter may hold its last bytes back, and a busy machine may stand still for 100 ms
 * amid a code. A moment more for the few scanners without a tail is better than a code cut in two.
 */
const AUTO_SILENCE_MS = 300;
/** A fragment whose tail does not come is dropped after this, so that it does not spoil the next code. */
export const FRAGMENT_MS = 1_000;

/** Codes with tails or silence behind them on a byte stream, answers to commands between them. */
export class SerialSource implements CodeSource {
  readonly silenceMs: number;
  readonly #splitter: AnswerSplitter;
  readonly #stream: ScanStream;

  constructor(tail: ScanTail, commands: CommandSet) {
    this.#splitter = new AnswerSplitter(commands);
    this.#stream = new ScanStream(tail);
    this.silenceMs = tail === 'none' ? SILENCE_MS : tail === 'auto' ? AUTO_SILENCE_MS : FRAGMENT_MS;
  }

  get started(): boolean {
    return this.#stream.started || this.#splitter.started;
  }

  get pending(): number {
    return this.#stream.length + this.#splitter.pending;
  }

  push(bytes: Uint8Array): readonly Scanned[] {
    const damaged = this.#splitter.damaged;
    const found = this.#splitter
      .push(bytes)
      .flatMap(({ kind, bytes: piece }): readonly Scanned[] =>
        kind === 'answer'
          ? [{ kind, frame: piece }]
          : this.#stream.push(piece).map((raw): Scanned => ({ kind: 'code', raw })),
      );
    return this.#splitter.damaged > damaged ? [...found, { kind: 'damaged' }] : found;
  }

  silence(): readonly Scanned[] {
    const damaged = this.#splitter.damaged;
    this.#splitter.silence();
    const codes = this.#stream.silence().map((raw): Scanned => ({ kind: 'code', raw }));
    return this.#splitter.damaged > damaged ? [...codes, { kind: 'damaged' }] : codes;
  }
}
