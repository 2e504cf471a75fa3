import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventName, EventPayload } from '../contract/calls.ts';
import { problem, type Problem } from '../contract/problems.ts';
import type { Handlers } from '../ipc/router.ts';
import type { Catalogue } from '../services/catalogue.ts';
import { correctedNow, type KioskIdentity, type Ports } from '../services/kiosk.ts';
import type { LogPort, StorePort, SyncPort } from '../services/ports.ts';
import { resumePrints } from '../services/receipts.ts';
import { AttachmentFolder, FREE_BYTES_WANTED, takeOverPutBy, verifyInUse, type TakenOver } from '../store/index.ts';
import type { RunningSync } from '../sync/index.ts';
import { hpkeSealer } from '../sync/sealer.ts';
import { Emitter, type EventSource, type Unsubscribe } from '../../native/model/events.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { DeviceStatus } from '../../native/model/device.ts';
import { DeviceManager } from '../../native/manager/device-manager.ts';
import { readSavedSettings } from '../../native/manager/settings.ts';
import type { DeviceHealth } from '../../native/manager/driver-types.ts';
import { watchSystemPorts } from '../../native/transport/port-watch.ts';
import { collectAttachments, resumeDoors } from './after-restart.ts';
import { ClockWatch } from './clock-watch.ts';
import { textOf } from './config/secrets.ts';
import { heartbeatDevice } from './heartbeat-device.ts';
import { Forgetting } from './forgetting.ts';
import { copyPlaces } from './copy-places.ts';
import { DeviceLedgers } from './device-ledgers.ts';
import { createHandlers, healthDtos } from './handlers.ts';
import { kioskDevices } from './kiosk-devices.ts';
import { openInProcess, type QueueHost } from './queue/index.ts';
import { keyRoom, KioskKeys } from './local-keys.ts';
import { isFarClass } from './visit/index.ts';
import { farReaders } from './visit/far-readers.ts';
import { Settings } from './settings.ts';
import { keyFolder } from './settings-key.ts';
import type { AppOptions } from './options.ts';
import { openSettings, recordSettings, written, type OpenedSettings } from './settings-start.ts';
import { readShipped, type Shipped } from './shipped-parts.ts';
import { StartedParts } from './started-parts.ts';
import { takeOverFolder, takeOverPlaces, tellTakenOver } from './take-over.ts';
import { createUseCases, type UseCases } from './use-cases.ts';

/** Something for the screen. */
export type AppEvent = {
  readonly [N in EventName]: { readonly name: N; readonly payload: EventPayload<N> };
}[EventName];

/** The kiosk without its window; runs in plain Node. */
export interface App {
  readonly handlers: Handlers;
  readonly events: EventSource<AppEvent>;
  readonly useCases: UseCases;
  /** Ends the running visit, e.g. when its page died. */
  endVisit(reason: string): void;
  /** Ends the visit, then stops everything in the opposite order of its start; the store is closed last. Never rejects. */
  stop(): Promise<void>;
}

/** How long a change of the queue may wait before the screens hear of the new count, in milliseconds. */
const QUEUE_LOOK_MS = 500;
/** How often disk space and queue are looked at without cause, in milliseconds. */
const LOOK_ROUND_MS = 10_000;

/** States of a device that are nobody's trouble. */
const QUIET: readonly DeviceStatus[] = ['online', 'deviceBusy', 'starting', 'noDevice'];

interface Inner {
  storeUsable: boolean;
  hasSealingKey: boolean;
  waiting: number;
  listReadable: boolean;
}

/**
 * Starts the kiosk. Expected failures (configuration damaged, database not to be used) give the problem that the
 * screen shows instead. Rejects on a bug or a broken build; whatever ran by then is stopped again.
 */
