import type { Clock, Random } from '../model/clock.ts';
import type { DeviceClass, DeviceDriver, DeviceError, DeviceErrorCode, DeviceState } from '../model/device.ts';
import { count, MemoryLedger } from '../model/device-ledger.ts';
import type { DeviceLedger } from '../model/device-ledger.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { Emitter } from '../model/events.ts';
import type { EventSource } from '../model/events.ts';
import type { GlyphSource } from '../model/glyphs.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { PortWatch, Transport, TransportError, TransportErrorCode, TransportOpener } from '../model/transport.ts';
import { ENDED, joinSignals } from './abort-signals.ts';
import { BACKOFF_MIN_MS, backoffLimitMs, backoffMs, portBackMs } from './backoff.ts';
import { CommandQueue } from './command-queue.ts';
import { DeviceStats } from './device-stats.ts';
import type { DeviceCounters, DeviceHealth, HealthEdge } from './driver-types.ts';
import { HealthLog, bareSnapshot, snapshotOf } from './health-log.ts';
import type { Snapshot } from './health-log.ts';
import { causeOf, settledWithin, supervise } from './supervise.ts';

/** Silent probes after which the line is opened anew. */
const REOPEN_AFTER_SILENT_PROBES = 3;
/** Longest a command may run unless it says so itself, in milliseconds: a bit more than the longest wait for a card. */
const COMMAND_LIMIT_MS = 330_000;
/** How long a command may take to end after its deadline, in milliseconds. */
const DEADLINE_GRACE_MS = 5_000;
/** How long a command may take to end once it was cancelled: a print that has begun is finished first. */
const CANCEL_GRACE_MS = 60_000;
/** Longest a probe may run, in milliseconds: many boards on a slow bus, each asked twice. */
const PROBE_LIMIT_MS = 60_000;
/**
 * How long a probe may go on when a command comes, in milliseconds, before its signal is aborted: a device that is well has
 * answered by then, and a question that is broken off leaves an answer on the wire that the driver must wait for.
 */
const YIELD_PATIENCE_MS = 60;
/** The same for a probe that had starved. */
const STARVED_PATIENCE_MS = 100;
/** How long a probe may take to end once its signal was aborted for a command, in milliseconds. */
const YIELD_GRACE_MS = 15_000;
/** Longest that opening or closing a line may take, in milliseconds; transports have shorter deadlines of their own. */
const LINE_LIMIT_MS = 20_000;
/** After so many intervals without a finished probe one takes its turn among the commands. */
const STARVED_AFTER_INTERVALS = 12;

/** Events that are counted, and under which name. */
const COUNTED_EVENTS: Readonly<Partial<Record<string, string>>> = { code: 'codes', rating: 'ratings' };

/** What all slots of a manager share. */
export interface SlotPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly open: TransportOpener;
  /** Tells when a port that was away may be back; without it the port is looked for about every second. */
  readonly watchPort?: PortWatch;
  /** Time between two health probes of a device that works, in milliseconds. */
  readonly healthIntervalMs: number;
  /** Characters as dots, handed to the drivers. */
  readonly glyphs?: GlyphSource;
  /** Where a class's numbers are kept; left out, they last as long as the slot. Asked once a slot. */
  readonly ledgerOf?: (deviceClass: DeviceClass) => DeviceLedger;
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
  /**
   * How long the command may run once its turn has come, in milliseconds (default and longest 330,000). Then its signal
   * is aborted; 5 s later the slot gives up on the driver and opens the line anew.
   */
  readonly deadlineMs?: number;
}

interface Line<TDriver> {
  readonly driver: TDriver;
  readonly transport: Transport;
  /** Aborted when the line has gone, the slot stops, or the slot gave up on the driver. */
  readonly gone: AbortController;
  /** What the driver did not end, or null. */
  hang: string | null;
}

