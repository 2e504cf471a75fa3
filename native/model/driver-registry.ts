import type { Clock } from './clock.ts';
import type { DeviceClass } from './device.ts';
import type { DeviceLedger } from './device-ledger.ts';
import type { GlyphSource } from './glyphs.ts';
import type { Transport } from './transport.ts';

/** Families of addresses, see `native/transport`. */
export type DriverScheme = 'serial' | 'tcp' | 'hid' | 'pcsc' | 'ipp' | 'winspool' | 'camera';

/** A choice that the technician makes for one driver, shown on the admin screen as data. */
export interface DriverOption {
  readonly key: string;
  readonly label: { readonly 'zh-CN': string; readonly en: string };
  readonly values: readonly string[];
  readonly fallback: string;
  /**
   * Lets texts beside `values` count as well (a description in JSON, a name): null when the text can be used, else what
   * is wrong with it, for the technician.
   */
  readonly check?: (value: string) => string | null;
}

/** What a driver is built with. */
export interface DriverContext {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Values of the driver's options; missing ones take their fallback. */
  readonly options: Readonly<Record<string, string>>;
  /** Characters as dots, for printers that lack them; missing where the program ships no font. */
  readonly glyphs?: GlyphSource;
  /** What is counted and used up at this device; missing where nobody asks for it. */
  readonly ledger?: DeviceLedger;
}

/**
 * How to find out whether this driver's device is at the far end of a line: the driver is made and its `probe` asked.
 * Only a driver declares it whose probe is a question that a device surely answers, and that neither moves a door nor
 * prints, also when another device of the same kind hears it.
 */
export interface IdentifyProbe {
  /** Baud rates to try, the likeliest first; empty for drivers that do not run on a serial line. */
  readonly bauds: readonly number[];
  /**
   * `first`: its question is one or two control bytes that no device acts on. `frame`: a whole frame of its protocol,
   * sent only after every `first` one stayed without an answer, because a printer would print it.
   */
  readonly turn: 'first' | 'frame';
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
  readonly schemes: readonly DriverScheme[];
  /** Baud rates offered; the first is the factory setting. Empty for HID only drivers. */
  readonly bauds: readonly number[];
  readonly options: readonly DriverOption[];
  /** Lockers: address of a bus's first board by factory setting, unless an option `first-board` says it; absent: 0. */
  readonly firstBoard?: number;
  /** Absent where nothing can be asked without risk, or the device answers nothing (scanners, keypads). */
  readonly identify?: IdentifyProbe;
  create(context: DriverContext): TDriver;
}
