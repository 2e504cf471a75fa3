import type { ItemPack } from '../../domain/item-pack.ts';
import type { CaseStatus } from '../../platform-api/messages.ts';
import type { LinkState, StoreChange, StoreError, StorePort, SyncPort } from '../../services/ports.ts';
import type { OpenError, OpenReport, StoreHealth } from '../../store/index.ts';
import type { RunningSync } from '../../sync/index.ts';
import { Emitter } from '../../../native/model/events.ts';
import type { Clock } from '../../../native/model/clock.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import type { SpawnProcess } from './channel.ts';
import type { OpenQueue, QueueHost, QueueOptions, SyncSettings } from './host.ts';
import { AskedCase, type FromQueue } from './protocol.ts';
import { Questions } from './questions.ts';
import { STORE_METHODS, type StoreMethod } from './store-methods.ts';
import { Supervisor } from './supervisor.ts';

type CataloguePiece = Extract<FromQueue, { t: 'catalogue' }>;

/** Store and sync in a process of their own, which is watched and started anew when it dies or hangs. */
export function openSupervised(spawn: SpawnProcess, hangMs?: number): OpenQueue {
  return async (options) => {
    const queue = new SupervisedQueue(options, spawn, hangMs);
    const opened = await queue.open();
    return opened.ok ? ok(queue) : opened;
  };
}

class SupervisedQueue implements QueueHost {
  readonly #options: QueueOptions;
  readonly #supervisor: Supervisor;
  readonly #questions: Questions;
  readonly store: StorePort;
  #report: OpenReport = { kind: 'opened' };
  #health: StoreHealth = { freeBytes: 0, ok: false };
  #sync: { readonly settings: SyncSettings; readonly side: SyncSide } | null = null;
  readonly #changes = new Emitter<StoreChange>();
  /** What has come of a catalogue; null when it is whole. */
  #pieces: { readonly version: number; readonly items: readonly ItemPack[] } | null = null;

  constructor(options: QueueOptions, spawn: SpawnProcess, hangMs: number | undefined) {
    this.#options = options;
    this.#questions = new Questions(options, (message) => this.#supervisor.post(message));
    this.#supervisor = new Supervisor({
      ...options,
      spawn,
      ...(hangMs === undefined ? {} : { hangMs }),
      heard: (message) => {
        if (message.t === 'answer') this.#questions.answered(message.id, message.result);
        else if (message.t === 'changes') for (const change of message.changes) this.#changes.emit(change);
        else if (message.t === 'pong') this.#pong(message);
        else if (message.t === 'link') this.#sync?.side.say(message.link, message.clockOffset, message.files);
        else if (message.t === 'catalogue') this.#catalogue(message);
        else if (message.t === 'log') options.log.event(message.level, message.event, message.detail);
      },
      opened: (report, health, again) => this.#opened(report as unknown as OpenReport, health, again),
      devices: () => this.#sync?.settings.deviceReport() ?? [],
    });
    this.store = this.#storeSide();
  }

  get report(): OpenReport {
    return this.#report;
  }

  open(): Promise<Result<void, OpenError>> {
    return this.#supervisor.start();
  }

  health(): StoreHealth {
    return this.#health;
  }

  startSync(settings: SyncSettings): SyncPort & RunningSync {
    const { clock } = this.#options;
    const side = new SyncSide(clock.now(), {
      clock,
      post: (message) => this.#supervisor.post(message),
      ask: (message) => this.#questions.ask(message, null),
    });
    this.#sync = { settings, side };
    this.#postSync();
    return side;
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop((id) => this.#questions.number(id));
    this.#questions.giveUp('closed');
  }

  #opened(report: OpenReport, health: StoreHealth, again: boolean): void {
    this.#health = health;
    this.#pieces = null;
    if (!again) {
      this.#report = report;
      return;
    }
    this.#options.log.event(report.kind === 'salvaged' ? 'error' : 'warn', 'queue-process-back', { ...report });
    this.#postSync();
    this.#questions.repeat();
    // Whoever shows counts or cases looks again: a change may have gone down with the process.
    this.#changes.emit({ type: 'outbox' });
    this.#changes.emit({ type: 'pickups' });
  }

  #catalogue({ version, items, left }: CataloguePiece): void {
    const before = this.#pieces?.version === version ? this.#pieces.items : [];
    const all = [...before, ...items];
    this.#pieces = left > 0 ? { version, items: all } : null;
    if (left === 0) this.#sync?.settings.onCatalogue(version, all);
  }

  #postSync(): void {
    if (!this.#sync) return;
    const { deviceReport, catalogueVersion, onCatalogue: _onCatalogue, ...rest } = this.#sync.settings;
    const settings = { ...rest, devices: [...deviceReport()], catalogueVersion: catalogueVersion() };
    this.#supervisor.post({ t: 'start-sync', settings });
  }

  #pong(message: {
    health: StoreHealth;
    sync: { state: LinkState; since: number; clockOffset: number; files?: boolean | undefined } | null;
  }): void {
    const before = this.#health.ok;
    this.#health = message.health;
    if (before !== message.health.ok) this.#changes.emit({ type: 'outbox' });
    // A process that has just come back has not looked yet; what the one before saw holds for a moment.
    if (message.sync && this.#supervisor.settled)
      this.#sync?.side.say(message.sync, message.sync.clockOffset, message.sync.files);
  }

  #storeSide(): StorePort {
    const methods = (Object.keys(STORE_METHODS) as StoreMethod[]).map((method) => [
      method,
      (...args: readonly unknown[]) => this.#ask(method, args),
    ]);
    // Each method asks for what the table says of it; see `STORE_METHODS`.
    return {
      ...(Object.fromEntries(methods) as Omit<StorePort, 'changes' | 'close'>),
      changes: this.#changes,
      close: () => this.stop(),
    };
  }

  async #ask(method: StoreMethod, args: readonly unknown[]): Promise<Result<unknown, StoreError>> {
    const { output, repeat } = STORE_METHODS[method];
    const answer = await this.#questions.ask({ t: 'ask', method, args: [...args] }, repeat);
    if (!answer.ok) return answer;
    const value = output.safeParse(answer.value);
    if (value.success) return ok(value.data);
    this.#options.log.event('error', 'queue-answer-malformed', {
      method,
      issue: value.error.issues[0]?.path.join('.'),
    });
    return err({ code: 'unavailable', detail: 'malformed-answer' });
  }
}