/** How one opening of the device ended. */
interface Served {
  readonly answered: boolean;
  readonly cause: TransportErrorCode | 'silent';
  readonly now: Snapshot;
}

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
  readonly #log: HealthLog;
  readonly #stats: DeviceStats;
  readonly #ledger: DeviceLedger;
  #setting: SlotSetting<TDriver> | null = null;
  #lastAnswer: number | null = null;
  #line: Line<TDriver> | null = null;
  #stopping: AbortController | null = null;
  #nudge: AbortController = new AbortController();
  #life: Promise<void> = Promise.resolve();

  constructor(deviceClass: DeviceClass, ports: SlotPorts) {
    this.deviceClass = deviceClass;
    this.#ports = ports;
    this.#log = new HealthLog(ports.clock);
    this.#stats = new DeviceStats(deviceClass);
    this.#ledger = ports.ledgerOf?.(deviceClass) ?? new MemoryLedger();
  }

  /** What the device tells unasked; carries on through reconnects and new settings. */
  get events(): EventSource<TEvent> {
    return this.#events;
  }

  /** Told after each change of status, cause, fault, supplies or identity. */
  get healthChanged(): EventSource<DeviceHealth> {
    return this.#healthChanged;
  }

  /** The last 100 changes of health, oldest first. */
  get history(): readonly HealthEdge[] {
    return this.#log.edges;
  }

  /** What happened at this device since the slot was made. */
  get counters(): DeviceCounters {
    return this.#stats.summary(this.#ports.clock.monotonic());
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
      ...this.#log.snapshot,
      counters: this.#ledger.all(),
      since: this.#log.since,
      lastAnswerAgoMs: this.#lastAnswer === null ? null : Math.max(0, clock.monotonic() - this.#lastAnswer),
    };
  }

  /** Starts to keep the device open. Does nothing when started already. */
  start(setting: SlotSetting<TDriver> | null): void {
    if (this.#stopping) return;
    this.#setting = setting;
    this.#lastAnswer = null;
    if (!setting) {
      this.#become(bareSnapshot('noDevice'));
      return;
    }
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#become(bareSnapshot('starting'));
    this.#life = this.#live(setting, stopping.signal);
  }

  /** Cancels what runs, closes the device and resolves when its line is free. */
  async stop(): Promise<void> {
    this.#stopping?.abort();
    await this.#life;
    this.#stopping = null;
    this.#setting = null;
    this.#become(bareSnapshot('noDevice'));
  }

  /**
   * Runs one command when its turn comes. `not-connected` when the device is away and `busy` when too many commands
   * wait for it (nothing was sent to it then), `cancelled` when the signal was aborted while waiting, `timeout` when
   * the driver did not end it; everything else is what the driver says.
   */
  async run<T>(
    command: (driver: TDriver, signal: AbortSignal) => Promise<Result<T, DeviceError>>,
    options: RunOptions = {},
  ): Promise<Result<T, DeviceError>> {
    const result = await this.#queue.run<Result<T, DeviceError>>(
      () => this.#runNow(command, options),
      (why) =>
        why === 'full'
          ? err({ code: 'busy', detail: 'too many commands wait for this device' })
          : err({ code: 'cancelled', detail: 'cancelled before it was started' }),
      options.signal,
    );
    const failure = causeOf(result);
    if (failure) this.#stats.failed(failure);
    // What the caller did, or what no device has said, is no reason to ask the device how it is.
    if (!result.ok && !['cancelled', 'no-card', 'busy', 'not-connected'].includes(result.error.code)) this.refresh();
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
    { signal, deadlineMs = COMMAND_LIMIT_MS }: RunOptions,
  ): Promise<Result<T, DeviceError>> {
    const line = this.#line;
    const { status, detail } = this.#log.snapshot;
    if (!line || line.gone.signal.aborted || status === 'offline' || status === 'noDevice') {
      return err({ code: 'not-connected', detail: detail === '' ? `no ${this.deviceClass} connected` : detail });
    }
    this.#stats.began();
    const done = await supervise((inner) => command(line.driver, inner), {
      clock: this.#ports.clock,
      gone: line.gone.signal,
      ...(signal ? { cancel: signal } : {}),
      deadlineMs: Math.min(deadlineMs, COMMAND_LIMIT_MS),
      deadlineGraceMs: DEADLINE_GRACE_MS,
      cancelGraceMs: CANCEL_GRACE_MS,
    });
    if (done.ended) {
      if (done.value.ok) this.#lastAnswer = this.#ports.clock.monotonic();
      return done.value;
    }
    if (done.why === 'line-lost') return err({ code: 'line-lost', detail: 'the line went away during the command' });
    this.#giveUp(line, 'the driver did not end a command');
    return err({ code: 'timeout', detail: 'the driver did not end the command' });
  }

  /** The driver or its line hangs: the line is closed and opened anew. */
  #giveUp(line: Line<TDriver>, what: string): void {
    line.hang = what;
    this.#stats.hung();
    line.gone.abort();
  }

  async #live(setting: SlotSetting<TDriver>, stop: AbortSignal): Promise<void> {
    const { clock, random, watchPort } = this.#ports;
    let watched = 0;
    for (let attempt = 0; !stop.aborted; attempt += 1) {
      // Watched from before the try, so that a port that comes back in the middle of it is not missed.
      const watch = watchPort?.(setting.address);
      try {
        const served = await this.#openAndServe(setting, stop).catch(driverFailure);
        if (stop.aborted) break;
        if (served.answered) attempt = watched = 0;
        this.#become(served.now);
        const back = joinSignals([stop, watch?.changed]);
        await clock.sleep(backoffMs(attempt, backoffLimitMs(served.cause), random), back.signal);
        back.release();
        // A port is made first and opened to its users a moment later; one that flaps must not keep us spinning.
        if (watch?.changed.aborted) await clock.sleep(portBackMs(watched, random), stop);
        watched = watch?.changed.aborted ? watched + 1 : 0;
      } finally {
        watch?.stop();
      }
    }
  }

  /** Opens the device once and keeps it until its line is gone. */
  async #openAndServe(setting: SlotSetting<TDriver>, stop: AbortSignal): Promise<Served> {
    const { clock, glyphs } = this.#ports;
    const opened = await this.#openLine(setting.address);
    if (!opened.ok) {
      const now = bareSnapshot('offline', describe(opened.error), faultOf(opened.error.code));
      return { answered: false, cause: opened.error.code, now };
    }
    this.#stats.opened();
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
      driver = setting.definition.create({
        transport,
        clock,
        options: setting.options,
        ledger: this.#ledger,
        ...(glyphs ? { glyphs } : {}),
      });
      forgetEvents = driver.events.subscribe((event) => {
        this.#lastAnswer = clock.monotonic();
        const key = COUNTED_EVENTS[event.type];
        if (key !== undefined) count(this.#ledger, key);
        this.#events.emit(event);
        if (event.type === 'state-changed') this.#nudge.abort();
      });
      const line: Line<TDriver> = { driver, transport, gone, hang: null };
      this.#line = line;
      const answered = await this.#watchHealth(line);
      if (line.hang !== null) {
        return { answered, cause: 'io', now: bareSnapshot('hardwareError', line.hang, 'timeout') };
      }
      if (gone.signal.aborted) {
        return { answered, cause: cause.code, now: bareSnapshot('offline', describe(cause), faultOf(cause.code)) };
      }
      // The same words as before the line is opened anew: it is one and the same trouble, not a new edge each time.
      const { detail, fault } = this.#log.snapshot;
      return { answered, cause: 'silent', now: bareSnapshot('offline', detail, fault) };
    } finally {
      this.#line = null;
      gone.abort();
      forgetEvents();
      forgetClosed();
      stop.removeEventListener('abort', onStop);
      try {
        driver?.dispose();
      } finally {
        await settledWithin(transport.close(), LINE_LIMIT_MS, clock);
      }
    }
  }

  /** Opens the line, but does not wait for ever; what opens too late is closed at once. */
  async #openLine(address: string): Promise<Result<Transport, TransportError>> {
    const { clock, open } = this.#ports;
    const opening = open(address);
    const opened = await settledWithin(opening, LINE_LIMIT_MS, clock);
    if (opened.ended) return opened.value;
    void opening.then(
      (late) => (late.ok ? late.value.close() : undefined),
      () => undefined,
    );
    this.#stats.hung();
    return err({ code: 'io', detail: 'opening the line took too long' });
  }

  /** Probes until the line is gone, or until so many probes were not answered that it should be opened anew. */
  async #watchHealth(line: Line<TDriver>): Promise<boolean> {
    const { clock, random, healthIntervalMs } = this.#ports;
    const gone = line.gone.signal;
    let answered = false;
    let silent = 0;
    let lastProbe = clock.monotonic();
    while (!gone.aborted) {
      const wanted = this.#nudge.signal.aborted;
      this.#nudge = new AbortController();
      const starved = clock.monotonic() - lastProbe >= STARVED_AFTER_INTERVALS * healthIntervalMs;
      // A device that works on a command is evidently there, and the wire is taken.
      if (!this.#queue.busy || silent > 0 || starved || this.#log.snapshot.status === 'starting') {
        const state = await this.#probe(line, starved);
        if (gone.aborted) break;
        if (state === 'yielded') {
          // A command took the line: how it ends says more than the question that made way for it.
          this.#nudge.abort();
          // One that starved and still found no answer in its time: not before every single command again.
          if (starved) lastProbe = clock.monotonic() - (STARVED_AFTER_INTERVALS - 1) * healthIntervalMs;
        } else {
          lastProbe = clock.monotonic();
          if (state.status !== 'offline') {
            answered = true;
            silent = 0;
            this.#lastAnswer = clock.monotonic();
            this.#become(snapshotOf(state));
          } else {
            silent += 1;
            // One lost answer is no fault yet: a device that worked is asked once more at once.
            if (silent === 1 && answered) continue;
            this.#become(bareSnapshot('offline', state.detail, state.fault ?? 'timeout'));
            if (silent >= REOPEN_AFTER_SILENT_PROBES) break;
          }
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

  /** One health question; `yielded` when it made way for a command, or the line went away. */
  #probe(line: Line<TDriver>, urgent: boolean): Promise<DeviceState | 'yielded'> {
    const { clock } = this.#ports;
    return this.#queue.background<DeviceState | 'yielded'>(
      async (yielded) => {
        const asked = clock.monotonic();
        const breakOff = new AbortController();
        const ended = new AbortController();
        const patienceMs = urgent ? STARVED_PATIENCE_MS : YIELD_PATIENCE_MS;
        const patience = (): void => void clock.sleep(patienceMs, ended.signal).then(() => breakOff.abort(ENDED));
        if (yielded.aborted) patience();
        else yielded.addEventListener('abort', patience, { once: true });
        const done = await supervise((signal) => line.driver.probe(signal), {
          clock,
          gone: line.gone.signal,
          cancel: breakOff.signal,
          deadlineMs: PROBE_LIMIT_MS,
          deadlineGraceMs: DEADLINE_GRACE_MS,
          cancelGraceMs: YIELD_GRACE_MS,
        }).finally(() => ended.abort(ENDED));
        if (!done.ended) {
          if (done.why === 'timeout') this.#giveUp(line, 'the driver did not end a question for its health');
          return 'yielded';
        }
        const silent = done.value.status === 'offline';
        if (silent && (yielded.aborted || line.gone.signal.aborted)) return 'yielded';
        this.#stats.probed(silent ? null : clock.monotonic() - asked);
        return done.value;
      },
      'yielded',
      { urgent, signal: line.gone.signal },
    );
  }

  /** Waits, but not longer than until the line is gone or somebody wants the health now. */
  async #pause(ms: number, gone: AbortSignal): Promise<void> {
    const nudge = this.#nudge.signal;
    // A nudge that comes with every failing command must not turn the probing into a busy loop.
    if (nudge.aborted && !gone.aborted) {
      await this.#ports.clock.sleep(BACKOFF_MIN_MS, gone);
      return;
    }
    const either = joinSignals([gone, nudge]);
    await this.#ports.clock.sleep(ms, either.signal);
    either.release();
  }

  #become(next: Snapshot): void {
    this.#stats.became(next.status, this.#ports.clock.monotonic());
    if (this.#log.become(next)) this.#healthChanged.emit(this.health());
  }
}

/** A throw in a driver is a bug, but the kiosk keeps trying and shows it instead of losing the device for good. */
function driverFailure(thrown: unknown): Served {
  const detail = `the driver failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  return { answered: false, cause: 'io', now: bareSnapshot('hardwareError', detail) };
}

function faultOf(code: TransportErrorCode): DeviceErrorCode {
  if (code === 'lost') return 'line-lost';
  return code === 'busy' ? 'busy' : 'not-connected';
}

function describe(error: TransportError): string {
  return `${error.code}: ${error.detail}`;
}
