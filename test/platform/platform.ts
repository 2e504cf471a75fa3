import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ItemPack } from '../../electron/domain/item-pack.ts';
import type { SealingKey } from '../../electron/platform-api/envelope.ts';
import type { Clock } from '../../native/model/clock.ts';
import type { Result } from '../../native/model/result.ts';
import { systemClock } from '../../native/transport/system-clock.ts';
import { Answers } from './answers.ts';
import { CaseDesk } from './cases.ts';
import { PublishedCatalogue, readCatalogue } from './catalogue.ts';
import { FaultSwitches, type Faults } from './faults.ts';
import { readHoldings, type Holdings } from './holdings.ts';
import { OnceOnly } from './idempotency.ts';
import { registerKiosks, type KnownKiosk } from './kiosks.ts';
import { openDatabase, type DatabaseAddress } from './open-database.ts';
import { PickupDesk, type AnnounceError, type NewPickup } from './pickups.ts';
import { loadSealKey } from './seal-key.ts';
import { SealingOffice, type PlatformMessage } from './sealing-office.ts';
import { makeServer } from './server.ts';
import { Uploads } from './uploads.ts';
import { openApiText } from './write-openapi.ts';

export interface PlatformOptions {
  /** Port on 127.0.0.1; 0 (default) takes a free one. */
  readonly port?: number;
  /** `memory` (default) or `pglite:FOLDER` for PGlite, or a PostgreSQL URL. */
  readonly database?: DatabaseAddress;
  /** Schema on a PostgreSQL server. */
  readonly schema?: string;
  readonly kiosks: readonly KnownKiosk[];
  /** Folder with item packs, e.g. `assets/catalogue`. */
  readonly catalogueDir?: string;
  /** Item packs besides those of the folder. */
  readonly items?: readonly ItemPack[];
  readonly clock?: Clock;
  /** False for a platform of the time before batches; true by default. */
  readonly batches?: boolean;
  /** False for a platform that takes no files of cases and says so; true by default. */
  readonly files?: boolean;
  /** Milliseconds until the seal of a new business lies in the locker; 1500 by default. */
  readonly sealDelayMs?: number;
}

/** The central platform, running. Everything behaves as the OpenAPI document says, until `faults` say otherwise. */
export interface ReferencePlatform {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** What kiosks seal to, as a kiosk may be installed with it. */
  readonly sealingKey: SealingKey;
  readonly faults: Faults;
  /** Messages sent so far, the latest 1000. */
  readonly messages: readonly PlatformMessage[];
  /** Calls `listener` for each message from now on; gives back how to end it. */
  onMessage(listener: (message: PlatformMessage) => void): () => void;
  holdings(): Promise<Holdings>;
  announcePickup(
    pickup: NewPickup,
  ): Promise<Result<{ readonly pickupId: string; readonly code: string }, AnnounceError>>;
  /** False when there was nothing to take back. */
  withdrawPickup(pickupId: string): Promise<boolean>;
  publishItems(packs: readonly ItemPack[]): Promise<void>;
  withdrawItem(itemId: string, version: number): Promise<void>;
  stop(): Promise<void>;
}

const MESSAGES_KEPT = 1000;
const DEFAULT_SEAL_DELAY_MS = 1500;

/** Starts the platform on 127.0.0.1. Throws when the address is taken, the store cannot be opened or a pack is none. */
export async function startPlatform(options: PlatformOptions): Promise<ReferencePlatform> {
  const clock = options.clock ?? systemClock;
  const source = options.catalogueDir === undefined ? null : await readCatalogue(options.catalogueDir);
  const database = await openDatabase(options.database ?? 'memory', options.schema);
  try {
    await registerKiosks(database, options.kiosks);
    const catalogue = new PublishedCatalogue(database);
    await catalogue.publish([...(source?.items ?? []), ...(options.items ?? [])], source?.version);
    const sealKey = await loadSealKey(database, clock.now());
    const cases = new CaseDesk(database, catalogue, sealKey, clock, options.sealDelayMs ?? DEFAULT_SEAL_DELAY_MS);
    const pickups = new PickupDesk(database);
    const messages = new MessageLog();
    const office = new SealingOffice({
      database,
      clock,
      cases,
      pickups,
      catalogue,
      send: (sent) => messages.add(sent),
    });
    const seen = new Map<string, number>();
    const switches = new FaultSwitches();
    const answers = new Answers({
      database,
      clock,
      once: new OnceOnly(database),
      cases,
      pickups,
      catalogue,
      sealKey,
      batches: options.batches ?? true,
      files: options.files ?? true,
      onKept: () => office.wake(),
    });
    const uploads = new Uploads({ database, attachments: cases.attachments, onKept: () => office.wake() });
    const listener: Listener = new Listener((request, response) => app.routing(request, response));
    const gone = (): AbortSignal => listener.gone;
    const app = makeServer({ answers, uploads, faults: switches, clock, seen, gone, openApiText: openApiText() });
    await app.ready();
    await listener.listen(options.port ?? 0);
    office.start();
    return {
      url: `http://127.0.0.1:${listener.port}`,
      sealingKey: sealKey.public,
      faults: faultsOf(switches, listener),
      messages: messages.all,
      onMessage: (heard) => messages.subscribe(heard),
      holdings: () => readHoldings(database, cases, seen),
      announcePickup: (pickup) => pickups.announce(pickup, clock.now()),
      async withdrawPickup(pickupId) {
        const withdrawn = await pickups.withdraw(pickupId, clock.now());
        office.wake();
        return withdrawn;
      },
      publishItems: (items) => catalogue.publish(items),
      withdrawItem: (itemId, version) => catalogue.withdraw(itemId, version),
      async stop() {
        await listener.vanish();
        await answers.idle();
        await uploads.idle();
        await app.close();
        await office.stop();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function faultsOf(switches: FaultSwitches, listener: Listener): Faults {
  return {
    slow: (ms, scope = {}) => switches.slow(ms, scope),
    refuse: (what, scope = {}) => switches.set({ kind: 'refuse', what }, scope),
    html: (scope = {}) => switches.set({ kind: 'html' }, scope),
    drop: (when, scope = {}) => switches.set({ kind: 'drop', when }, scope),
    silent: (scope = {}) => switches.set({ kind: 'silent' }, scope),
    twice: (scope = {}) => switches.set({ kind: 'twice' }, scope),
    emptyAnswer: (scope = {}) => switches.set({ kind: 'empty-answer' }, scope),
    vanish: () => listener.vanish(),
    async restore() {
      switches.clear();
      await listener.listen(listener.port);
    },
    state: () => ({ slowMs: switches.slowMs, fault: switches.fault, vanished: !listener.listening }),
  };
}

/** Listens, can be gone, and comes back at the same port. */
class Listener {
  readonly #handler: Parameters<typeof createServer>[1];
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #gone = new AbortController();
  port = 0;

  constructor(handler: NonNullable<Parameters<typeof createServer>[1]>) {
    this.#handler = handler;
  }

  get listening(): boolean {
    return this.#server !== null;
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  async listen(port: number): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer(this.#handler);
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#server = server;
    this.#gone = new AbortController();
    this.port = (server.address() as AddressInfo).port;
  }

  async vanish(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.#gone.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

class MessageLog {
  readonly all: PlatformMessage[] = [];
  readonly #listeners = new Set<(message: PlatformMessage) => void>();

  add(message: PlatformMessage): void {
    this.all.push(message);
    if (this.all.length > MESSAGES_KEPT) this.all.shift();
    for (const listener of this.#listeners) listener(message);
  }

  subscribe(listener: (message: PlatformMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
