import type { Clock, Random } from '../model/clock.ts';
import type { IdCardReader, IdCardReaderEvent } from '../model/id-card-reader.ts';
import type { ReceiptPrinter, ReceiptPrinterEvent } from '../model/receipt-printer.ts';
import type { PickupLocker, PickupLockerEvent } from '../model/pickup-locker.ts';
import type { EvaluationKeypad, EvaluationKeypadEvent } from '../model/evaluation-keypad.ts';
import type { CodeScanner, CodeScannerEvent } from '../model/code-scanner.ts';
import type { DeviceClass, DeviceDriver } from '../model/device.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { Emitter } from '../model/events.ts';
import type { EventSource } from '../model/events.ts';
import { ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportOpener } from '../model/transport.ts';
import { DeviceSlot } from './device-slot.ts';
import type { SlotPorts } from './device-slot.ts';
import type { DeviceHealth, DeviceSettings, DriverRegistry, HealthEdge } from './driver-types.ts';
import { validateAllSettings } from './settings.ts';
import type { SettingsError } from './settings.ts';

export interface DeviceManagerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly open: TransportOpener;
  readonly registry: DriverRegistry;
  /** Time between two health probes of a device that works, in milliseconds. Default 5,000. */
  readonly healthIntervalMs?: number;
}

/** Something that happened to the devices as a whole. What a device tells is on its slot's `events`. */
export type DeviceManagerEvent = { readonly type: 'health-changed'; readonly health: DeviceHealth };

/** The slot type of each class. */
export interface SlotOfClass {
  readonly 'id-card-reader': DeviceSlot<IdCardReaderEvent, IdCardReader>;
  readonly 'receipt-printer': DeviceSlot<ReceiptPrinterEvent, ReceiptPrinter>;
  readonly 'pickup-locker': DeviceSlot<PickupLockerEvent, PickupLocker>;
  readonly 'evaluation-keypad': DeviceSlot<EvaluationKeypadEvent, EvaluationKeypad>;
  readonly 'code-scanner': DeviceSlot<CodeScannerEvent, CodeScanner>;
}

/** All devices of the kiosk: one slot a class, settings that can change while running, health. */
export class DeviceManager {
  readonly idCardReader: SlotOfClass['id-card-reader'];
  readonly receiptPrinter: SlotOfClass['receipt-printer'];
  readonly pickupLocker: SlotOfClass['pickup-locker'];
  readonly evaluationKeypad: SlotOfClass['evaluation-keypad'];
  readonly codeScanner: SlotOfClass['code-scanner'];
  readonly #events = new Emitter<DeviceManagerEvent>();
  readonly #registry: DriverRegistry;
  readonly #keepers: readonly SlotKeeper[];
  #started = false;
  #settings: readonly DeviceSettings[] = [];
  /** Changes run one after the other. */
  #changes: Promise<void> = Promise.resolve();

  constructor(options: DeviceManagerOptions) {
    const ports: SlotPorts = { ...options, healthIntervalMs: options.healthIntervalMs ?? 5_000 };
    this.#registry = options.registry;
    this.idCardReader = new DeviceSlot('id-card-reader', ports);
    this.receiptPrinter = new DeviceSlot('receipt-printer', ports);
    this.pickupLocker = new DeviceSlot('pickup-locker', ports);
    this.evaluationKeypad = new DeviceSlot('evaluation-keypad', ports);
    this.codeScanner = new DeviceSlot('code-scanner', ports);
    const { registry } = options;
    this.#keepers = [
      keeper(this.idCardReader, registry['id-card-reader']),
      keeper(this.receiptPrinter, registry['receipt-printer']),
      keeper(this.pickupLocker, registry['pickup-locker']),
      keeper(this.evaluationKeypad, registry['evaluation-keypad']),
      keeper(this.codeScanner, registry['code-scanner']),
    ];
    for (const { healthChanged } of this.#keepers) {
      healthChanged.subscribe((health) => this.#events.emit({ type: 'health-changed', health }));
    }
  }

  get events(): EventSource<DeviceManagerEvent> {
    return this.#events;
  }