export async function startApp(options: AppOptions): Promise<Result<App, Problem>> {
  const { dataDir, clock, random, log } = options;
  const folder = await written(() => mkdir(dataDir, { recursive: true, mode: 0o700 }), log);
  if (!folder.ok) return folder;
  // The installer may have made it open to others, or own it, which is no reason not to start.
  await chmod(dataDir, 0o700).catch(() => log.event('warn', 'data-folder-not-private'));
  const keys = keyFolder(join(dataDir, 'keys'), random, options.keyWrap, options.keyFile);
  const { firstConfig } = options;
  const config = join(dataDir, 'config');
  const settings = await openSettings({ dir: config, folder: keys, clock, random, log, firstConfig });
  if (!settings.ok) return settings;

  const open = options.openQueue ?? openInProcess;
  // Read while the store opens, which takes longest and is another process's work.
  const reading = readShipped(options);
  // Whoever needs it hears of a broken build; a store that does not open comes first.
  reading.catch(() => undefined);
  // While nobody has the store open.
  const taken = await takeOverPutBy(join(dataDir, 'store'), takeOverFolder(dataDir), { clock, random });
  const local = new KioskKeys({ ...keys, clock, random, log });
  const opened = await open({ dir: join(dataDir, 'store'), clock, random, log, keys: () => local.current });
  if (!opened.ok) {
    log.event('error', 'store-not-opened', { reason: opened.error.code, detail: opened.error.detail });
    return err(
      problem('K103-store-unavailable', { reason: opened.error.code, phone: settings.value.config.kiosk.dutyPhone }),
    );
  }
  const { report } = opened.value;
  log.event(report.kind === 'salvaged' ? 'error' : 'info', 'store-opened', { ...report });
  await tellLoss(opened.value.store, log);
  const parts = new StartedParts(log);
  parts.add('store', () => opened.value.stop());
  try {
    await recordSettings(settings.value, opened.value.store, clock, log);
    if (taken) await tellTakenOver(taken, opened.value.store, clock, log);
    await local.settle(opened.value.store);
    return ok(
      await assemble(
        options,
        settings.value,
        { queue: opened.value, keys: local, shipped: await reading, taken },
        parts,
      ),
    );
  } catch (cause) {
    await parts.stop();
    throw cause;
  }
}

/** What is known to be gone from the store is said at every start, until a technician took note of it. */
async function tellLoss(store: StorePort, log: LogPort): Promise<void> {
  const loss = await store.storeLoss();
  if (!loss.ok || loss.value === null) return;
  const { kind, at, had, has } = loss.value;
  const event = kind === 'witness-lost' ? 'store-witness-lost' : 'store-rolled-back';
  log.event('error', event, { kind, at: new Date(at).toISOString(), had: had?.seq ?? 0, has: has?.seq ?? 0 });
}

/** What is there before devices and use cases. */
interface StartParts {
  readonly queue: QueueHost;
  readonly keys: KioskKeys;
  readonly shipped: Shipped;
  readonly taken: TakenOver | null;
}

