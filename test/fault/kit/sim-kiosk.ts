import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, type App } from '../../../electron/app/app.ts';
import type { OpenQueue } from '../../../electron/app/queue/index.ts';
import type { CallInput, CallName, CallOutput } from '../../../electron/contract/calls.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import { createRouter, type Router } from '../../../electron/ipc/router.ts';
import { canonicalEnvelope } from '../../../electron/platform-api/canonical.ts';
import type { Envelope } from '../../../electron/platform-api/envelope.ts';
import type { LogPort, Sealer } from '../../../electron/services/ports.ts';
import { startSync } from '../../../electron/sync/index.ts';
import { driverRegistry } from '../../../native/manager/registry.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import type { Dice } from './dice.ts';
import { hash } from './memory-platform.ts';
import { SimLife, type Idle, type SimTime } from './sim-clock.ts';
import type { SimHall } from './sim-hall.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimTrace } from './sim-trace.ts';
import { openKioskStore, type QueueStore } from './store-kit.ts';

const ASSETS = join(import.meta.dirname, '..', '..', '..', 'assets');
const OWN_PAGE = { url: 'app://hall24/index.html', mainFrame: true };

export interface SimKioskOptions {
  readonly dir: string;
  readonly time: SimTime;
  readonly dice: Dice;
  readonly hall: SimHall;
  readonly network: SimNetwork;
  readonly trace: SimTrace;
  readonly pinHash: string;
  readonly publicKey: string;
  readonly healthIntervalMs: number;
  readonly heartbeatMs: number;
  readonly idle: Idle;
}

/** The main process's App in a simulation: it can die at any moment and be started on what its files hold. */
export class SimKiosk {
  readonly #options: SimKioskOptions;
  #life = new SimLife();
  #folder = 0;
  #app: App | null = null;
  #route: Router | null = null;
  #store: (QueueStore & { close(): Promise<void> }) | null = null;
  /** Error of the kiosk's wall clock in milliseconds. */
  clockError = 0;
  /** What must never happen. */
  readonly faults: string[] = [];
  /** SHA-256 of what was sealed, by case. */
  readonly sealed = new Map<string, string>();
  starts = 0;

  constructor(options: SimKioskOptions) {
    this.#options = options;
  }

  get app(): App | null {
    return this.#app;
  }

  get store(): QueueStore | null {
    return this.#store;
  }

  get #dir(): string {
    return join(this.#options.dir, `data-${this.#folder}`);
  }

  /** Starts on the files that are there; the time it took is judged. */
  async start(): Promise<void> {
    const { time, dice, hall, network, trace, pinHash, publicKey, healthIntervalMs, heartbeatMs } = this.#options;
    const life = new SimLife();
    this.#life = life;
    const begun = time.now;
    const clock = time.clock(life, () => this.clockError, this.#options.idle);
    const own = dice.fork();
    const log: LogPort = {
      event: (level, event) => {
        if (!life.over) trace.note(time.now, `log ${level} ${event}`);
        if (!life.over && level === 'error' && FAULTS.has(event)) this.faults.push(event);
      },
      tail: () => [],
    };
    time.busy += 1;
    const started: Result<App, Problem> = await startApp({
      dataDir: this.#dir,
      assetsDir: ASSETS,
      clock,
      random: own,
      log,
      openTransport: hall.open,
      registry: driverRegistry,
      firstConfig: hall.config(pinHash, publicKey),
      version: '0.0.0-sim',
      development: false,
      sealer: this.#sealer(own),
      openQueue: this.#openQueue(life, network),
      healthIntervalMs,
      heartbeatMs,
    }).finally(() => (time.busy -= 1));
    if (life.over) return;
    if (!started.ok) {
      this.faults.push(`does not start: ${started.error.code}`);
      return;
    }
    this.#app = started.value;
    this.starts += 1;
    this.#route = createRouter({
      handlers: started.value.handlers,
      origin: 'app://hall24',
      log: (level, event, detail) => {
        if (level === 'error' && !life.over) this.faults.push(`${event} ${JSON.stringify(detail)}`);
      },
    });
    trace.note(time.now, 'kiosk started');
    if (time.now - begun > 10_000) this.faults.push(`no screen ${time.now - begun} ms after the start`);
  }

  /** kill -9 of the whole kiosk: nothing of it goes on; the next start finds its files as they are. */
  async die(): Promise<void> {
    const { trace, time, hall } = this.#options;
    trace.note(time.now, 'kiosk killed');
    this.#life.end();
    this.#app = null;
    this.#route = null;
    const store = this.#store;
    this.#store = null;
    hall.abandon();
    time.disturb();
    const from = this.#dir;
    this.#folder += 1;
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    const shared = (path: string): boolean => !path.endsWith('-shm');
    for (const name of readdirSync(from)) {
      cpSync(join(from, name), join(this.#dir, name), { recursive: true, filter: shared });
    }
    await store?.close();
  }

  /** An orderly end. */
  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    this.#route = null;
    this.#options.time.busy += 1;
    await app?.stop();
    this.#options.time.busy -= 1;
    this.#life.end();
  }

  /** A call of the screen; null when the kiosk is not there or dies before it answers. */
  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>, Problem> | null> {
    const route = this.#route;
    const life = this.#life;
    if (!route) return null;
    const { time, trace } = this.#options;
    time.busy += 1;
    time.disturb();
    const gone = life.ended.then((): null => null);
    const answer = await Promise.race([route(OWN_PAGE, name, input), gone]).finally(() => (time.busy -= 1));
    if (answer === null || life.over) return null;
    const result = answer as Result<CallOutput<N>, Problem>;
    trace.note(time.now, `${name} ${result.ok ? 'ok' : result.error.code}`);
    return result;
  }

  /** Seals by chance that a seed repeats; what is sealed is noted as the citizen's own copy. */
  #sealer(dice: Dice): Sealer {
    return {
      seal: (key, plaintext, aad): Promise<Envelope> => {
        const mask = dice.bytes(plaintext.length);
        const envelope: Envelope = {
          alg: key.alg,
          kid: key.kid,
          enc: Buffer.from(dice.bytes(32)).toString('base64url'),
          ct: Buffer.from(plaintext.map((byte, at) => byte ^ (mask[at] ?? 0))).toString('base64url'),
        };
        this.sealed.set(aad, hash(canonicalEnvelope(envelope)));
        return Promise.resolve(envelope);
      },
    };
  }

  #openQueue(life: SimLife, network: SimNetwork): OpenQueue {
    return (options) => {
      const { clock, random, keys: held } = options;
      const keys = held?.() ?? null;
      const opened = openKioskStore(options.dir, clock, random, keys ? { keys } : {});
      if (!opened.ok) return Promise.resolve(err(opened.error));
      const { store, report, storeHealth } = opened.value;
      if (report.kind === 'salvaged') this.faults.push(`had to be salvaged: ${report.detail}`);
      this.#store = store;
      return Promise.resolve(
        ok({
          store,
          report,
          health: () => storeHealth(),
          startSync: (settings) => startSync({ ...options, ...settings, store, exchange: network.exchange(life) }),
          stop: () => store.close(),
        }),
      );
    };
  }
}

/** Words of the log that no outside trouble explains. */
const FAULTS: ReadonlySet<string> = new Set(['outbox-fault', 'call-failed', 'answer-malformed', 'outbox-step-failed']);
