import { BAND_BYTES, feedLines, initialise, queuedPaperStatus, recover, reportChanges } from '../codec/escpos.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceError, DeviceState } from '../model/device.ts';
import { count } from '../model/device-ledger.ts';
import { Emitter } from '../model/events.ts';
import type { ReceiptDocument } from '../model/receipt-document.ts';
import type {
  PrinterState,
  PrintHow,
  PrintResult,
  ReceiptPrinter,
  ReceiptPrinterEvent,
} from '../model/receipt-printer.ts';
import type { Result } from '../model/result.ts';
import { err, ok } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import { packChunks, paperDots, partBytes, renderEscPos } from './escpos-render.ts';
import type { PrinterCondition } from './escpos-status.ts';
import {
  conditionFault,
  deviceState,
  isQueuedPaperByte,
  printerState,
  queuedPaperPresent,
  stoppedByOffline,
} from './escpos-status.ts';
import { layoutReceipt } from './layout.ts';
import { PaperRoll } from './paper-roll.ts';
import type { EscposSettings } from './escpos-settings.ts';
import { encodingOf } from './profile.ts';
import { StatusLine } from './status-line.ts';

/** Slowest paper speed that is waited for: 50 mm/s at 8 dots a millimetre. */
const SLOWEST_DOTS_PER_SECOND = 400;
/** Cut, head warm-up and pauses of a cheap power supply (ms). */
const PRINT_SLACK_MS = 5000;
/** The same where nothing confirms the end, and a person waits for the time to pass (ms). */
const BLIND_SLACK_MS = 2000;
/** How long a printer that knows GS r may take to answer it while it has nothing to do (ms). */
const QUEUED_ANSWER_MS = 400;
/** Rounds of waiting, 1 s each, for a printer that said that its buffer is full. */
const PAUSES = 3;
/** How often the printer is asked while it prints (ms). */
const POLL_MS = 400;
/** Time a cutter needs to go home after a recovery (ms). */
const RECOVERY_MS = 1000;
/** Longer than any payload of a receipt: fills up a payload that a broken line left unfinished; NUL prints nothing. */
const FILL_BYTES = BAND_BYTES + 140;
/** More than the parameters of any command before its payload. */
const HEAD_BYTES = 8;
/** Lines that bring a fragment past the knife. */
const CLEAR_LINES = 4;

/** Bytes that belong together, and the paper that they bring out of the printer. */
interface Piece {
  readonly segments: readonly Uint8Array[];
  readonly dots: number;
}

const CANCELLED: DeviceError = { code: 'cancelled', detail: 'cancelled' };
const NO_STATUS: DeviceError = { code: 'timeout', detail: 'printer tells no status' };

function notPrinted(cause: DeviceError): PrintResult {
  return { outcome: 'not-printed', cause };
}

function unknown(cause: DeviceError): PrintResult {
  return { outcome: 'unknown', cause };
}

/** What of a condition is worth an event. */
function stateKey(condition: PrinterCondition): string {
  const { paper, cover, cutter } = printerState(condition);
  return [paper, cover, cutter, conditionFault(condition)?.code ?? ''].join(' ');
}

/** Receipt printers that understand ESC/POS, over serial or TCP. */
export class EscposPrinter implements ReceiptPrinter {
  readonly deviceClass = 'receipt-printer';
  readonly driverId = 'escpos';
  readonly events = new Emitter<ReceiptPrinterEvent>();

  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #settings: EscposSettings;
  readonly #line: StatusLine;
  readonly #roll: PaperRoll;
  readonly #disposed = new AbortController();
  #printing = false;
  #following = false;
  #tail: Promise<unknown> = Promise.resolve();
  #last: PrinterCondition | null = null;
  /** Whether this printer ever answered GS r 1, the question that waits behind the data. */
  #knowsQueued = false;
  /** Whether anything was sent on this line that waits its turn in the printer. */
  #headed = false;
  /** Whether the printer was told to report changes. */
  #reporting = false;

  constructor(transport: Transport, clock: Clock, settings: EscposSettings) {
    this.#transport = transport;
    this.#clock = clock;
    this.#settings = settings;
    this.#roll = settings.roll ?? new PaperRoll(undefined, { rollMm: 0, lowAtMm: 0 });
    // An unasked report has no checksum either, so it is taken for a hint and verified by asking.
    this.#line = new StatusLine(transport, clock, (reported) => {
      if (this.#printing || settings.statusAnswers === 'never') return;
      if (this.#last === null || stateKey(this.#last) !== stateKey(reported)) void this.#followHint();
    });
  }

