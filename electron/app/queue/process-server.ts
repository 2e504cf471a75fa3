import type { ItemPack } from '../../domain/item-pack.ts';
import type { Heartbeat } from '../../platform-api/messages.ts';
import type { LogPort, StoreChange, SyncPort } from '../../services/ports.ts';
import { openStore, type OpenedStore } from '../../store/index.ts';
import type { RunningSync } from '../../sync/index.ts';
import type { Clock, Random } from '../../../native/model/clock.ts';
import { err, type Result } from '../../../native/model/result.ts';
import type { StoreError } from '../../services/ports.ts';
import { placeOf } from '../../ipc/error-place.ts';
import type { Channel } from './channel.ts';
import { PROTOCOL, ToQueue, type FromQueue } from './protocol.ts';
import { STORE_METHODS } from './store-methods.ts';

/** The other side has sent nothing for this long (ms): it is gone without a word, and a new one may want the files. */
const ORPHAN_MS = 60_000;

/** Exit code of a process in which a call threw. */
const THREW = 4;
/** What was said last leaves within this, in milliseconds. */
const LAST_WORDS_MS = 50;

/** Items of a catalogue in one message: some milliseconds of checking for whoever takes it. */
const ITEMS_A_PIECE = 50;

/** What the process needs of its surroundings. */
export interface ProcessOptions {
  readonly channel: Pick<Channel, 'post' | 'onMessage' | 'onClose'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends this process. */
  readonly exit: (code: number) => void;
  /** How long the sync waits before it is loaded, in milliseconds; it goes on at once unless told. */
  readonly syncAfterMs?: number;
}

type Ask = Extract<ToQueue, { t: 'ask' }>;
type Settings = Extract<ToQueue, { t: 'start-sync' }>['settings'];

/** Serves store and sync over a channel until it is closed or told to end. What it holds of payloads is sealed. */
export function serveQueue(options: ProcessOptions): void {
  const { channel } = options;
  const server = new QueueServer(options);
  channel.onMessage((message) => server.receive(message));
  channel.onClose(() => void server.end());
  server.greet();
}