/** Starts devices, sync and use cases on an open store; each part is put down in `parts` as soon as it runs. */
async function assemble(
  options: AppOptions,
  opened: OpenedSettings,
  { queue, keys, shipped, taken }: StartParts,
  parts: StartedParts,
): Promise<App> {
  const { assetsDir, clock, random, log } = options;
  const { config } = opened;
  const { store } = queue;
  if (config.platform.sealingKey) {
    const known = await store.sealingKey();
    if (known.ok && known.value === null) await store.saveSealingKey(config.platform.sealingKey);
  }
  const { translate, catalogue, glyphs } = shipped;
  await renewCatalogue(catalogue, store);
  const ledgers = await DeviceLedgers.load(join(options.dataDir, 'devices', 'ledgers.json'), clock, log);
  parts.add('device ledgers', () => ledgers.stop());
  const manager = new DeviceManager({
    clock,
    random,
    open: options.openTransport,
    watchPort: watchSystemPorts,
    ledgerOf: (deviceClass) => ledgers.of(deviceClass),
    registry: options.registry,
    glyphs,
    ...(options.healthIntervalMs === undefined ? {} : { healthIntervalMs: options.healthIntervalMs }),
  });
  // A setting that no longer fits its driver must cost the kiosk neither its start nor its other devices.
  const saved = readSavedSettings(options.registry, config.devices);
  for (const { deviceClass, driver, option } of saved.dropped) {
    log.event('warn', 'device-option-dropped', { deviceClass, driver, option });
  }
  for (const { settings, error } of saved.refused) {
    log.event('error', 'device-settings-refused', {
      deviceClass: settings.deviceClass,
      reason: error.code,
      detail: error.detail,
    });
  }
  const desk = options.desk ?? null;
  const configurable: Pick<DeviceManager, 'configure'> = {
    configure: async (all) => {
      desk?.configure(all.filter(({ deviceClass }) => isFarClass(deviceClass)));
      return manager.configure(desk ? all.filter(({ deviceClass }) => !isFarClass(deviceClass)) : all);
    },
  };
  const configured = await configurable.configure(saved.usable);
  if (!configured.ok) throw new Error(`checked settings were refused: ${configured.error.code}`);
  const settings = new Settings({ ...opened, manager: configurable, registry: options.registry, log });
  // Before the first heartbeat, so that it does not report a kiosk without devices.
  parts.add('devices', () => manager.stop());
  // Edges only, and told by the devices or their lines: nothing of a person is in them.
  const logHealth = ({ deviceClass, status, fault, detail }: DeviceHealth): void =>
    log.event(QUIET.includes(status) ? 'info' : 'warn', 'device-health', { deviceClass, status, fault, detail });
  manager.events.subscribe(({ health }) => logHealth(health));
  desk?.healthChanges.subscribe(logHealth);
  await manager.start();
  const devices = kioskDevices(
    manager,
    () => settings.config.locker?.cells ?? {},
    options.camera,
    desk && farReaders(desk),
  );
  parts.add('device signals', () => devices.dispose());

  const sync = queue.startSync({
    baseUrl: config.platform.baseUrl,
    // Without its credential the kiosk asks nobody; the queue keeps everything until there is one.
    token: textOf(config.platform.token) ?? '',
    ...(opened.closed.length > 0
      ? { settings: 'key-lost' as const }
      : opened.unsealed === null
        ? {}
        : { settings: 'plain' as const }),
    kioskCode: config.kiosk.code,
    version: options.version,
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    deviceReport: () => devices.reports().map(heartbeatDevice),
    catalogueVersion: () => catalogue.version,
    onCatalogue: (version, items) => {
      if (!catalogue.replace(version, items)) return;
      log.event('info', 'catalogue-replaced', { version });
      catalogue.prepare();
    },
  });
  parts.add('sync', () => sync.stop());

  const inner: Inner = { storeUsable: true, hasSealingKey: false, waiting: 0, listReadable: keys.state !== 'lost' };
  const ports: Ports = {
    clock,
    random,
    store,
    sync,
    sealer: options.sealer ?? hpkeSealer,
    devices,
    catalogue,
    space: {
      hasRoom: (bytes = 0) => {
        const { ok: roomy, freeBytes } = queue.health();
        return roomy && (bytes === 0 || freeBytes - bytes >= FREE_BYTES_WANTED);
      },
    },
    log,
    translate,
    kiosk: (): KioskIdentity => settings.config.kiosk,
  };
  await collectAttachments(store, log);
  const places = copyPlaces(options.dataDir);
  const useCases = createUseCases({
    attachmentFiles: new AttachmentFolder(join(options.dataDir, 'store')),
    ports,
    keys: keyRoom({ keys, settings, store, clock }),
    places: { ...places, ...takeOverPlaces(options.dataDir, places, taken) },
    verifyEvidence: () => verifyInUse(join(options.dataDir, 'store')),
    settings,
    inner: () => inner,
    version: options.version,
    development: options.development,
    farReaders: desk !== null,
    workbench: {
      registry: options.registry,
      manager: configurable,
      open: options.openTransport,
      clock,
      settings,
      records: devices,
      assetsDir,
      log,
    },
    ...(desk ? { vault: desk.vault } : {}),
    hall: shipped.hall,
    ...(options.speechEngine ? { speechEngine: options.speechEngine } : {}),
    ...(options.headset ? { headset: options.headset } : {}),
  });
  await useCases.speech.start();
  parts.add('use cases', () => useCases.stop());
  const clockWatch = new ClockWatch({ clock, store, log });
  parts.add('clock watch', () => clockWatch.stop());
  const forgetting = new Forgetting({ clock, store, log, now: () => correctedNow(ports) });
  parts.add('forgetting', () => forgetting.stop());
  const events = new Emitter<AppEvent>();
  const watch = watchChanges({ ports, useCases, events, store, sync, inner });
  parts.add('changes', () => watch.stop());
  await resumePrints(ports);
  const resumed = resumeDoors(useCases, ports, watch.signal);
  parts.add('doors', () => {
    watch.abort();
    return resumed;
  });
  const endVisit = (reason: string): void => {
    const visit = useCases.visits.current;
    if (visit) useCases.visits.end(visit.id, reason);
  };
  if (desk) {
    parts.add('visit desk', () => desk.stop());
    useCases.visits.events.subscribe((event) => {
      if (event.type === 'ended') desk.end();
    });
    desk.start({
      socialSecurity: (itemId) => catalogue.find(itemId)?.alsoSocialSecurityCard === true,
      submit: (request, seal) => useCases.cases.submit(request, seal),
      checkCode: (visitId, code) => useCases.pickups.check(visitId, code),
      files: useCases.attachments,
      cardLeft: () => useCases.cardPlace.former,
      cardFound: (visitId) => {
        if (useCases.visits.current?.id === visitId) useCases.visits.events.emit({ type: 'card-found', visitId });
      },
      died: () => endVisit('restarted'),
    });
  }
  parts.add('visit', () => endVisit('restarted'));
  return { handlers: createHandlers(useCases, options.camera), events, useCases, endVisit, stop: () => parts.stop() };
}

