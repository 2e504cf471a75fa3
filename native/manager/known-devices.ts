import type { DeviceClass } from '../model/device.ts';

/** What is known of a USB device by its ids alone. */
export interface KnownDevice {
  readonly vendorId: number;
  /** Null: every product of this vendor. */
  readonly productId: number | null;
  readonly name: string;
  /** What it is; empty for an adapter behind which anything may be. */
  readonly classes: readonly DeviceClass[];
  /** Where the ids are from. */
  readonly source: string;
}

const USB_IDS = 'usb.ids (linux-usb.org)';

/** Devices and adapters as they are met in halls. Data: a new one is a line. */
export const KNOWN_DEVICES: readonly KnownDevice[] = [
  {
    vendorId: 0x0400,
    productId: 0xc35a,
    name: 'ID card reader with SDT module',
    classes: ['id-card-reader'],
    source: 'public code: readers with the standard driver enumerate so',
  },
  { vendorId: 0x1eab, productId: null, name: 'Newland scanner', classes: ['code-scanner'], source: USB_IDS },
  { vendorId: 0x0c2e, productId: null, name: 'Honeywell scanner', classes: ['code-scanner'], source: USB_IDS },
  { vendorId: 0x05e0, productId: null, name: 'Symbol or Zebra scanner', classes: ['code-scanner'], source: USB_IDS },
  { vendorId: 0x05f9, productId: null, name: 'Datalogic scanner', classes: ['code-scanner'], source: USB_IDS },
  { vendorId: 0x04b8, productId: null, name: 'Epson printer', classes: ['receipt-printer'], source: USB_IDS },
  { vendorId: 0x0519, productId: null, name: 'Star printer', classes: ['receipt-printer'], source: USB_IDS },
  { vendorId: 0x1a86, productId: 0x7523, name: 'CH340 serial adapter', classes: [], source: USB_IDS },
  { vendorId: 0x1a86, productId: 0x5523, name: 'CH341 serial adapter', classes: [], source: USB_IDS },
  { vendorId: 0x0403, productId: 0x6001, name: 'FT232 serial adapter', classes: [], source: USB_IDS },
  { vendorId: 0x0403, productId: 0x6010, name: 'FT2232 serial adapter, two ports', classes: [], source: USB_IDS },
  { vendorId: 0x0403, productId: 0x6011, name: 'FT4232 serial adapter, four ports', classes: [], source: USB_IDS },
  { vendorId: 0x0403, productId: 0x6015, name: 'FT-X serial adapter', classes: [], source: USB_IDS },
  { vendorId: 0x10c4, productId: 0xea60, name: 'CP210x serial adapter', classes: [], source: USB_IDS },
  { vendorId: 0x067b, productId: 0x2303, name: 'PL2303 serial adapter', classes: [], source: USB_IDS },
];

/** What is known of a HID collection by what it says of itself. */
export interface KnownUsage {
  readonly usagePage: number;
  readonly usage: number | null;
  readonly name: string;
  readonly classes: readonly DeviceClass[];
  /** Whether the usage leaves no doubt. */
  readonly certain: boolean;
  readonly source: string;
}

const USAGE_TABLES = 'HID Usage Tables (usb.org)';

export const KNOWN_USAGES: readonly KnownUsage[] = [
  {
    usagePage: 0x8c,
    usage: 0x02,
    name: 'bar code scanner (HID POS)',
    classes: ['code-scanner'],
    certain: true,
    source: USAGE_TABLES,
  },
  {
    usagePage: 0x01,
    usage: 0x06,
    name: 'keyboard',
    classes: ['evaluation-keypad', 'code-scanner'],
    certain: false,
    source: USAGE_TABLES,
  },
  {
    usagePage: 0xff00,
    usage: null,
    name: 'vendor reports',
    classes: ['evaluation-keypad', 'id-card-reader'],
    certain: false,
    source: USAGE_TABLES,
  },
];
