import type { Clock, Random } from '../model/clock.ts';
import type { DeviceClass, DeviceDriver, DeviceError, DeviceState } from '../model/device.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { Emitter } from '../model/events.ts';
import type { GlyphSource } from '../model/glyphs.ts';
import type { EventSource } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError, TransportErrorCode, TransportOpener } from '../model/transport.ts';
import { BACKOFF_MIN_MS, backoffLimitMs, backoffMs } from './backoff.ts';
import { CommandQueue } from './command-queue.ts';
import type { DeviceHealth, HealthEdge } from './driver-types.ts';

/** Edges kept for the technician. */
const HISTORY_LENGTH = 100;
/** Silent probes after which the line is opened anew. */
const REOPEN_AFTER_SILENT_PROBES = 3;
/** How long a command may take to end once its line has gone, in milliseconds. */
const LINE_GONE_GRACE_MS = 2_000;
/** Longest a command may run, in milliseconds: a bit more than the longest wait for a card. */
const COMMAND_LIMIT_MS = 330_000;

/** What all slots of a manager share. */
export interface SlotPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly open: TransportOpener;
  /** Time between two health probes of a device that works, in milliseconds. */
  readonly healthIntervalMs: number;
  /** Characters as dots, handed to the drivers. */
  readonly glyphs?: GlyphSource;
}

/** A checked setting together with its driver. */
export interface SlotSetting<TDriver> {
  readonly definition: DriverDefinition<TDriver>;
  readonly address: string;
  readonly options: Readonly<Record<string, string>>;
}

/** What a command is called with besides the driver. */
export interface RunOptions {
  readonly signal?: AbortSignal;
}

interface Line<TDriver> {
  readonly driver: TDriver;
  readonly transport: Transport;
  /** Aborted when the line has gone or the slot stops. */
  readonly gone: AbortController;
}

/** How one opening of the device ended. */
interface Served {
  readonly answered: boolean;
  readonly cause: TransportErrorCode | 'silent';
  /** For the technician. */
  readonly detail: string;
  /** The driver itself threw. */
  readonly failed?: boolean;
}

type Snapshot = Pick<DeviceHealth, 'status' | 'detail' | 'paper' | 'identity'>;

const NO_DEVICE: Snapshot = { status: 'noDevice', detail: '', paper: null, identity: null };

/**
 * The place of one device class at the kiosk. It keeps whatever device is configured there open, asks for its health,
 * opens it again when it went away, and runs commands one after the other. The slot itself stays the same for the
 * whole life of the app, so its listeners survive reconnects and changed settings.
 */
export class DeviceSlot<TEvent extends { readonly type: string }, TDriver extends DeviceDriver<TEvent>> {
  readonly deviceClass: DeviceClass;
  readonly #ports: SlotPorts;
  readonly #queue = new CommandQueue();
  readonly #events = new Emitter<TEvent>();
  readonly #healthChanged = new Emitter<DeviceHealth>();
  readonly #history: HealthEdge[] = [];
  #setting: SlotSetting<TDriver> | null = null;
  #snapshot: Snapshot = NO_DEVICE;
  #since: number;
  #lastAnswer: number | null = null;
  #line: Line<TDriver> | null = null;
  #stopping: AbortController | null = null;
  #nudge: AbortController = new AbortController();
  #life: Promise<void> = Promise.resolve();

  constructor(deviceClass: DeviceClass, ports: SlotPorts) {
    this.deviceClass = deviceClass;
    this.#ports = ports;
    this.#since = ports.clock.now();
  }

  /** What the device tells unasked; carries on through reconnects and new settings. */
  get events(): EventSource<TEvent> {
    return this.#events;
  }

  /** Told after each change of status, cause, paper or identity. */
  get healthChanged(): EventSource<DeviceHealth> {
    return this.#healthChanged;
  }