  dispose(): void {
    this.#disposed.abort();
    this.#line.dispose();
  }

  paperReplaced(): void {
    this.#roll.replaced();
  }

  async probe(signal?: AbortSignal): Promise<DeviceState> {
    return this.#roll.inDeviceState(await this.#probe(signal));
  }

  async #probe(signal?: AbortSignal): Promise<DeviceState> {
    if (this.#settings.statusAnswers === 'never') {
      const gone = this.#line.closed;
      return {
        status: gone ? 'offline' : 'online',
        detail: gone ? 'line is closed' : '',
        paper: 'unknown',
        identity: null,
      };
    }
    // Every few seconds: what is as it was need be said only once, what is new is made sure of.
    const result = await this.#exclusive(() => this.#refresh(signal, true));
    if (result.ok) return deviceState(result.value);
    const paper = this.#last === null ? 'unknown' : printerState(this.#last).paper;
    if (result.error.code === 'busy') return { status: 'deviceBusy', detail: 'printing', paper, identity: null };
    if (result.error.code === 'cancelled' && this.#last !== null) return deviceState(this.#last);
    return { status: 'offline', detail: result.error.detail, paper: 'unknown', identity: null };
  }

  async readState(signal?: AbortSignal): Promise<Result<PrinterState, DeviceError>> {
    if (this.#settings.statusAnswers === 'never') return err({ code: 'not-supported', detail: NO_STATUS.detail });
    const result = await this.#exclusive(() => this.#refresh(signal));
    return result.ok ? ok(this.#stateOf(result.value)) : result;
  }

  async print(document: ReceiptDocument, signal?: AbortSignal, how?: PrintHow): Promise<PrintResult> {
    const { profile } = this.#settings;
    const laid = layoutReceipt(document, profile.width, encodingOf(profile));
    if (!laid.ok) return notPrinted({ code: 'bad-request', detail: laid.error.detail });
    if (!profile.pictures && laid.value.some(({ kind }) => kind === 'picture')) {
      return notPrinted({ code: 'not-supported', detail: 'this printer takes no pictures' });
    }
    const receipt: Piece = { segments: renderEscPos(laid.value, profile), dots: paperDots(laid.value, profile) };
    const parted = (): readonly Piece[] => {
      const fragment = how?.leftovers === true || this.#settings.brokenOff.has(this.#transport.address);
      return fragment ? [this.#separation(), receipt] : [receipt];
    };
    return this.#alone(signal, (inner) => this.#printPieces(parted, inner));
  }

  clearAway(signal?: AbortSignal): Promise<PrintResult> {
    return this.#alone(signal, (inner) => this.#printPieces(() => [this.#separation()], inner));
  }

  async recover(signal?: AbortSignal): Promise<Result<PrinterState, DeviceError>> {
    if (this.#settings.statusAnswers === 'never') return err({ code: 'not-supported', detail: NO_STATUS.detail });
    const result = await this.#exclusive(async () => {
      const before = await this.#refresh(signal);
      if (!before.ok) return before;
      return this.#recoverFrom(before.value, this.#signal(signal));
    });
    if (!result.ok) return result;
    const fault = conditionFault(result.value);
    return fault === null ? ok(this.#stateOf(result.value)) : err(fault);
  }

  /** Lets one print at a time through, after the question that is under way. */
  async #alone(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<PrintResult>,
  ): Promise<PrintResult> {
    if (this.#printing) return notPrinted({ code: 'busy', detail: 'printing' });
    this.#printing = true;
    try {
      await this.#tail;
      const result = await work(this.#signal(signal));
      if (result.outcome === 'printed') await this.#askForReports();
      return result;
    } finally {
      this.#printing = false;
    }
  }

  /** Real-time recovery with the buffers cleared: what was broken off never comes out as a receipt again. */
  async #recoverFrom(before: PrinterCondition, signal: AbortSignal): Promise<Result<PrinterCondition, DeviceError>> {
    const sent = await this.#line.send(recover(2));
    if (!sent.ok) return sent;
    // The receipt that the knife did not part still hangs there.
    if (before.cutterError) this.#settings.brokenOff.add(this.#transport.address);
    await this.#clock.sleep(RECOVERY_MS, signal);
    return this.#refresh(signal);
  }

  /**
   * Asks for reports of every change. Not while a fragment may wait in the printer: the command would wait behind it,
   * or end up inside a payload.
   */
  async #askForReports(): Promise<void> {
    const { reports, statusAnswers, brokenOff } = this.#settings;
    if (!reports || statusAnswers === 'never' || this.#reporting || this.#line.closed) return;
    if (this.#disposed.signal.aborted || brokenOff.has(this.#transport.address)) return;
    this.#reporting = (await this.#sendInTurn(reportChanges(true))).ok;
  }

  /** Reports and answers have no address; while a receipt is printed only answers may come. */
  async #stopReports(): Promise<void> {
    if (!this.#reporting) return;
    this.#reporting = false;
    await this.#line.send(reportChanges(false));
  }

  /**
   * Answers carry no address, so there is only one conversation at a time. A short one is waited for; while a receipt
   * is printed everything else is refused with `busy`.
   */
  async #exclusive<T>(work: () => Promise<Result<T, DeviceError>>): Promise<Result<T, DeviceError>> {
    if (this.#printing) return err({ code: 'busy', detail: 'printing' });
    const turn = this.#tail.then(work);
    this.#tail = turn;
    return turn;
  }

  /** One look at a time: a printer that reports with every answer must not be asked for ever. */
  async #followHint(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    try {
      await this.readState();
    } finally {
      this.#following = false;
    }
  }

  #stateOf(condition: PrinterCondition): PrinterState {
    return this.#roll.inState(printerState(condition));
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#disposed.signal : AbortSignal.any([signal, this.#disposed.signal]);
  }

  async #refresh(signal?: AbortSignal, quick = false): Promise<Result<PrinterCondition, DeviceError>> {
    const result = await this.#line.condition(this.#signal(signal), quick);
    if (!result.ok) {
      // One that was off has forgotten that it should report.
      if (result.error.code === 'timeout') this.#reporting = false;
      return result;
    }
    const before = this.#last;
    this.#last = result.value;
    this.#roll.sensed(printerState(result.value).paper);
    if (before === null || stateKey(before) !== stateKey(result.value)) {
      this.events.emit({ type: 'state-changed', state: this.#stateOf(result.value) });
    }
    if (!this.#printing && !result.value.offline) await this.#askForReports();
    return result;
  }

  /**
   * Asks before the first byte. Gives null when the printer can print, or does not tell and never told; a cutter error
   * of an earlier receipt is recovered from once.
   */
  async #preflight(signal: AbortSignal): Promise<DeviceError | null> {
    if (this.#settings.statusAnswers === 'never') return null;
    let condition = await this.#refresh(signal);
    if (condition.ok && condition.value.cutterError) condition = await this.#recoverFrom(condition.value, signal);
    if (condition.ok) return conditionFault(condition.value);
    const silent = condition.error.code === 'timeout' && !this.#line.everAnswered;
    return silent && this.#settings.statusAnswers === 'auto' ? null : condition.error;
  }

  /** Asks GS r 1 of a printer that has nothing else to do, and notes whether it answers. */
  async #askQueued(signal: AbortSignal): Promise<Result<void, DeviceError>> {
    const before = this.#line.queuedLike;
    const sent = await this.#sendInTurn(queuedPaperStatus());
    if (!sent.ok) return sent;
    await this.#line.burst(QUEUED_ANSWER_MS, signal);
    this.#knowsQueued = this.#line.queuedLike !== before;
    return sent;
  }

  /**
   * Sends a command that waits its turn in the printer. The first on a line has NULs before it: where an earlier line
   * was lost in the middle of a command, its missing lengths become 0 and not the bytes of this one.
   */
  #sendInTurn(command: readonly number[]): Promise<Result<void, DeviceError>> {
    const head = this.#headed ? [] : Array.from({ length: HEAD_BYTES }, () => 0);
    this.#headed = true;
    return this.#line.send([...head, ...command]);
  }

  /**
   * Finds out before the receipt whether the printer knows GS r at all: many clones answer real-time questions only.
   * Gives an error only when the printer went away over it.
   */
  async #tryQueued(signal: AbortSignal): Promise<DeviceError | null> {
    if (this.#settings.statusAnswers === 'never' || this.#knowsQueued || !this.#line.everAnswered) return null;
    const asked = await this.#askQueued(signal);
    if (!asked.ok) return asked.error;
    if (!this.#knowsQueued && !signal.aborted) {
      // A payload that a lost line left unfinished swallows the question. Filled up, the printer answers the next one.
      const filled = await this.#line.send(new Uint8Array(FILL_BYTES));
      if (!filled.ok) return filled.error;
      await this.#clock.sleep(this.#wireMs(FILL_BYTES), signal);
      const again = await this.#askQueued(signal);
      if (!again.ok) return again.error;
      if (this.#knowsQueued) this.#settings.brokenOff.add(this.#transport.address);
    }
    if (this.#knowsQueued || signal.aborted) return null;
    // A printer that was off for a moment must be seen as silent.
    const alive = await this.#line.ask(2, signal);
    return alive.ok || alive.error.code === 'timeout' || alive.error.code === 'bad-reply' ? null : alive.error;
  }

  /** @param pieces asked for when the printer was looked at, which may find a fragment in it */
  async #printPieces(pieces: () => readonly Piece[], signal: AbortSignal): Promise<PrintResult> {
    if (signal.aborted) return notPrinted(CANCELLED);
    if (this.#line.closed) return notPrinted({ code: 'not-connected', detail: 'line is closed' });
    await this.#stopReports();
    this.#line.watch();
    const fault = (await this.#preflight(signal)) ?? (await this.#tryQueued(signal));
    if (fault !== null) return notPrinted(fault);
    if (signal.aborted) return notPrinted(CANCELLED);

    const { brokenOff, profile } = this.#settings;
    const address = this.#transport.address;
    const wanted = pieces();
    const chunks = packChunks(
      [
        ...wanted.flatMap(({ segments }) => segments),
        // Directly behind the cut, so that nothing can happen between the two.
        ...(this.#settings.statusAnswers === 'never' ? [] : [Uint8Array.from(queuedPaperStatus())]),
      ],
      // Sent before the printer is asked again how it is; what it says of a full buffer is heeded as often.
      profile.bufferBytes / 4,
    );
    brokenOff.add(address);
    const heightDots = wanted.reduce((sum, { dots }) => sum + dots, 0);
    const result = await this.#sendAndConfirm(chunks, heightDots, signal);
    // Nothing is known of a printer that never answers; parting receipts there would waste paper every time.
    const silent = result.cause?.code === 'timeout' && !this.#line.everAnswered;
    const done = result.outcome === 'printed' || (result.outcome === 'unknown' && silent);
    if (done) brokenOff.delete(address);
    if (result.outcome === 'printed') {
      count(this.#settings.ledger, 'prints');
      if (profile.cut !== 'none') count(this.#settings.ledger, 'cuts');
    }
    return result;
  }

  /** Parts the fragment of a receipt that was broken off from the next one, which belongs to another person. */
  #separation(): Piece {
    const { profile } = this.#settings;
    const bytes = [...initialise(), ...feedLines(CLEAR_LINES), ...partBytes(profile.cut)];
    return {
      segments: [new Uint8Array(FILL_BYTES), Uint8Array.from(bytes)],
      dots: paperDots([{ kind: 'feed', lines: CLEAR_LINES }], profile),
    };
  }

  async #sendAndConfirm(chunks: readonly Uint8Array[], heightDots: number, signal: AbortSignal): Promise<PrintResult> {
    let watch = this.#line.everAnswered;
    let queuedLike = 0;
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    for (const [index, chunk] of chunks.entries()) {
      const isLast = index === chunks.length - 1;
      queuedLike = this.#line.queuedLike;
      const sent = await this.#sendPaced(chunk, signal);
      // Of a receipt that is broken off, about the share of it has come out that was handed over.
      this.#roll.fed((heightDots * chunk.length) / bytes);
      // Until the last chunk was handed over, the cut is missing and the receipt is surely not whole.
      if (!sent.ok) return isLast ? unknown(sent.error) : notPrinted(sent.error);
      if (isLast) break;
      if (signal.aborted) return notPrinted(CANCELLED);
      if (!watch) continue;
      const offline = await this.#line.ask(2, signal, true);
      if (offline.ok && stoppedByOffline(offline.value)) return notPrinted(await this.#cause(signal));
      if (!offline.ok && offline.error.code !== 'timeout' && offline.error.code !== 'bad-reply') {
        return notPrinted(offline.error);
      }
      // Where the question waits behind the data (flow control), it only costs time.
      watch = offline.ok;
    }
    if (this.#settings.statusAnswers === 'never') return unknown(NO_STATUS);
    const result = await this.#confirm(this.#deadline(chunks, heightDots), queuedLike, signal);
    if (result.outcome !== 'printed' || !this.#line.lostAnswer) return result;
    return unknown({ code: 'timeout', detail: 'printer was silent for a while and may have been reset' });
  }

  /** Writes and waits as long as the wire needs, so that a question sent next is not stuck behind the data. */
  async #sendPaced(chunk: Uint8Array, signal: AbortSignal): Promise<Result<void, DeviceError>> {
    await this.#waitForRoom(signal);
    const start = this.#clock.monotonic();
    const sent = await this.#line.send(chunk);
    if (!sent.ok) return sent;
    const left = this.#wireMs(chunk.length) - (this.#clock.monotonic() - start);
    if (left > 0) await this.#clock.sleep(left, signal);
    return this.#line.closed ? err({ code: 'line-lost', detail: 'line closed while printing' }) : sent;
  }

  /** The printer is asked between, so that one which went off meanwhile is seen as silent. */
  async #waitForRoom(signal: AbortSignal): Promise<void> {
    for (let pause = 0; pause < PAUSES && this.#line.paused && !this.#line.closed && !signal.aborted; pause += 1) {
      await this.#line.flowing(signal);
      if (this.#line.everAnswered) await this.#line.ask(2, signal);
    }
  }

  #wireMs(bytes: number): number {
    return this.#transport.baud === null ? 0 : (bytes * 10_000) / this.#transport.baud;
  }

  #deadline(chunks: readonly Uint8Array[], heightDots: number): number {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const printMs = (heightDots / SLOWEST_DOTS_PER_SECOND) * 1000;
    const slackMs = this.#knowsQueued ? PRINT_SLACK_MS : BLIND_SLACK_MS;
    return this.#clock.monotonic() + this.#wireMs(bytes) + printMs + slackMs;
  }

  /** The most specific cause of a stop that the printer can name. */
  async #cause(signal: AbortSignal): Promise<DeviceError> {
    const condition = await this.#refresh(signal);
    const fault = condition.ok ? conditionFault(condition.value) : condition.error;
    return fault ?? { code: 'printer-error', detail: 'printer stopped and went on' };
  }

  /**
   * Waits for the answer to the question that stands behind the cut in the printer's own queue: it comes only when all
   * before it was worked off. Real-time questions in between find out why it does not come. Then the status is read
   * back once more; all of it together makes `printed`. A printer that answers real-time questions only is asked until
   * the slowest paper speed must have brought the receipt out: with every answer good, its last one makes `printed`.
   * @param queuedBefore count of possible answers before the last chunk was sent
   */
  async #confirm(deadline: number, queuedBefore: number, signal: AbortSignal): Promise<PrintResult> {
    let queuedLike = queuedBefore;
    let inNoise: number | null = null;
    while (this.#clock.monotonic() < deadline) {
      const burst = await this.#line.burst(Math.min(POLL_MS, deadline - this.#clock.monotonic()), signal);
      if (this.#line.closed) {
        return unknown({ code: 'line-lost', detail: 'line closed before the receipt was confirmed' });
      }
      if (signal.aborted) return unknown(CANCELLED);
      const last = burst.at(-1);
      const isAnswer = last !== undefined && isQueuedPaperByte(last);
      // Among noise only an answer that comes twice counts.
      if (isAnswer && (burst.length === 1 || inNoise === last)) return this.#readBack(last, signal);
      if (isAnswer) {
        inNoise = last;
      } else {
        const offline = await this.#line.ask(2, signal);
        if (offline.ok && stoppedByOffline(offline.value)) {
          const cause = await this.#cause(signal);
          // The printer may have stopped after the cut: with a possible answer among the noise, or where none is given.
          // Without a knife all of it may hang there, ready to be torn off.
          const cut = this.#settings.profile.cut !== 'none';
          const inTheMiddle = cut && this.#knowsQueued && this.#line.queuedLike === queuedBefore;
          return inTheMiddle ? notPrinted(cause) : unknown(cause);
        }
      }
      if (this.#line.queuedLike === queuedLike) continue;
      queuedLike = this.#line.queuedLike;
      const sent = await this.#line.send(queuedPaperStatus());
      if (!sent.ok) return unknown(sent.error);
    }
    const goodThroughout = this.#line.everAnswered && !this.#line.anySilence;
    if (!this.#knowsQueued && goodThroughout && this.#line.queuedLike === queuedBefore) {
      return this.#readBack(null, signal);
    }
    return unknown({ code: 'timeout', detail: 'printer did not confirm the receipt' });
  }

  /** @param queued answer to GS r 1, or null where the printer does not know it */
  async #readBack(queued: number | null, signal: AbortSignal): Promise<PrintResult> {
    const condition = await this.#refresh(signal);
    if (!condition.ok) return unknown(condition.error);
    const fault = conditionFault(condition.value);
    // The data went through, but a printer that does not stop at the paper's end prints the rest on nothing.
    if (fault !== null) return unknown(fault);
    if (queued !== null && !queuedPaperPresent(queued))
      return unknown({ code: 'paper-out', detail: 'paper ended with the receipt' });
    return { outcome: 'printed', cause: null };
  }
}
