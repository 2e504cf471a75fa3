import { ScannerSimulator } from '../../native/code-scanner/simulator.ts';
import type { Clock } from '../../native/model/clock.ts';
import type { DeviceClass } from '../../native/model/device.ts';
import type { DeviceSimulator } from '../../native/model/simulator.ts';
import { HidKeypadSimulator, SerialKeypadSimulator } from '../../native/evaluation-keypad/simulator.ts';
import { SdtReaderSimulator } from '../../native/id-card-reader/simulator.ts';
import { Bcc8aSimulator } from '../../native/pickup-locker/simulator-8a.ts';
import { Cu48Simulator } from '../../native/pickup-locker/simulator-cu48.ts';
import { ReceiptPrinterSimulator } from '../../native/receipt-printer/simulator.ts';
import type { SimulatedDevice } from './bench-types.ts';

/** How one simulated device is connected and what the product must be told to use it. */
export interface RigEntry {
  readonly deviceClass: DeviceClass;
  /** Driver id. */
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly kind: 'stream' | 'reports';
  /** Speed of the serial wire; null for HID. */
  readonly baud: number | null;
  readonly simulator: DeviceSimulator;
}

/** One of everything. Both lockers have two boards on their bus. */
export interface Rig {
  readonly reader: SdtReaderSimulator;
  readonly printer: ReceiptPrinterSimulator;
  readonly lockers: { readonly 'locker-cu48': Cu48Simulator; readonly 'locker-8a': Bcc8aSimulator };
  readonly keypads: { readonly 'serial-keypad': SerialKeypadSimulator; readonly 'hid-keypad': HidKeypadSimulator };
  readonly scanner: ScannerSimulator;
  readonly entries: Readonly<Record<SimulatedDevice, RigEntry>>;
}

/** @param closesAfterMs when somebody shuts an opened door again; null: only by hand */
export function buildRig(clock: Clock, closesAfterMs: number | null): Rig {
  const reader = new SdtReaderSimulator();
  const printer = new ReceiptPrinterSimulator();
  const lockers = {
    'locker-cu48': new Cu48Simulator({ clock, boards: [0, 1], closesAfterMs }),
    'locker-8a': new Bcc8aSimulator({ clock, boards: [1, 2], eventHeader: 0x82, closesAfterMs }),
  };
  const keypads = { 'serial-keypad': new SerialKeypadSimulator(), 'hid-keypad': new HidKeypadSimulator() };
  const scanner = new ScannerSimulator();
  const serial = { kind: 'stream', options: {} } as const;
  return {
    reader,
    printer,
    lockers,
    keypads,
    scanner,
    entries: {
      'card-reader': { ...serial, deviceClass: 'id-card-reader', driver: 'sdt', baud: 115_200, simulator: reader },
      'receipt-printer': {
        ...serial,
        deviceClass: 'receipt-printer',
        driver: 'escpos',
        baud: 115_200,
        simulator: printer,
      },
      'locker-cu48': {
        ...serial,
        deviceClass: 'pickup-locker',
        driver: 'kerong-cu48',
        options: { boards: '2' },
        baud: 19_200,
        simulator: lockers['locker-cu48'],
      },
      'locker-8a': {
        ...serial,
        deviceClass: 'pickup-locker',
        driver: 'bcc-8a',
        options: { boards: '2' },
        baud: 9_600,
        simulator: lockers['locker-8a'],
      },
      'serial-keypad': {
        ...serial,
        deviceClass: 'evaluation-keypad',
        driver: 'serial-keypad',
        baud: 9_600,
        simulator: keypads['serial-keypad'],
      },
      'hid-keypad': {
        deviceClass: 'evaluation-keypad',
        driver: 'hid-keypad',
        options: {},
        kind: 'reports',
        baud: null,
        simulator: keypads['hid-keypad'],
      },
      scanner: {
        ...serial,
        deviceClass: 'code-scanner',
        driver: 'serial-scanner',
        baud: 9_600,
        simulator: scanner,
      },
    },
  };
}