  /** The last 100 changes of health, oldest first. */
  get history(): readonly HealthEdge[] {
    return [...this.#history];
  }

  get setting(): SlotSetting<TDriver> | null {
    return this.#setting;
  }

  health(): DeviceHealth {
    const { clock } = this.#ports;
    return {
      deviceClass: this.deviceClass,
      driver: this.#setting?.definition.id ?? null,
      address: this.#setting?.address ?? null,
      ...this.#snapshot,
      since: this.#since,
      lastAnswerAgoMs: this.#lastAnswer === null ? null : Math.max(0, clock.monotonic() - this.#lastAnswer),
    };
  }

  /** Starts to keep the device open. Does nothing when started already. */
  start(setting: SlotSetting<TDriver> | null): void {
    if (this.#stopping) return;
    this.#setting = setting;
    this.#lastAnswer = null;
    if (!setting) {
      this.#become(NO_DEVICE);
      return;
    }
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#become({ status: 'starting', detail: '', paper: null, identity: null });
    this.#life = this.#live(setting, stopping.signal);
  }

  /** Cancels what runs, closes the device and resolves when its line is free. */
  async stop(): Promise<void> {
    this.#stopping?.abort();
    await this.#life;
    this.#stopping = null;
    this.#setting = null;
    this.#become(NO_DEVICE);
  }

  /**
   * Runs one command when its turn comes. `not-connected` when the device is away (nothing was sent to it then),
   * `cancelled` when the signal was aborted while waiting; everything else is what the driver says.
   */
  async run<T>(
    command: (driver: TDriver, signal: AbortSignal) => Promise<Result<T, DeviceError>>,
    options: RunOptions = {},
  ): Promise<Result<T, DeviceError>> {
    const cancelled = err<DeviceError>({ code: 'cancelled', detail: 'cancelled before it was started' });
    const result = await this.#queue.run<Result<T, DeviceError>>(
      () => this.#runNow(command, options.signal),
      cancelled,
      options.signal,
    );
    if (!result.ok && result.error.code !== 'cancelled' && result.error.code !== 'no-card') this.#nudge.abort();
    return result;
  }

  /** The same for commands that have an outcome of their own (`print`, `openDoor`) or none. */
  call<T>(
    command: (driver: TDriver, signal: AbortSignal) => Promise<T>,
    options: RunOptions = {},
  ): Promise<Result<T, DeviceError>> {
    return this.run(async (driver, signal) => ok(await command(driver, signal)), options);
  }

  /** Asks for the health now instead of at the next round. */
  refresh(): void {
    this.#nudge.abort();
  }

  async #runNow<T>(
    command: (driver: TDriver, signal: AbortSignal) => Promise<Result<T, DeviceError>>,
    outer: AbortSignal | undefined,
  ): Promise<Result<T, DeviceError>> {
    const line = this.#line;
    const { status, detail } = this.#snapshot;
    if (!line || line.gone.signal.aborted || status === 'offline' || status === 'noDevice') {
      return err({ code: 'not-connected', detail: detail === '' ? `no ${this.deviceClass} connected` : detail });
    }
    const inner = new AbortController();
    const done = new AbortController();
    const abort = (): void => inner.abort();
    const sources = [line.gone.signal, ...(outer ? [outer] : [])];
    for (const source of sources) {
      if (source.aborted) abort();
      source.addEventListener('abort', abort, { once: true });
    }
    try {
      const result = await Promise.race([command(line.driver, inner.signal), this.#guard<T>(line, done.signal)]);
      if (result.ok) this.#lastAnswer = this.#ports.clock.monotonic();
      return result;
    } finally {
      done.abort();
      for (const source of sources) source.removeEventListener('abort', abort);
    }
  }

  /** Ends a command that its driver does not end, so that no driver can wedge the queue. */
  async #guard<T>(line: Line<TDriver>, done: AbortSignal): Promise<Result<T, DeviceError>> {
    const { clock } = this.#ports;
    const either = new AbortController();
    const wake = (): void => either.abort();
    done.addEventListener('abort', wake, { once: true });
    line.gone.signal.addEventListener('abort', wake, { once: true });
    if (line.gone.signal.aborted) wake();
    await clock.sleep(COMMAND_LIMIT_MS, either.signal);
    line.gone.signal.removeEventListener('abort', wake);
    if (line.gone.signal.aborted && !done.aborted) {
      await clock.sleep(LINE_GONE_GRACE_MS, done);
      return err({ code: 'line-lost', detail: 'the line went away during the command' });
    }
    if (!done.aborted) line.gone.abort();
    return err({ code: 'timeout', detail: 'the driver did not end the command' });
  }

  async #live(setting: SlotSetting<TDriver>, stop: AbortSignal): Promise<void> {
    const { clock, random } = this.#ports;
    for (let attempt = 0; !stop.aborted; attempt += 1) {
      const served = await this.#openAndServe(setting, stop).catch(driverFailure);
      if (stop.aborted) break;
      if (served.answered) attempt = 0;
      const { detail } = served;
      this.#become({ status: served.failed ? 'hardwareError' : 'offline', detail, paper: null, identity: null });
      await clock.sleep(backoffMs(attempt, backoffLimitMs(served.cause), random), stop);
    }
  }