/** Makes it the newest catalogue known: the one the platform sent last, or the shipped one. */
async function renewCatalogue(catalogue: Catalogue, store: StorePort): Promise<void> {
  const known = await store.loadCatalogue();
  if (known.ok && known.value) catalogue.replace(known.value.version, known.value.items);
  catalogue.prepare();
}

interface WatchOptions {
  readonly ports: Ports;
  readonly useCases: UseCases;
  readonly events: Emitter<AppEvent>;
  readonly store: StorePort;
  readonly sync: SyncPort & RunningSync;
  readonly inner: Inner;
}

/** Turns changes of devices, link, queue and visits into events for the screen. */
function watchChanges(options: WatchOptions): {
  readonly signal: AbortSignal;
  abort(): void;
  stop(): Promise<void>;
} {
  const { ports, useCases, events, store, sync, inner } = options;
  const stopping = new AbortController();
  let nudge = new AbortController();
  let queueMoved = new AbortController();
  let lastSent = '';

  const look = async (): Promise<void> => {
    const [counts, key] = [await store.outboxCounts(), await store.sealingKey()];
    const [handed, kept] = [await store.handedOver(), await store.keyReport()];
    // A machine whose queue went to another one takes nothing on.
    inner.storeUsable = counts.ok && handed.ok && handed.value === null;
    if (kept.ok) inner.listReadable = kept.value.state !== 'lost';
    if (counts.ok) inner.waiting = counts.value.waiting;
    if (key.ok) inner.hasSealingKey = key.value !== null;
    const snapshot = useCases.snapshot();
    // How many wait is shown to technicians alone: while a backlog drains, a page would be drawn anew for each look.
    const waitingToSend = useCases.technician.atWork ? snapshot.waitingToSend : 0;
    const compared = JSON.stringify({ ...snapshot, now: '', waitingToSend });
    if (compared === lastSent) return;
    lastSent = compared;
    events.emit({ name: 'kiosk-changed', payload: snapshot });
  };
  const round = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // Made anew before the look: what changes during it deserves another.
      nudge = new AbortController();
      queueMoved = new AbortController();
      const { signal: hurry } = nudge;
      await look();
      await ports.clock.sleep(LOOK_ROUND_MS, AbortSignal.any([hurry, queueMoved.signal, stopping.signal]));
      // A backlog that drains changes the count all the time, and nobody reads along.
      if (!hurry.aborted) await ports.clock.sleep(QUEUE_LOOK_MS, AbortSignal.any([hurry, stopping.signal]));
      // Changes come in bursts (a device goes away, its queue fails): one look for a burst.
      await ports.clock.sleep(30, stopping.signal);
    }
  };
  const running = round();
  /** The scanner's light goes off after each visit; the end of the app waits for the last one. */
  let darkened: Promise<void> = Promise.resolve();
  /** News of cases go out in their order. */
  let told: Promise<void> = Promise.resolve();
  const tellCase = (caseId: string): void => {
    const before = told;
    told = (async () => {
      const standing = useCases.cases.standing(caseId);
      await before;
      const progress = await standing;
      if (progress) events.emit({ name: 'case-changed', payload: progress });
    })();
  };

  const stops: Unsubscribe[] = [
    ports.devices.signals.subscribe((signal) => {
      if (signal.type === 'presence') nudge.abort();
      if (signal.type === 'health') {
        nudge.abort();
        events.emit({ name: 'devices-changed', payload: { devices: healthDtos(ports.devices.reports()) } });
      }
      if (signal.type === 'card') {
        const news = useCases.cardPlace.heard(signal);
        if (signal.change === 'removed') useCases.visits.cardRemoved();
        // A card that lay there all the time, and is only seen again, is nobody's new one.
        if (signal.change === 'moved' || (signal.change !== 'absent' && news)) {
          const visitId = useCases.visits.current?.id ?? null;
          events.emit({ name: 'card-changed', payload: { visitId, change: signal.change } });
        }
      }
      const visitId = useCases.listener();
      if (signal.type === 'code' && signal.text !== null && visitId !== null) {
        events.emit({ name: 'code-scanned', payload: { visitId, text: signal.text } });
      }
    }),
    sync.linkChanges.subscribe(() => nudge.abort()),
    useCases.speech.headset.changes.subscribe(() => nudge.abort()),
    store.changes.subscribe((change) => {
      if (change.type !== 'case') queueMoved.abort();
      else if (useCases.cases.isAwaited(change.caseId)) tellCase(change.caseId);
    }),
    useCases.cardPlace.changes.subscribe(() => nudge.abort()),
    useCases.visits.events.subscribe((event) => {
      if (event.type === 'ended') void useCases.workbench.leave();
      if (event.type === 'begun') useCases.cardPlace.visitBegan();
      if (event.type === 'card-found') {
        useCases.cardPlace.cardFound();
        events.emit({ name: 'card-found', payload: { visitId: event.visitId } });
      } else if (event.type === 'ended') {
        useCases.cardPlace.visitEnded(event.manner);
        useCases.listen(null);
        // The next person's code must not be read by a light that was left on; a scanner that is away has none.
        const dark = ports.devices.triggerScanner(false);
        const before = darkened;
        darkened = (async () => {
          await before;
          await dark;
        })();
        events.emit({ name: 'visit-ended', payload: { visitId: event.visitId } });
      }
    }),
    useCases.pickups.events.subscribe((event) => {
      if (event.type === 'door-changed') {
        events.emit({ name: 'door-changed', payload: { pickupId: event.pickupId, door: event.door } });
      }
    }),
    useCases.ratings.events.subscribe((event) => events.emit({ name: 'rating-given', payload: event })),
  ];
  return {
    signal: stopping.signal,
    abort: () => stopping.abort(),
    async stop() {
      for (const stop of stops) stop();
      stopping.abort();
      await Promise.all([running, darkened, told]);
    },
  };
}
