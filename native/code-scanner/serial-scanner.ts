import { decodeGb18030 } from '../codec/gb18030.ts';
import type { Clock } from '../model/clock.ts';
import type { CodeScanner, CodeScannerEvent } from '../model/code-scanner.ts';
import type { DeviceState } from '../model/device.ts';
import { Emitter } from '../model/events.ts';
import type { Transport } from '../model/transport.ts';
import { ScanStream } from './scan-stream.ts';
import type { ScanTail } from './scan-stream.ts';
import { triggerCommand, withoutAnswers } from './trigger.ts';
import type { TriggerMode } from './trigger.ts';

/** Silence that ends a code without tail, in milliseconds (in use: 40 to 100). */
export const SILENCE_MS = 60;
/** The same where a tail may still come: an adapter may hold its last bytes back. */
const AUTO_SILENCE_MS = 100;
/** A fragment whose tail does not come is dropped after this, so that it does not spoil the next code. */
export const FRAGMENT_MS = 1_000;
/** Pause that scanners want between two commands, in milliseconds. */
const COMMAND_GAP_MS = 50;

export type ScanCharset = 'utf-8' | 'gbk';

export interface ScannerSettings {
  readonly tail: ScanTail;
  readonly charset: ScanCharset;
  readonly trigger: TriggerMode;
}

/**
 * Bytes of a code as text: decoded, without control characters (also those of GS1 codes), spaces around it cut off.
 * A line break inside becomes a space: two codes that a wrong tail setting runs together must not make a third one.
 * Bytes that are not in the charset become U+FFFD, so that a wrong setting shows as a wrong code and not as silence.
 */
export function codeText(raw: Uint8Array, charset: ScanCharset): string {
  const text = charset === 'gbk' ? decodeGb18030(raw) : new TextDecoder('utf-8').decode(raw);
  return text
    .trim()
    .replaceAll(/[\t\r\n]+/gu, ' ')
    .replaceAll(/[\p{Cc}\uFEFF]/gu, '')
    .trim();
}

function silenceMs(tail: ScanTail): number {
  if (tail === 'none') return SILENCE_MS;
  return tail === 'auto' ? AUTO_SILENCE_MS : FRAGMENT_MS;
}

/** Code scanner on a serial line or USB-COM, for one- and two-dimensional codes alike. */
export class SerialScanner implements CodeScanner {
  readonly deviceClass = 'code-scanner';
  readonly driverId = 'serial-scanner';
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #settings: ScannerSettings;
  readonly #stream: ScanStream;
  readonly #events = new Emitter<CodeScannerEvent>();
  readonly #stops: readonly (() => void)[];
  #lost: string | null = null;
  #quiet: AbortController | null = null;

  constructor(transport: Transport, clock: Clock, settings: ScannerSettings) {
    this.#transport = transport;
    this.#clock = clock;
    this.#settings = settings;
    this.#stream = new ScanStream(settings.tail);
    this.#stops = [
      transport.onData((bytes) => this.#receive(bytes)),
      transport.onClosed((error) => {
        this.#lost = error?.detail ?? 'line closed';
        this.#quiet?.abort();
      }),
    ];
  }

  readonly events = {
    subscribe: (listener: (event: CodeScannerEvent) => void) => this.#events.subscribe(listener),
  };

  /** Scanners answer no common question: online means that the line is open. */
  probe(): Promise<DeviceState> {
    return Promise.resolve({
      status: this.#lost === null ? 'online' : 'offline',
      detail: this.#lost ?? '',
      paper: null,
      identity: null,
    });
  }

  async trigger(on: boolean): Promise<void> {
    const command = triggerCommand(this.#settings.trigger, on);
    if (!command || this.#lost !== null) return;
    const written = await this.#transport.write(command);
    if (written.ok) await this.#clock.sleep(COMMAND_GAP_MS);
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#quiet?.abort();
  }

  #receive(bytes: Uint8Array): void {
    this.#quiet?.abort();
    this.#quiet = null;
    for (const raw of this.#stream.push(bytes)) this.#tell(raw);
    if (!this.#stream.started) return;
    const quiet = new AbortController();
    this.#quiet = quiet;
    void this.#afterSilence(quiet.signal);
  }

  async #afterSilence(disturbed: AbortSignal): Promise<void> {
    await this.#clock.sleep(silenceMs(this.#settings.tail), disturbed);
    if (disturbed.aborted) return;
    for (const raw of this.#stream.silence()) this.#tell(raw);
  }

  #tell(raw: Uint8Array): void {
    const text = codeText(withoutAnswers(this.#settings.trigger, raw), this.#settings.charset);
    if (text !== '') this.#events.emit({ type: 'code', text });
  }
}