  /** Opens the device once and keeps it until its line is gone. */
  async #openAndServe(setting: SlotSetting<TDriver>, stop: AbortSignal): Promise<Served> {
    const opened = await this.#ports.open(setting.address);
    if (!opened.ok) return { answered: false, cause: opened.error.code, detail: describe(opened.error) };
    const transport = opened.value;
    const gone = new AbortController();
    let cause: TransportError = { code: 'lost', detail: 'the line was closed' };
    const forgetClosed = transport.onClosed((error) => {
      if (error) cause = error;
      gone.abort();
    });
    const onStop = (): void => gone.abort();
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    let driver: TDriver | null = null;
    let forgetEvents = (): void => undefined;
    try {
      const { clock, glyphs } = this.#ports;
      driver = setting.definition.create({
        transport,
        clock,
        options: setting.options,
        ...(glyphs ? { glyphs } : {}),
      });
      forgetEvents = driver.events.subscribe((event) => {
        this.#lastAnswer = this.#ports.clock.monotonic();
        this.#events.emit(event);
        if (event.type === 'state-changed') this.#nudge.abort();
      });
      const line = { driver, transport, gone };
      this.#line = line;
      const answered = await this.#watchHealth(line);
      if (gone.signal.aborted) return { answered, cause: cause.code, detail: describe(cause) };
      // The same words as before the line is opened anew: it is one and the same trouble, not a new edge each time.
      return { answered, cause: 'silent', detail: this.#snapshot.detail };
    } finally {
      this.#line = null;
      gone.abort();
      forgetEvents();
      forgetClosed();
      stop.removeEventListener('abort', onStop);
      driver?.dispose();
      await transport.close();
    }
  }

  /** Probes until the line is gone, or until so many probes were not answered that it should be opened anew. */
  async #watchHealth(line: Line<TDriver>): Promise<boolean> {
    const { clock, random, healthIntervalMs } = this.#ports;
    const gone = line.gone.signal;
    let answered = false;
    let silent = 0;
    while (!gone.aborted) {
      const wanted = this.#nudge.signal.aborted;
      this.#nudge = new AbortController();
      // A device that works on a command is evidently there, and the wire is taken.
      if (!this.#queue.busy || silent > 0 || this.#snapshot.status === 'starting') {
        const state = await this.#probe(line);
        if (gone.aborted) break;
        if (state && state.status !== 'offline') {
          answered = true;
          silent = 0;
          this.#lastAnswer = clock.monotonic();
          this.#become({ ...state });
        } else {
          silent += 1;
          // One lost answer is no fault yet: a device that worked is asked once more at once.
          if (silent === 1 && answered) continue;
          this.#become({ status: 'offline', detail: state?.detail ?? 'no answer', paper: null, identity: null });
          if (silent >= REOPEN_AFTER_SILENT_PROBES) break;
        }
      } else if (wanted) {
        // Asked for in the middle of a command: look as soon as it is over, not a whole round later.
        this.#nudge.abort();
      }
      const pause = silent > 0 ? backoffMs(silent, backoffLimitMs('silent'), random) : healthIntervalMs;
      await this.#pause(pause, gone);
    }
    return answered;
  }

  #probe(line: Line<TDriver>): Promise<DeviceState | null> {
    return this.#queue.run<DeviceState | null>(() => line.driver.probe(line.gone.signal), null, line.gone.signal);
  }

  /** Waits, but not longer than until the line is gone or somebody wants the health now. */
  async #pause(ms: number, gone: AbortSignal): Promise<void> {
    const either = new AbortController();
    const wake = (): void => either.abort();
    const nudge = this.#nudge.signal;
    for (const source of [gone, nudge]) {
      source.addEventListener('abort', wake, { once: true });
      if (source.aborted) wake();
    }
    // A nudge that comes with every failing command must not turn the probing into a busy loop.
    if (nudge.aborted && !gone.aborted) await this.#ports.clock.sleep(BACKOFF_MIN_MS, gone);
    else await this.#ports.clock.sleep(ms, either.signal);
    gone.removeEventListener('abort', wake);
  }

  #become(next: Snapshot): void {
    const last = this.#snapshot;
    if (
      last.status === next.status &&
      last.detail === next.detail &&
      last.paper === next.paper &&
      last.identity === next.identity
    ) {
      return;
    }
    const { clock } = this.#ports;
    if (last.status !== next.status) this.#since = clock.now();
    this.#snapshot = { status: next.status, detail: next.detail, paper: next.paper, identity: next.identity };
    this.#history.push({ at: clock.now(), status: next.status, detail: next.detail, paper: next.paper });
    if (this.#history.length > HISTORY_LENGTH) this.#history.shift();
    this.#healthChanged.emit(this.health());
  }
}

/** A throw in a driver is a bug, but the kiosk keeps trying and shows it instead of losing the device for good. */
function driverFailure(thrown: unknown): Served {
  const detail = `the driver failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  return { answered: false, cause: 'io', detail, failed: true };
}

function describe(error: TransportError): string {
  return `${error.code}: ${error.detail}`;
}
