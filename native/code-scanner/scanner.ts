import type { Clock } from '../model/clock.ts';
import type { CodeScanner, CodeScannerEvent, ScannerChange, ScannerInfo } from '../model/code-scanner.ts';
import type { DeviceError, DeviceState } from '../model/device.ts';
import { Emitter } from '../model/events.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import type { CodeSource, Scanned } from './code-source.ts';
import { CodeText, cleanText } from './code-text.ts';
import type { ScanCharset } from './code-text.ts';
import type { CommandSet } from './command-frames.ts';
import { ScannerCommands } from './scanner-commands.ts';

/**
 * The end of a silence is a wait of its own: after a stall of this program the timer is due before the bytes are read that
 * came meanwhile, and a code must not be cut by that.
 */
const LAST_LOOK_MS = 1;

export interface ScannerParts {
  readonly driverId: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly source: CodeSource;
  readonly charset: ScanCharset;
  readonly commands: CommandSet;
  /** How a command travels: itself, or inside an output report. */
  readonly wrap?: (frame: Uint8Array) => Uint8Array;
  /** Whether the health check asks the scanner; else it is online as long as its line is open. */
  readonly asks: boolean;
}

/** A code scanner on any line: what differs is the source that makes codes of what arrives. */
export class Scanner implements CodeScanner {
  readonly deviceClass = 'code-scanner';
  readonly driverId: string;
  readonly events = new Emitter<CodeScannerEvent>();
  readonly #clock: Clock;
  readonly #source: CodeSource;
  readonly #text: CodeText;
  readonly #commands: ScannerCommands;
  readonly #asks: boolean;
  readonly #stops: readonly (() => void)[];
  #lost: string | null = null;
  #quiet: AbortController | null = null;

  constructor({ driverId, transport, clock, source, charset, commands, wrap, asks }: ScannerParts) {
    this.driverId = driverId;
    this.#clock = clock;
    this.#source = source;
    this.#text = new CodeText(charset);
    this.#asks = asks && commands !== 'none';
    this.#commands = new ScannerCommands(commands, clock, (frame) => transport.write(wrap ? wrap(frame) : frame));
    this.#stops = [
      transport.onData((bytes) => this.#receive(bytes)),
      transport.onClosed((error) => {
        this.#lost = error?.detail ?? 'line closed';
        this.#quiet?.abort();
        this.#commands.lose(this.#lost);
      }),
    ];
  }

  async probe(signal?: AbortSignal): Promise<DeviceState> {
    const asked = this.#asks && this.#lost === null ? await this.#commands.ping(signal) : null;
    const detail = this.#lost ?? (asked?.ok === false ? asked.error.detail : '');
    return { status: detail === '' ? 'online' : 'offline', detail, paper: null, identity: null };
  }

  trigger(on: boolean, signal?: AbortSignal): Promise<Result<void, DeviceError>> {
    return this.#commands.trigger(on, signal);
  }

  beep(signal?: AbortSignal): Promise<Result<void, DeviceError>> {
    return this.#commands.beep(signal);
  }

  configure(change: ScannerChange, signal?: AbortSignal): Promise<Result<void, DeviceError>> {
    return this.#commands.configure(change, signal);
  }

  info(signal?: AbortSignal): Promise<Result<ScannerInfo, DeviceError>> {
    return this.#commands.info(signal);
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#quiet?.abort();
    this.#commands.lose('the driver was closed');
  }

  #receive(bytes: Uint8Array): void {
    this.#quiet?.abort();
    this.#quiet = null;
    this.#tell(this.#source.push(bytes));
    if (!this.#source.started) return;
    const quiet = new AbortController();
    this.#quiet = quiet;
    void this.#afterSilence(quiet.signal);
  }

  async #afterSilence(disturbed: AbortSignal): Promise<void> {
    await this.#clock.sleep(this.#source.silenceMs - LAST_LOOK_MS, disturbed);
    await this.#clock.sleep(LAST_LOOK_MS, disturbed);
    if (!disturbed.aborted) this.#tell(this.#source.silence());
  }

  #tell(scanned: readonly Scanned[]): void {
    for (const one of scanned) {
      if (one.kind === 'answer') this.#commands.take(one.frame);
      else if (one.kind === 'damaged') this.#commands.spoil();
      else if (one.kind === 'text') this.#emit(cleanText(one.text));
      // Noise that comes instead of an answer begins with control characters, a code does not.
      else if (!this.#commands.waiting || (one.raw[0] ?? 0) >= 0x20) this.#emit(this.#text.read(one.raw));
    }
  }

  #emit(text: string): void {
    if (text !== '') this.events.emit({ type: 'code', text });
  }
}