class QueueServer {
  readonly #options: ProcessOptions;
  readonly #log: LogPort;
  #opened: OpenedStore | null = null;
  #check: { stop(): Promise<void> } | null = null;
  #sync: (SyncPort & RunningSync) | null = null;
  /** Settles when the sync that was asked for runs. */
  #starting: Promise<void> | null = null;
  #devices: Heartbeat['devices'] = [];
  #catalogueVersion = 0;
  #changes: StoreChange[] = [];
  #heardAt: number;
  #ending = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#heardAt = options.clock.monotonic();
    this.#log = {
      event: (level, event, detail = {}) => this.#say({ t: 'log', level, event, detail: { ...detail } }),
      tail: () => [],
    };
  }

  greet(): void {
    this.#say({ t: 'hello', protocol: PROTOCOL });
    void this.#watchOver();
  }

  receive(message: unknown): void {
    this.#heardAt = this.#options.clock.monotonic();
    const parsed = ToQueue.safeParse(message);
    if (!parsed.success) {
      this.#log.event('error', 'queue-message-malformed', { issue: parsed.error.issues[0]?.path.join('.') });
      const id = (message as { readonly id?: unknown } | null)?.id;
      if (typeof id === 'number') this.#answer(id, malformed());
      return;
    }
    this.#handle(parsed.data);
  }

  /** Closes what is open and ends the process. */
  async end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    await this.#close();
    this.#options.exit(0);
  }

  #handle(message: ToQueue): void {
    switch (message.t) {
      case 'open':
        return this.#open(message);
      case 'ask':
        return this.#ask(message);
      case 'start-sync':
        this.#starting ??= this.#startSync(message.settings);
        return;
      case 'wake':
        return this.#sync?.wake();
      case 'kick':
        return this.#sync?.kick();
      case 'refresh-pickups':
        void this.#refreshPickups().then(() => this.#answer(message.id, { ok: true, value: null }));
        return;
      case 'ask-case':
        void this.#askCase(message.number).then((value) => this.#answer(message.id, { ok: true, value }));
        return;
      case 'stop-sync':
        void this.#stopSync().then(() => this.#answer(message.id, { ok: true, value: null }));
        return;
      case 'close':
        void this.#close().then(() => {
          this.#answer(message.id, { ok: true, value: null });
          this.#exitSoon(0);
        });
        return;
      case 'ping':
        if (message.devices) this.#devices = message.devices;
        return this.#pong();
    }
  }

  #open(message: Extract<ToQueue, { t: 'open' }>): void {
    if (message.protocol !== PROTOCOL) {
      return this.#say({ t: 'not-opened', error: { code: 'unavailable', detail: `protocol ${message.protocol}` } });
    }
    const { clock, random } = this.#options;
    const opened = openStore({
      dir: message.dir,
      clock,
      random,
      ...(message.keys ? { keys: message.keys } : {}),
    });
    if (!opened.ok) return this.#say({ t: 'not-opened', error: opened.error });
    this.#opened = opened.value;
    const { store, report } = opened.value;
    store.changes.subscribe((change) => this.#changed(change));
    this.#check = opened.value.startCheck(clock, (found) => this.#log.event('info', 'store-checked', { ...found }));
    // A damaged file is not worked on: the next process finds the mark, salvages it and takes over what waits for an answer.
    opened.value.onDamage((detail) => {
      this.#log.event('error', 'store-damaged', { detail });
      setImmediate(() => this.#options.exit(3));
    });
    this.#say({ t: 'opened', report: { ...report }, health: opened.value.storeHealth() });
  }

  #ask({ id, method, args, command }: Ask): void {
    const store = this.#opened?.store;
    if (!store) return this.#answer(id, err({ code: 'unavailable', detail: 'not-open' }));
    const input = STORE_METHODS[method].input.safeParse(args);
    if (!input.success) {
      this.#log.event('error', 'queue-call-malformed', { method, issue: input.error.issues[0]?.path.join('.') });
      return this.#answer(id, malformed());
    }
    // The table says that these arguments fit this method; the compiler cannot follow that through the union.
    const call = store[method] as (...args: readonly unknown[]) => Promise<Result<unknown, StoreError>>;
    const run = (): Promise<Result<unknown, StoreError>> => call.apply(store, input.data);
    void (command === null ? run() : store.asCommand(command, run)).then(
      (result) => {
        this.#flush();
        this.#answer(id, result);
      },
      (thrown: unknown) => {
        this.#log.event('error', 'queue-call-threw', { method, place: placeOf(thrown) });
        // Answered first: the next process would be asked the same again, and end by it as well.
        this.#answer(id, err({ code: 'unavailable', detail: 'threw' }));
        this.#exitSoon(THREW);
      },
    );
  }

  async #startSync(settings: Settings): Promise<void> {
    // Loaded only now: its HTTP client takes longer to load than the store to open, and nobody waits for the line.
    const { syncAfterMs = 0 } = this.#options;
    if (syncAfterMs > 0) await this.#options.clock.sleep(syncAfterMs);
    const { startSync } = await import('../../sync/index.ts');
    if (!this.#opened || this.#ending) return;
    const { devices, catalogueVersion, ...rest } = settings;
    this.#devices = devices;
    this.#catalogueVersion = catalogueVersion;
    const sync = startSync({
      ...rest,
      ...this.#options,
      log: this.#log,
      store: this.#opened.store,
      deviceReport: () => this.#devices,
      catalogueVersion: () => this.#catalogueVersion,
      onCatalogue: (version, items) => {
        this.#catalogueVersion = version;
        void this.#sayCatalogue(version, items);
      },
    });
    this.#sync = sync;
    sync.linkChanges.subscribe(() =>
      this.#say({ t: 'link', link: sync.link(), clockOffset: sync.clockOffset(), files: sync.takesFiles?.() ?? true }),
    );
  }

  #exitSoon(code: number): void {
    const { clock, exit } = this.#options;
    void clock.sleep(LAST_WORDS_MS).then(() => exit(code));
  }

  async #sayCatalogue(version: number, items: readonly ItemPack[]): Promise<void> {
    for (let at = 0; at < items.length; at += ITEMS_A_PIECE) {
      // A newer one begins anew; other messages go between the pieces.
      if (at > 0) await this.#options.clock.sleep(0);
      if (this.#ending || version !== this.#catalogueVersion) return;
      const piece = items.slice(at, at + ITEMS_A_PIECE);
      this.#say({ t: 'catalogue', version, items: piece, left: items.length - at - piece.length });
    }
  }

  async #refreshPickups(): Promise<void> {
    await this.#starting;
    await this.#sync?.refreshPickups();
  }

  async #askCase(number: string): ReturnType<SyncPort['askCase']> {
    await this.#starting;
    return this.#sync ? this.#sync.askCase(number) : err('unreachable');
  }

  async #stopSync(): Promise<void> {
    await this.#starting;
    this.#starting = null;
    const sync = this.#sync;
    this.#sync = null;
    await sync?.stop();
  }

  async #close(): Promise<void> {
    await this.#stopSync();
    await this.#check?.stop();
    await this.#opened?.store.close();
  }

  #pong(): void {
    const health = this.#opened?.storeHealth() ?? { freeBytes: 0, ok: false };
    const sync = this.#sync
      ? { ...this.#sync.link(), clockOffset: this.#sync.clockOffset(), files: this.#sync.takesFiles?.() ?? true }
      : null;
    this.#say({ t: 'pong', health, sync });
  }

  /** Changes of one commit come one by one; they leave together. */
  #changed(change: StoreChange): void {
    if (this.#changes.length === 0) setImmediate(() => this.#flush());
    this.#changes.push(change);
  }

  #flush(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    this.#changes = [];
    this.#say({ t: 'changes', changes });
  }

  #answer(id: number, result: Result<unknown, StoreError>): void {
    this.#say({ t: 'answer', id, result });
  }

  #say(message: FromQueue): void {
    this.#options.channel.post(message);
  }

  async #watchOver(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#ending) {
      await clock.sleep(ORPHAN_MS / 4);
      if (clock.monotonic() - this.#heardAt > ORPHAN_MS) await this.end();
    }
  }
}

function malformed(): { readonly ok: false; readonly error: StoreError } {
  return err({ code: 'unavailable', detail: 'malformed-call' });
}
