import type { LocalKeys, LogPort } from '../../services/ports.ts';
import type { OpenError, StoreHealth } from '../../store/index.ts';
import type { Clock, Random } from '../../../native/model/clock.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import type { Heartbeat } from '../../platform-api/messages.ts';
import type { Channel, SpawnProcess } from './channel.ts';
import { FromQueue, PROTOCOL, type ToQueue } from './protocol.ts';

export interface SupervisorOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  readonly spawn: SpawnProcess;
  /** Silence of an open process after which it is taken for hung, in milliseconds; 15,000 unless told. */
  readonly hangMs?: number;
  /** Local data keys as they are now. */
  readonly keys?: () => LocalKeys | null;
  /** A message of the living process. */
  readonly heard: (message: FromQueue) => void;
  /** The store is open; `again` for a process that took the place of a dead one. */
  readonly opened: (report: { readonly kind: string }, health: StoreHealth, again: boolean) => void;
  /** Sent along with pings when it changed. */
  readonly devices: () => Heartbeat['devices'];
}

const PING_MS = 2_000;
const HANG_MS = 15_000;
/** Opening may have to salvage or migrate a large database. */
const OPEN_MS = 15 * 60_000;
/** First process: deaths before it was open, after which the start is given up. */
const FIRST_TRIES = 4;
const LONGEST_BACKOFF_MS = 10_000;
/** A process that lived this long has earned an immediate restart; its link state is its own by then. */
const SETTLED_MS = 3_000;
const STOP_MS = 4_000;

/**
 * Keeps one queue process alive: starts it, agrees on the protocol, opens the store, pings it, ends it when it is silent
 * for too long, and starts the next one, at once the first time and with growing pauses when it dies again and again.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #channel: Channel | null = null;
  #open = false;
  #everOpened = false;
  #stopping = false;
  #deaths = 0;
  #startedAt = 0;
  #heardAt = 0;
  #lastDevices = '';
  #whenFirst: ((result: Result<void, OpenError>) => void) | null = null;
  #whenGone: (() => void) | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Whether the process has been open long enough to know the link by itself. */
  get settled(): boolean {
    return this.#open && this.#options.clock.monotonic() - this.#startedAt > SETTLED_MS;
  }

  /** Starts the first process; an error of opening ends it. */
  start(): Promise<Result<void, OpenError>> {
    const first = new Promise<Result<void, OpenError>>((resolve) => {
      this.#whenFirst = resolve;
    });
    this.#launch();
    void this.#watch();
    return first;
  }

  /** Sends to the open process; what is sent while there is none is asked again by its sender or not needed. */
  post(message: ToQueue): void {
    if (this.#open) this.#channel?.post(message);
  }

  /** Lets the process close its store and end; kills it when it does not within seconds. */
  async stop(number: (use: (id: number) => void) => void): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const channel = this.#channel;
    if (!channel) return;
    const gone = new Promise<void>((resolve) => {
      this.#whenGone = resolve;
    });
    number((id) => channel.post({ t: 'close', id } satisfies ToQueue));
    const over = new AbortController();
    await Promise.race([gone.finally(() => over.abort()), this.#options.clock.sleep(STOP_MS, over.signal)]);
    channel.kill();
  }

  #launch(): void {
    const { spawn, clock } = this.#options;
    const channel = spawn();
    this.#channel = channel;
    this.#open = false;
    this.#startedAt = this.#heardAt = clock.monotonic();
    this.#lastDevices = '';
    channel.onMessage((message) => {
      if (this.#channel === channel) this.#receive(message, channel);
    });
    channel.onClose((how) => {
      if (this.#channel === channel) this.#died(how);
    });
  }

  #receive(message: unknown, channel: Channel): void {
    const { log, clock } = this.#options;
    this.#heardAt = clock.monotonic();
    const parsed = FromQueue.safeParse(message);
    if (!parsed.success) {
      log.event('error', 'queue-message-malformed', { issue: parsed.error.issues[0]?.path.join('.') });
      return;
    }
    const said = parsed.data;
    if (said.t === 'hello') {
      if (said.protocol !== PROTOCOL) this.#refused({ code: 'unavailable', detail: `protocol ${said.protocol}` });
      else this.#askToOpen(channel);
    } else if (said.t === 'not-opened') this.#refused(said.error);
    else if (said.t === 'opened') {
      this.#open = true;
      this.#startedAt = clock.monotonic();
      const again = this.#everOpened;
      this.#everOpened = true;
      this.#options.opened(said.report, said.health, again);
      this.#settleFirst(ok(undefined));
    } else this.#options.heard(said);
  }

  /** The store cannot be opened. At the first start that is the answer; later it is tried again, the disk may recover. */
  #refused(error: OpenError): void {
    this.#options.log.event('error', 'queue-not-opened', { code: error.code, detail: error.detail });
    if (!this.#everOpened) {
      this.#stopping = true;
      this.#settleFirst(err(error));
    }
    this.#channel?.kill();
  }

  #died(how: string): void {
    this.#channel = null;
    const lived = this.#open ? this.#options.clock.monotonic() - this.#startedAt : 0;
    this.#open = false;
    this.#whenGone?.();
    if (this.#stopping) return;
    this.#deaths = lived > SETTLED_MS ? 1 : this.#deaths + 1;
    this.#options.log.event('error', 'queue-process-died', { how, deaths: this.#deaths });
    if (!this.#everOpened && this.#deaths >= FIRST_TRIES) {
      this.#stopping = true;
      this.#settleFirst(err({ code: 'unavailable', detail: `the queue process dies: ${how}` }));
      return;
    }
    void this.#relaunch();
  }

  async #relaunch(): Promise<void> {
    const pause = this.#deaths === 1 ? 0 : Math.min(100 * 2 ** (this.#deaths - 2), LONGEST_BACKOFF_MS);
    if (pause > 0) await this.#options.clock.sleep(pause);
    if (!this.#stopping) this.#launch();
  }

  #settleFirst(result: Result<void, OpenError>): void {
    this.#whenFirst?.(result);
    this.#whenFirst = null;
  }

  /** Pings, and ends a process that has said nothing for too long. */
  async #watch(): Promise<void> {
    const { clock, log, hangMs = HANG_MS } = this.#options;
    while (!this.#stopping) {
      await clock.sleep(Math.min(PING_MS, hangMs / 4));
      if (!this.#channel || this.#stopping) continue;
      const limit = this.#open ? hangMs : OPEN_MS;
      if (clock.monotonic() - this.#heardAt > limit) {
        log.event('error', 'queue-process-hangs', { silentMs: Math.round(clock.monotonic() - this.#heardAt) });
        this.#channel.kill();
        continue;
      }
      const devices = this.#options.devices();
      const now = JSON.stringify(devices);
      this.post({ t: 'ping', ...(now === this.#lastDevices ? {} : { devices: [...devices] }) });
      this.#lastDevices = now;
    }
  }

  #askToOpen(channel: Channel): void {
    const keys = this.#options.keys?.() ?? null;
    const open: ToQueue = { t: 'open', protocol: PROTOCOL, dir: this.#options.dir, ...(keys ? { keys } : {}) };
    channel.post(open);
  }
}
