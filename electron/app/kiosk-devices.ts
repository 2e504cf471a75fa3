import { err, ok, type Result } from '../../native/model/result.ts';
import { Emitter } from '../../native/model/events.ts';
import type { EventSource, Unsubscribe } from '../../native/model/events.ts';
import type { DeviceError } from '../../native/model/device.ts';
import type { IdCardReaderEvent } from '../../native/model/id-card-reader.ts';
import type { CellAddress, OpenResult } from '../../native/model/pickup-locker.ts';
import type { PagePrintResult } from '../../native/model/page-printer.ts';
import type { Presence } from '../../native/model/presence-sensor.ts';
import type { PrintResult } from '../../native/model/receipt-printer.ts';
import type { DeviceManager } from '../../native/manager/device-manager.ts';
import type { DeviceHealth } from '../../native/manager/driver-types.ts';
import type { DeviceRecords, Devices, DeviceSignal } from '../services/device-ports.ts';
import { FarHistory } from './far-history.ts';

/** Codes that say for sure that nothing was sent to the device. */
const NOTHING_SENT: readonly DeviceError['code'][] = [
  'not-connected',
  'busy',
  'cancelled',
  'unknown-cell',
  'bad-request',
];

/** Name on the door to lock on the bus, from configuration. */
export type CellMap = () => Readonly<Record<string, CellAddress>>;

/** Lets the window use the camera, and tells of the pictures it took. The shell has one; plain Node has no window. */
export interface CameraGate {
  allow(on: boolean): void;
  readonly pictures: EventSource<{ readonly width: number; readonly height: number }>;
}

const NO_CAMERA: CameraGate = { allow: () => undefined, pictures: { subscribe: () => () => undefined } };

/** What happened on a card reader; see `DeviceSignal`. */
export type CardChange = Pick<Extract<DeviceSignal, { readonly type: 'card' }>, 'reader' | 'change'>;

const CARD_CHANGES = { 'card-laid': 'laid', 'card-moved': 'moved', 'card-removed': 'removed' } as const;

/** The readers of people's cards. */
export type CardReaders = Pick<Devices, 'readCard' | 'readSocialSecurityCard'>;

/** Card readers and the code scanner of another process: their health, and a word when it changes. */
export interface FarReaders extends CardReaders {
  health(): readonly DeviceHealth[];
  readonly healthChanges: EventSource<unknown>;
  readonly cardChanges: EventSource<CardChange>;
  /** A code was scanned, of so many characters. */
  readonly scans: EventSource<number>;
  triggerScanner(on: boolean): void;
}

/** The card readers of a manager of this process; null while there is none. */
export function cardReaders(manager: () => DeviceManager | null): CardReaders {
  const none = async (): Promise<Result<never, DeviceError>> => err({ code: 'not-connected', detail: '' });
  return {
    readCard: ({ signal: outer, ...options }) =>
      manager()?.idCardReader.run(
        (driver, signal) => driver.readCard({ ...options, signal }),
        outer ? { signal: outer } : {},
      ) ?? none(),
    readSocialSecurityCard: ({ signal: outer, ...options }) =>
      manager()
        ?.slot('social-security-card-reader')
        .run((driver, signal) => driver.readCard({ ...options, signal }), outer ? { signal: outer } : {}) ?? none(),
  };
}

/** A driver as far as cards are watched on it; only readers of identity cards have to be told to look. */
interface CardDriver {
  watch?(on: boolean): void;
  probe(): Promise<unknown>;
}

/** Lets the readers tell of cards that come and go, whenever they work; nothing of a card is read. */
export function watchCards(manager: DeviceManager, changed: (change: CardChange) => void): readonly Unsubscribe[] {
  const idCards = manager.idCardReader;
  const chipCards = manager.slot('social-security-card-reader');
  const watched = new Map<CardChange['reader'], { readonly driver: CardDriver; lies: boolean }>();
  /** A driver that was made anew, after a reconnect or with other settings, does not watch yet and knows of no card. */
  const look = async (reader: CardChange['reader'], driver: CardDriver): Promise<void> => {
    if (watched.get(reader)?.driver === driver) return;
    const now = { driver, lies: false };
    watched.set(reader, now);
    driver.watch?.(true);
    // Its first look comes before this answer.
    await driver.probe();
    if (watched.get(reader) === now && !now.lies) changed({ reader, change: 'absent' });
  };
  const heard = (reader: CardChange['reader'], event: IdCardReaderEvent): void => {
    const now = watched.get(reader);
    // A reader that was opened anew cannot say that the card before was taken, until it sees another one laid down.
    if (event.type === 'card-laid' && event.anew && !now?.lies) changed({ reader, change: 'removed' });
    if (now) now.lies = event.type === 'card-laid';
    changed({ reader, change: CARD_CHANGES[event.type] });
  };
  return [
    idCards.healthChanged.subscribe(({ status }) => {
      if (status === 'online') void idCards.call((driver) => look('id-card-reader', driver));
    }),
    idCards.events.subscribe((event) => heard('id-card-reader', event)),
    chipCards.healthChanged.subscribe(({ status }) => {
      if (status === 'online') void chipCards.call((driver) => look('social-security-card-reader', driver));
    }),
    chipCards.events.subscribe((event) => heard('social-security-card-reader', event)),
  ];
}

