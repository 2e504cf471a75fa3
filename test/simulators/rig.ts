import { ScannerSimulator } from '../../native/code-scanner/simulator.ts';
import type { Clock } from '../../native/model/clock.ts';
import type { DeviceClass } from '../../native/model/device.ts';
import type { DeviceSimulator } from '../../native/model/simulator.ts';
import { HidKeypadSimulator, SerialKeypadSimulator } from '../../native/evaluation-keypad/simulator.ts';
import { SdtReaderSimulator } from '../../native/id-card-reader/simulator.ts';
import type { LockerSimulator } from '../../native/pickup-locker/simulated-doors.ts';
import { lockerSimulators } from '../../native/pickup-locker/simulators.ts';
import { ReceiptPrinterSimulator } from '../../native/receipt-printer/simulator.ts';
import { InputModuleSimulator } from '../../native/presence-sensor/simulator.ts';
import type { LockerName, SimulatedDevice } from './bench-types.ts';

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

/** One of everything. Every locker has two boards on its bus. */
export interface Rig {
  readonly reader: SdtReaderSimulator;
  readonly printer: ReceiptPrinterSimulator;
  readonly lockers: Readonly<Record<LockerName, LockerSimulator>>;
  readonly keypads: { readonly 'serial-keypad': SerialKeypadSimulator; readonly 'hid-keypad': HidKeypadSimulator };
  readonly scanner: ScannerSimulator;
  readonly presence: InputModuleSimulator;
  readonly entries: Readonly<Record<SimulatedDevice, RigEntry>>;
}

/** The driver of each locker. */
export const LOCKER_DRIVERS: Readonly<Record<LockerName, string>> = {
  'locker-cu48': 'kerong-cu48',
  'locker-8a': 'bcc-8a',
  'locker-cu16': 'kerong-cu16',
  'locker-cu12': 'kerong-cu12',
  'locker-cu': 'kerong-cu',
  'locker-wkly': 'wkly',
  'locker-modbus': 'modbus-relay',
};
/** Factory settings that are not 9600. */
const LOCKER_BAUDS: Readonly<Record<string, number>> = {
  'kerong-cu48': 19_200,
  'kerong-cu16': 19_200,
  'kerong-cu12': 19_200,
  'kerong-cu': 19_200,
};
const TWO_BOARDS = { boards: '2' } as const;

/** Options of a driver for its locker here: two boards of at least twelve locks. */
function lockerOptions(driver: string): Readonly<Record<string, string>> {
  return driver === 'modbus-relay' ? { ...TWO_BOARDS, channels: '16' } : TWO_BOARDS;
}

/** The locker of a driver, or null where the bench has none. */
export function lockerOf(driver: string): LockerName | null {
  const found = Object.entries(LOCKER_DRIVERS).find(([, id]) => id === driver);
  return found === undefined ? null : (found[0] as LockerName);
}

function lockersOf<T>(make: (driver: string, name: LockerName) => T): Readonly<Record<LockerName, T>> {
  const all = Object.entries(LOCKER_DRIVERS).map(([name, driver]) => [name, make(driver, name as LockerName)] as const);
  return Object.fromEntries(all) as Readonly<Record<LockerName, T>>;
}

function makeLocker(driver: string, clock: Clock, closesAfterMs: number | null): LockerSimulator {
  const make = lockerSimulators[driver];
  if (make === undefined) throw new Error(`no simulated locker for ${driver}`);
  return make({ clock, options: lockerOptions(driver), closesAfterMs, reportsChanges: driver === 'bcc-8a' });
}

/** @param closesAfterMs when somebody shuts an opened door again; null: only by hand */
export function buildRig(clock: Clock, closesAfterMs: number | null): Rig {
  const reader = new SdtReaderSimulator();
  const printer = new ReceiptPrinterSimulator();
  const lockers = lockersOf((driver) => makeLocker(driver, clock, closesAfterMs));
  const keypads = { 'serial-keypad': new SerialKeypadSimulator(), 'hid-keypad': new HidKeypadSimulator() };
  const scanner = new ScannerSimulator();
  // Somebody is at a simulated kiosk until told otherwise.
  const presence = new InputModuleSimulator({ present: true });
  const serial = { kind: 'stream', options: {} } as const;
  return {
    reader,
    printer,
    lockers,
    keypads,
    scanner,
    presence,
    entries: {
      'card-reader': { ...serial, deviceClass: 'id-card-reader', driver: 'sdt', baud: 115_200, simulator: reader },
      'receipt-printer': {
        ...serial,
        deviceClass: 'receipt-printer',
        driver: 'escpos',
        baud: 115_200,
        simulator: printer,
      },
      ...lockersOf((driver, name) => ({
        ...serial,
        deviceClass: 'pickup-locker' as const,
        driver,
        options: lockerOptions(driver),
        baud: LOCKER_BAUDS[driver] ?? 9_600,
        simulator: lockers[name],
      })),
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
      'presence-sensor': {
        ...serial,
        deviceClass: 'presence-sensor',
        driver: 'modbus-input',
        baud: 9_600,
        simulator: presence,
      },
    },
  };
}
