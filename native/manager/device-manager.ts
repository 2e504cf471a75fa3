import type { Clock, Random } from '../model/clock.ts';
import { DEVICE_CLASSES } from '../model/device.ts';
import type { DeviceClass, DeviceDriver } from '../model/device.ts';
import type { DeviceLedger } from '../model/device-ledger.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { Emitter } from '../model/events.ts';
import type { EventSource } from '../model/events.ts';
import type { GlyphSource } from '../model/glyphs.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { PortWatch, TransportError, TransportOpener } from '../model/transport.ts';
import { portOf } from '../transport/address.ts';
import { DeviceSlot } from './device-slot.ts';
import type { SlotPorts } from './device-slot.ts';
import type {
  DeviceCounters,
  DeviceHealth,
  DeviceSettings,
  DriverOfClass,
  DriverRegistry,
  HealthEdge,
} from './driver-types.ts';
import { discover } from './discover.ts';
import type { DiscoverSources, FoundPort } from './discover.ts';
import { identify } from './identify.ts';
import type { Identified, IdentifyOptions } from './identify.ts';
import { validateAllSettings } from './settings.ts';
import type { SettingsError } from './settings.ts';

export interface DeviceManagerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly open: TransportOpener;
  /** Tells when a port that was away may be back; without it ports are looked for about every second. */
  readonly watchPort?: PortWatch;
  readonly registry: DriverRegistry;
  /** Time between two health probes of a device that works, in milliseconds. Default 5,000. */
  readonly healthIntervalMs?: number;
  /** Characters as dots, for printers that lack them. */
  readonly glyphs?: GlyphSource;
  /** Where a class's numbers (paper used, how often something was done) are kept; left out, they last as long as the manager. */
  readonly ledgerOf?: (deviceClass: DeviceClass) => DeviceLedger;
}

/** Something that happened to the devices as a whole. What a device tells is on its slot's `events`. */
export type DeviceManagerEvent = { readonly type: 'health-changed'; readonly health: DeviceHealth };

/** The slot of a driver contract. */
type SlotOf<TDriver> =
  TDriver extends DeviceDriver<infer TEvent extends { readonly type: string }> ? DeviceSlot<TEvent, TDriver> : never;

/** The slot type of each class. */
export type SlotOfClass = { readonly [C in DeviceClass]: SlotOf<DriverOfClass[C]> };

/** A slot without its types, for what the manager does to all of them alike. */
type AnyDriver = DeviceDriver<{ readonly type: string }>;
type AnySlot = DeviceSlot<{ readonly type: string }, AnyDriver>;

/** All devices of the kiosk: one slot a class, settings that can change while running, health. */
export class DeviceManager {
  readonly #events = new Emitter<DeviceManagerEvent>();
  readonly #registry: DriverRegistry;
  readonly #ports: SlotPorts;
  /** In the order of `DEVICE_CLASSES`. */
  readonly #slots: readonly AnySlot[];
  #started = false;
  #settings: readonly DeviceSettings[] = [];
  /** Changes run one after the other. */
  #changes: Promise<void> = Promise.resolve();

  constructor(options: DeviceManagerOptions) {
    const ports: SlotPorts = { ...options, healthIntervalMs: options.healthIntervalMs ?? 5_000 };
    this.#registry = options.registry;
    this.#ports = ports;
    this.#slots = DEVICE_CLASSES.map((deviceClass) => new DeviceSlot(deviceClass, ports));
    for (const { healthChanged } of this.#slots) {
      healthChanged.subscribe((health) => this.#events.emit({ type: 'health-changed', health }));
    }
  }

  get idCardReader(): SlotOfClass['id-card-reader'] {
    return this.slot('id-card-reader');
  }

  get receiptPrinter(): SlotOfClass['receipt-printer'] {
    return this.slot('receipt-printer');
  }

  get pickupLocker(): SlotOfClass['pickup-locker'] {
    return this.slot('pickup-locker');
  }

  get evaluationKeypad(): SlotOfClass['evaluation-keypad'] {
    return this.slot('evaluation-keypad');
  }

  get codeScanner(): SlotOfClass['code-scanner'] {
    return this.slot('code-scanner');
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
      const changed = this.#slots.filter(
        ({ deviceClass }) => !sameSettings(of(before, deviceClass), of(checked.value, deviceClass)),
      );
      await Promise.all(changed.map((one) => one.stop()));
      for (const one of changed) this.#startSlot(one);
    });
    return ok(undefined);
  }

  /** Opens all configured devices; does not wait until they answer. */
  async start(): Promise<void> {
    await this.#change(async () => {
      if (this.#started) return;
      this.#started = true;
      for (const one of this.#slots) this.#startSlot(one);
    });
  }

  /** Cancels running commands and closes all devices; resolves when every line is free. */
  async stop(): Promise<void> {
    await this.#change(async () => {
      if (!this.#started) return;
      this.#started = false;
      await Promise.all(this.#slots.map((one) => one.stop()));
    });
  }

  /** State of every class, in the order of `DEVICE_CLASSES`. */
  health(): readonly DeviceHealth[] {
    return this.#slots.map((one) => one.health());
  }

  /** The last 100 changes of one device, oldest first. */
  history(deviceClass: DeviceClass): readonly HealthEdge[] {
    return this.#slot(deviceClass).history;
  }

  /** What has happened at every device since the program started, in the order of `DEVICE_CLASSES`. */
  counters(): readonly DeviceCounters[] {
    return this.#slots.map(({ counters }) => counters);
  }

  /** What is plugged in, what it may be and what of it is configured; opens and asks nothing. */
  discover(sources?: DiscoverSources): Promise<Result<readonly FoundPort[], TransportError>> {
    return discover(this.#registry, this.#settings, sources);
  }

  /** Which drivers get an answer on a port that no configured device has; see `identify`. */
  async identify(
    address: string,
    options: Pick<IdentifyOptions, 'classes' | 'signal' | 'onAsk'> = {},
  ): Promise<Result<readonly Identified[], TransportError>> {
    const user = this.#started && this.#settings.find((one) => portOf(one.address) === portOf(address));
    if (user) return err({ code: 'busy', detail: `${user.deviceClass} is set to this port` });
    const { clock, open } = this.#ports;
    return identify({ ...options, address, registry: this.#registry, clock, open });
  }

  /** The slot of a class. */
  slot<C extends DeviceClass>(deviceClass: C): SlotOfClass[C] {
    // The constructor made one slot a class, and each is started with drivers out of its own class's list only.
    return this.#slot(deviceClass) as unknown as SlotOfClass[C];
  }

  #slot(deviceClass: DeviceClass): AnySlot {
    const slot = this.#slots.find((one) => one.deviceClass === deviceClass);
    if (!slot) throw new Error(`no slot for ${deviceClass}`);
    return slot;
  }

  #startSlot(slot: AnySlot): void {
    const settings = of(this.#settings, slot.deviceClass);
    const definitions: readonly DriverDefinition<AnyDriver>[] = this.#registry[slot.deviceClass];
    const definition = definitions.find(({ id }) => id === settings?.driver);
    slot.start(settings && definition ? { definition, address: settings.address, options: settings.options } : null);
  }

  async #change(work: () => Promise<void>): Promise<void> {
    const mine = this.#changes.then(work);
    this.#changes = mine.catch(() => undefined);
    await mine;
  }
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