/** How the sync's calls get to the process. */
interface SyncLine {
  readonly clock: Clock;
  readonly post: (message: { readonly t: 'wake' | 'kick' }) => void;
  readonly ask: (
    message: { readonly t: 'refresh-pickups' | 'stop-sync' } | { readonly t: 'ask-case'; readonly number: string },
  ) => Promise<Result<unknown, StoreError>>;
}

/** The sync as the main process sees it: what was heard last, and calls that wait for an answer. */
class SyncSide implements SyncPort, RunningSync {
  readonly #line: SyncLine;
  #link: { readonly state: LinkState; readonly since: number };
  #files = true;
  /** Platform time minus steady time (ms): a jump of the kiosk's clock does not touch it. */
  #anchor: number | null = null;
  readonly linkChanges = new Emitter<LinkState>();

  constructor(now: number, line: SyncLine) {
    this.#line = line;
    this.#link = { state: 'down', since: now };
  }

  /** What the process says of the link and of the platform's clock. */
  say(link: { readonly state: LinkState; readonly since: number }, clockOffset: number, files = true): void {
    this.#files = files;
    const changed = link.state !== this.#link.state;
    if (changed) this.#link = link;
    const { clock } = this.#line;
    // 0 is said before the first heartbeat too, and is as good as an answer then.
    this.#anchor = clockOffset === 0 && this.#anchor === null ? null : clockOffset + clock.now() - clock.monotonic();
    if (changed) this.linkChanges.emit(link.state);
  }

  link(): { readonly state: LinkState; readonly since: number } {
    return this.#link;
  }

  takesFiles(): boolean {
    return this.#files;
  }

  clockOffset(): number {
    const { clock } = this.#line;
    return this.#anchor === null ? 0 : Math.round(this.#anchor + clock.monotonic() - clock.now());
  }

  wake(): void {
    this.#line.post({ t: 'wake' });
  }

  kick(): void {
    this.#line.post({ t: 'kick' });
  }

  async refreshPickups(): Promise<void> {
    await this.#line.ask({ t: 'refresh-pickups' });
  }

  async askCase(number: string): Promise<Result<CaseStatus | null, 'unreachable'>> {
    const answer = await this.#line.ask({ t: 'ask-case', number });
    const parsed = AskedCase.safeParse(answer.ok ? answer.value : null);
    return parsed.success ? parsed.data : err('unreachable');
  }

  async stop(): Promise<void> {
    await this.#line.ask({ t: 'stop-sync' });
  }
}
