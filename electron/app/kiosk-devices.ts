import { err, ok, type Result } from '../../native/model/result.ts';
import { Emitter } from '../../native/model/events.ts';
import type { EventSource } from '../../native/model/events.ts';
import type { DeviceError } from '../../native/model/device.ts';
import type { CellAddress, OpenResult } from '../../native/model/pickup-locker.ts';
import type { PagePrintResult } from '../../native/model/page-printer.ts';
import type { PrintResult } from '../../native/model/receipt-printer.ts';
import type { DeviceManager } from '../../native/manager/device-manager.ts';
import type { Devices, DeviceSignal } from '../services/device-ports.ts';

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

const CARD_CHANGES = { 'card-laid': 'laid', 'card-moved': 'moved', 'card-removed': 'removed' } as const;

/** The device manager in the words of the use cases. A failure in the middle of an act is unknown, never refused. */
export function kioskDevices(
  manager: DeviceManager,
  cells: CellMap,
  camera: CameraGate = NO_CAMERA,
): Devices & { dispose(): void } {
  const signals = new Emitter<DeviceSignal>();
  const reader = manager.idCardReader;
  // A driver that was made anew, after a reconnect or with other settings, does not watch yet.
  const watchCards = (): void => void reader.call(async (driver) => driver.watch?.(true));
  const stops = [
    reader.healthChanged.subscribe(({ status }) => {
      if (status === 'online') watchCards();
    }),
    reader.events.subscribe(({ type }) => signals.emit({ type: 'card', change: CARD_CHANGES[type] })),
    manager.events.subscribe(() => signals.emit({ type: 'health' })),
    manager.codeScanner.events.subscribe((event) => signals.emit({ type: 'code', text: event.text })),
    camera.pictures.subscribe((size) => signals.emit({ type: 'picture', ...size })),
    manager.evaluationKeypad.events.subscribe((event) => signals.emit({ type: 'rating', level: event.level })),
  ];
  const cellAddress = (cell: string): Result<CellAddress, DeviceError> => {
    const address = cells()[cell];
    return address ? ok(address) : err({ code: 'unknown-cell', detail: `cell ${cell} is not in the configuration` });
  };

  return {
    readCard: (options) =>
      manager.idCardReader.run(
        (driver, signal) =>
          driver.readCard({
            deadlineMs: options.deadlineMs,
            signal,
            ...(options.onCardFound ? { onCardFound: options.onCardFound } : {}),
          }),
        options.signal ? { signal: options.signal } : {},
      ),

    readSocialSecurityCard: (options) =>
      manager.slot('social-security-card-reader').run(
        (driver, signal) =>
          driver.readCard({
            deadlineMs: options.deadlineMs,
            signal,
            ...(options.onCardFound ? { onCardFound: options.onCardFound } : {}),
          }),
        options.signal ? { signal: options.signal } : {},
      ),

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
      await manager.codeScanner.call((driver) => driver.trigger(on));
    },

    reports: () =>
      manager.health().map((health) => ({ ...health, driver: health.driver ?? '', address: health.address ?? '' })),

    signals,
    dispose() {
      for (const stop of stops) stop();
    },
  };
}
