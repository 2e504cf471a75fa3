import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type App, type AppEvent } from '../../electron/app/app.ts';
import { createLog } from '../../electron/app/log.ts';
import type { OpenQueue } from '../../electron/app/queue/index.ts';
import { createRouter } from '../../electron/ipc/router.ts';
import type { CallInput, CallName, CallOutput, EventName, EventPayload } from '../../electron/contract/calls.ts';
import type { Problem } from '../../electron/contract/problems.ts';
import type { LogPort } from '../../electron/services/ports.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import type { Clock } from '../../native/model/clock.ts';
import type { Result } from '../../native/model/result.ts';
import { openTransport } from '../../native/transport/open.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { startStack, type Stack, type StackOptions } from '../dev/stack.ts';

export const ASSETS = join(import.meta.dirname, '..', '..', 'assets');
const OWN_PAGE = { url: 'app://hall24/index.html', mainFrame: true };

/** The main process's App in plain Node, called as a screen calls it, between simulators and platform. */
export class TestKiosk {
  readonly stack: Stack;
  readonly #dir: string;
  #app: App | null = null;
  #log: LogPort | null = null;
  #route: ReturnType<typeof createRouter> | null = null;
  readonly seen: AppEvent[] = [];
  /** Where store and sync run at the next start; in this process unless told. */
  openQueue: OpenQueue | null = null;
  /** The kiosk's clock at the next start. */
  clock: Clock = systemClock;
  /** Faults in the log since the start: a handler that threw, an answer that breaks the contract. */
  readonly bugs: string[] = [];

  private constructor(stack: Stack, dir: string) {
    this.stack = stack;
    this.#dir = dir;
  }

  static async start(options: Partial<StackOptions> = {}): Promise<TestKiosk> {
    const kiosk = await TestKiosk.prepare(options);
    await kiosk.open();
    return kiosk;
  }

  /** Simulators and platform, and an App that is not started yet. */
  static async prepare(options: Partial<StackOptions> = {}): Promise<TestKiosk> {
    const dir = await mkdtemp(join(tmpdir(), 'h24-'));
    return new TestKiosk(await startStack({ dir, assetsDir: ASSETS, ...options }), dir);
  }

  get app(): App {
    if (!this.#app) throw new Error('the kiosk is not running');
    return this.#app;
  }

  /** Starts the App on the data that is there. */
  async open(): Promise<void> {
    const started = await this.tryOpen();
    if (!started.ok) throw new Error(`the kiosk did not start: ${started.error.code}`);
  }

  /** @param dataDir folder of the data, for a start somewhere else */
  async tryOpen(dataDir = this.stack.dataDir): Promise<Result<App, Problem>> {
    const log = createLog({ path: join(dataDir, 'logs', 'kiosk.log'), clock: systemClock });
    this.#log = log;
    const started = await startApp({
      dataDir,
      assetsDir: ASSETS,
      clock: this.clock,
      random: systemRandom,
      log,
      openTransport,
      registry: driverRegistry,
      firstConfig: this.stack.config,
      version: '0.0.0-test',
      development: true,
      heartbeatMs: 400,
      healthIntervalMs: 500,
      ...(this.openQueue ? { openQueue: this.openQueue } : {}),
    });
    if (started.ok) {
      this.#app = started.value;
      started.value.events.subscribe((event) => this.seen.push(event));
      this.#route = createRouter({
        handlers: started.value.handlers,
        origin: 'app://hall24',
        log: (level, event, detail) => {
          if (level === 'error') this.bugs.push(`${event} ${JSON.stringify(detail)}`);
        },
      });
    }
    return started;
  }

  /** Stops the App only; simulators and platform stay. */
  async close(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    this.#route = null;
    await app?.stop();
  }

  async stop(): Promise<void> {
    await this.close();
    await this.stack.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** Log of the last start. */
  logTail(): ReturnType<LogPort['tail']> {
    return this.#log?.tail(500) ?? [];
  }

  /** A call through the router, checked like any call of the page. */
  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>, Problem>> {
    if (!this.#route) throw new Error('the kiosk is not running');
    return (await this.#route(OWN_PAGE, name, input)) as Result<CallOutput<N>, Problem>;
  }

  /** A call that must succeed. */
  async must<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const answer = await this.call(name, input);
    if (!answer.ok) throw new Error(`${name} gave ${answer.error.code} ${JSON.stringify(answer.error.params)}`);
    return answer.value;
  }

  /** Events of one name so far. */
  events<N extends EventName>(name: N): readonly EventPayload<N>[] {
    return this.seen.filter((event) => event.name === name).map((event) => event.payload as EventPayload<N>);
  }

  /** Waits until every device that the kiosk has answers. */
  async devicesReady(): Promise<void> {
    await until('all devices online', () =>
      this.app.useCases.devices.reports().every(({ status }) => status === 'online' || status === 'noDevice'),
    );
  }

  /** Waits until the kiosk says what it is asked. */
  async link(state: 'up' | 'down'): Promise<void> {
    await until(`link ${state}`, async () => (await this.must('kiosk.snapshot', {})).network.state === state);
  }

  /** Waits until nothing is left to send. */
  async drained(): Promise<void> {
    await until('outbox empty', async () => {
      // The snapshot's count follows a moment later; this is the store's own.
      const outbox = await this.app.useCases.technician.outbox();
      return outbox.ok && outbox.value.waiting === 0;
    });
  }
}

/** Waits until something holds; `what` names it in the failure. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come true within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
