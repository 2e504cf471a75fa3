import type { Clock } from './clock.ts';
import type { DeviceClass } from './device.ts';
import type { GlyphSource } from './glyphs.ts';
import type { Transport } from './transport.ts';

/** A choice that the technician makes for one driver, shown on the admin screen as data. */
export interface DriverOption {
  readonly key: string;
  readonly label: { readonly 'zh-CN': string; readonly en: string };
  readonly values: readonly string[];
  readonly fallback: string;
}

/** What a driver is built with. */
export interface DriverContext {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Values of the driver's options; missing ones take their fallback. */
  readonly options: Readonly<Record<string, string>>;
  /** Characters as dots, for printers that lack them; missing where the program ships no font. */
  readonly glyphs?: GlyphSource;
}

/**
 * A driver as data: the whole of what the registry, the configuration check and the admin screen need. Adding a
 * device is one such object in its class folder and one line in the registry.
 */
export interface DriverDefinition<TDriver> {
  readonly id: string;
  readonly deviceClass: DeviceClass;
  readonly name: { readonly 'zh-CN': string; readonly en: string };
  /** Address schemes it can work over. */
  readonly schemes: readonly ('serial' | 'tcp' | 'hid')[];
  /** Baud rates offered; the first is the factory setting. Empty for HID only drivers. */
  readonly bauds: readonly number[];
  readonly options: readonly DriverOption[];
  create(context: DriverContext): TDriver;
}