  /** The settings in force, options filled in. */
  get settings(): readonly DeviceSettings[] {
    return this.#settings;
  }

  /**
   * Takes the settings of the whole kiosk. Bad ones change nothing. Devices whose settings are the same stay open;
   * the others are closed first and opened after, so that two devices can swap their ports.
   */
  async configure(all: readonly DeviceSettings[]): Promise<Result<void, SettingsError>> {
    const checked = validateAllSettings(this.#registry, all);
    if (!checked.ok) return checked;
    await this.#change(async () => {
      const before = this.#settings;
      this.#settings = checked.value;
      if (!this.#started) return;
      const changed = this.#keepers.filter(
        ({ deviceClass }) => !sameSettings(of(before, deviceClass), of(checked.value, deviceClass)),
      );
      await Promise.all(changed.map((one) => one.stop()));
      for (const one of changed) one.start(of(checked.value, one.deviceClass));
    });
    return ok(undefined);
  }

  /** Opens all configured devices; does not wait until they answer. */
  async start(): Promise<void> {
    await this.#change(async () => {
      if (this.#started) return;
      this.#started = true;
      for (const one of this.#keepers) one.start(of(this.#settings, one.deviceClass));
    });
  }

  /** Cancels running commands and closes all devices; resolves when every line is free. */
  async stop(): Promise<void> {
    await this.#change(async () => {
      if (!this.#started) return;
      this.#started = false;
      await Promise.all(this.#keepers.map((one) => one.stop()));
    });
  }

  /** State of every class, in the order of `DEVICE_CLASSES`. */
  health(): readonly DeviceHealth[] {
    return this.#keepers.map((one) => one.health());
  }

  /** The last 100 changes of one device, oldest first. */
  history(deviceClass: DeviceClass): readonly HealthEdge[] {
    return this.#keepers.find((one) => one.deviceClass === deviceClass)?.history() ?? [];
  }

  /** The slot of a class. */
  slot<C extends DeviceClass>(deviceClass: C): SlotOfClass[C] {
    const slots: SlotOfClass = {
      'id-card-reader': this.idCardReader,
      'receipt-printer': this.receiptPrinter,
      'pickup-locker': this.pickupLocker,
      'evaluation-keypad': this.evaluationKeypad,
      'code-scanner': this.codeScanner,
    };
    return slots[deviceClass];
  }

  async #change(work: () => Promise<void>): Promise<void> {
    const mine = this.#changes.then(work);
    this.#changes = mine.catch(() => undefined);
    await mine;
  }
}

/** A slot without its types, for what the manager does to all of them alike. */
interface SlotKeeper {
  readonly deviceClass: DeviceClass;
  readonly healthChanged: EventSource<DeviceHealth>;
  start(settings: DeviceSettings | null): void;
  stop(): Promise<void>;
  health(): DeviceHealth;
  history(): readonly HealthEdge[];
}

function keeper<TEvent extends { readonly type: string }, TDriver extends DeviceDriver<TEvent>>(
  slot: DeviceSlot<TEvent, TDriver>,
  definitions: readonly DriverDefinition<TDriver>[],
): SlotKeeper {
  return {
    deviceClass: slot.deviceClass,
    healthChanged: slot.healthChanged,
    start: (settings) => {
      const definition = definitions.find(({ id }) => id === settings?.driver);
      slot.start(settings && definition ? { definition, address: settings.address, options: settings.options } : null);
    },
    stop: () => slot.stop(),
    health: () => slot.health(),
    history: () => slot.history,
  };
}

function of(all: readonly DeviceSettings[], deviceClass: DeviceClass): DeviceSettings | null {
  return all.find((settings) => settings.deviceClass === deviceClass) ?? null;
}

/** Option order is the registry's after validation, so the texts can be compared. */
function sameSettings(one: DeviceSettings | null, other: DeviceSettings | null): boolean {
  return (
    one?.driver === other?.driver &&
    one?.address === other?.address &&
    JSON.stringify(one?.options) === JSON.stringify(other?.options)
  );
}