/** Tells who comes and leaves; a sensor that is away is believed no longer. */
export function watchPresence(manager: DeviceManager, changed: (presence: Presence) => void): readonly Unsubscribe[] {
  const sensor = manager.slot('presence-sensor');
  return [
    sensor.events.subscribe((event) => {
      if (event.type === 'presence-changed') changed(event.presence);
    }),
    sensor.healthChanged.subscribe(({ status }) => {
      if (status !== 'online') changed('unknown');
    }),
  ];
}

/**
 * The device manager in the words of the use cases. A failure in the middle of an act is unknown, never refused.
 * @param far card readers of another process, in the place of the manager's own
 */
export function kioskDevices(
  manager: DeviceManager,
  cells: CellMap,
  camera: CameraGate = NO_CAMERA,
  far: FarReaders | null = null,
): Devices & DeviceRecords & { dispose(): void } {
  const readers: CardReaders = far ?? cardReaders(() => manager);
  const signals = new Emitter<DeviceSignal>();
  let presence: Presence = 'unknown';
  const onCard = (change: CardChange): void => signals.emit({ type: 'card', ...change });
  const stops = [
    ...(far ? [far.cardChanges.subscribe(onCard)] : watchCards(manager, onCard)),
    manager.events.subscribe(() => signals.emit({ type: 'health' })),
    ...(far ? [far.healthChanges.subscribe(() => signals.emit({ type: 'health' }))] : []),
    ...(far
      ? [far.scans.subscribe((length) => signals.emit({ type: 'code', text: null, length }))]
      : [
          manager.codeScanner.events.subscribe(({ text }) =>
            signals.emit({ type: 'code', text, length: [...text].length }),
          ),
        ]),
    camera.pictures.subscribe((size) => signals.emit({ type: 'picture', ...size })),
    ...watchPresence(manager, (now) => {
      if (now === presence) return;
      presence = now;
      signals.emit({ type: 'presence', presence });
    }),
    manager.evaluationKeypad.events.subscribe((event) => signals.emit({ type: 'rating', level: event.level })),
  ];
  const elsewhere = new FarHistory(far);
  const cellAddress = (cell: string): Result<CellAddress, DeviceError> => {
    const address = cells()[cell];
    return address ? ok(address) : err({ code: 'unknown-cell', detail: `cell ${cell} is not in the configuration` });
  };

  const allHealth = (): readonly DeviceHealth[] => {
    const elsewhere = far?.health() ?? [];
    return manager
      .health()
      .map((health) => elsewhere.find(({ deviceClass }) => deviceClass === health.deviceClass) ?? health);
  };

  return {
    readCard: readers.readCard,
    readSocialSecurityCard: readers.readSocialSecurityCard,

    async printPdf({ signal: outer, ...options }): Promise<PagePrintResult> {
      const result = await manager
        .slot('page-printer')
        .call((driver, signal) => driver.printPdf({ ...options, signal }), outer ? { signal: outer } : {});
      if (result.ok) return result.value;
      const outcome = NOTHING_SENT.includes(result.error.code) ? 'not-printed' : 'unknown';
      return { outcome, cause: result.error, jobId: null };
    },

    allowCamera: (on) => camera.allow(on),

    async print(document, how): Promise<PrintResult> {
      const result = await manager.receiptPrinter.call((driver, signal) => driver.print(document, signal, how));
      if (result.ok) return result.value;
      return { outcome: NOTHING_SENT.includes(result.error.code) ? 'not-printed' : 'unknown', cause: result.error };
    },

    async openDoor(cell): Promise<OpenResult> {
      const address = cellAddress(cell);
      if (!address.ok) return { outcome: 'refused', cause: address.error };
      const result = await manager.pickupLocker.call((driver, signal) => driver.openDoor(address.value, signal));
      if (result.ok) return result.value;
      return { outcome: NOTHING_SENT.includes(result.error.code) ? 'refused' : 'unknown', cause: result.error };
    },

    async readDoor(cell) {
      const address = cellAddress(cell);
      if (!address.ok) return address;
      return manager.pickupLocker.run((driver, signal) => driver.readDoor(address.value, signal));
    },

    async inviteRating(on) {
      await manager.evaluationKeypad.call((driver) => driver.invite(on));
    },

    async triggerScanner(on) {
      if (far) return far.triggerScanner(on);
      await manager.codeScanner.call((driver) => driver.trigger(on));
    },

    presence: () => presence,

    reports: () =>
      allHealth().map((health) => ({ ...health, driver: health.driver ?? '', address: health.address ?? '' })),

    history: (deviceClass) => elsewhere.of(deviceClass) ?? manager.history(deviceClass),

    async paperReplaced() {
      const told = await manager.receiptPrinter.call(async (driver) => {
        driver.paperReplaced?.();
        return driver.paperReplaced !== undefined;
      });
      return told.ok && told.value;
    },

    signals,
    dispose() {
      elsewhere.stop();
      for (const stop of stops) stop();
    },
  };
}
