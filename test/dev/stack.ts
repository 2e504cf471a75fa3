import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KioskConfig } from '../../electron/app/config/schema.ts';
import { hashPin } from '../../electron/services/pin.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { systemRandom } from '../../native/transport/system-clock.ts';
import { startPlatform, type ReferencePlatform } from '../platform/platform.ts';
import { LOCKER_DRIVERS, lockerOf, SimulatorBench } from '../simulators/index.ts';
import { TEST_KIOSK_CODE, TEST_KIOSK_TOKEN, TEST_PIN, testConfig } from './kiosk-config.ts';

/** Everything round the kiosk: its devices at the far ends of real lines, and a central platform. */
export interface Stack {
  readonly bench: SimulatorBench;
  readonly platform: ReferencePlatform;
  readonly config: KioskConfig;
  /** Data folder for the kiosk. */
  readonly dataDir: string;
  /** File for `HALL24_FIRST_CONFIG`. */
  readonly configPath: string;
  stop(): Promise<void>;
}

const CAMERA: KioskConfig['devices'][number] = {
  deviceClass: 'document-camera',
  driver: 'window-camera',
  address: 'camera://',
  options: {},
};

/** Settings of devices that are not simulated here. */
export type OwnDevices = KioskConfig['devices'];

export interface StackOptions {
  /** Folder for everything; made when missing. */
  readonly dir: string;
  readonly receiptsDir?: string;
  readonly carrier?: 'pty' | 'tcp';
  readonly assetsDir: string;
  /** Which locker and keypad the kiosk has. */
  /** Driver id of the locker; default `kerong-cu48`. */
  readonly locker?: string;
  readonly keypad?: 'serial' | 'hid';
  /** Devices that take the place of simulated ones. */
  readonly ownDevices?: OwnDevices;
  /** The printer's setting names a port that is not there, as after a mistake at installation. */
  readonly printerMisplaced?: boolean;
  /** The locker's sensors are set the wrong way round, as after a mistake at installation. */
  readonly lockerTurned?: boolean;
  /** The kiosk has a document camera, worked by its window. */
  readonly camera?: boolean;
  /** The kiosk has a presence sensor with these options; somebody stands before it until told otherwise. */
  readonly presence?: Readonly<Record<string, string>>;
  /** False for a platform that takes no files of cases. */
  readonly platformFiles?: boolean;
  /** PIN of a second person; without it nobody can agree to a discard. */
  readonly secondPin?: string;
  /** Whether the kiosk is installed with the platform's key (true), or must fetch it first. */
  readonly withSealingKey?: boolean;
  /** Delay between 企业开办 and its seal lying in the locker, in milliseconds. */
  readonly sealDelayMs?: number;
}

/** Starts simulators and platform and writes the kiosk's first configuration. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const driver = driverRegistry['pickup-locker'].find(({ id }) => id === (options.locker ?? 'kerong-cu48'));
  const locker = driver === undefined ? null : lockerOf(driver.id);
  if (driver === undefined || locker === null) {
    throw new Error(`no locker ${options.locker ?? ''}; there are ${Object.values(LOCKER_DRIVERS).join(', ')}`);
  }
  const dataDir = join(options.dir, 'data');
  await mkdir(dataDir, { recursive: true });
  const receiptsDir = options.receiptsDir ?? join(options.dir, 'receipts');
  await mkdir(receiptsDir, { recursive: true });
  const platform = await startPlatform({
    kiosks: [{ code: TEST_KIOSK_CODE, token: TEST_KIOSK_TOKEN }],
    catalogueDir: join(options.assetsDir, 'catalogue'),
    ...(options.platformFiles === undefined ? {} : { files: options.platformFiles }),
    ...(options.sealDelayMs === undefined ? {} : { sealDelayMs: options.sealDelayMs }),
  });
  let bench: SimulatorBench;
  try {
    bench = await SimulatorBench.start({
      dir: join(options.dir, 'lines'),
      carrier: options.carrier ?? (process.platform === 'win32' ? 'tcp' : 'pty'),
      receiptsDir,
    });
  } catch (cause) {
    await platform.stop();
    throw cause;
  }
  const made = testConfig({
    platformUrl: platform.url,
    sealingKey: options.withSealingKey === false ? null : platform.sealingKey,
    pinHash: await hashPin(TEST_PIN, systemRandom),
    devices: bench
      .settings([
        'card-reader',
        'receipt-printer',
        locker,
        options.keypad === 'hid' ? 'hid-keypad' : 'serial-keypad',
        'scanner',
        ...(options.presence === undefined ? [] : (['presence-sensor'] as const)),
      ])
      .map((setting) => ({
        ...setting,
        address:
          options.printerMisplaced === true && setting.deviceClass === 'receipt-printer'
            ? setting.address.replace(/[^/?]+(?=\?|$)/, 'ttyNONE')
            : setting.address,
        options: {
          ...setting.options,
          ...(setting.deviceClass === 'presence-sensor' ? options.presence : {}),
          ...(options.lockerTurned === true && setting.deviceClass === 'pickup-locker'
            ? { 'lock-bit': '1-unlocked' }
            : {}),
        },
      }))
      .map((setting) => options.ownDevices?.find((own) => own.deviceClass === setting.deviceClass) ?? setting),
    firstBoard: driver.firstBoard ?? 0,
  });
  const { secondPin } = options;
  const config: KioskConfig = {
    ...made,
    devices: options.camera === true ? [...made.devices, CAMERA] : made.devices,
    technician: {
      ...made.technician,
      ...(secondPin === undefined ? {} : { secondPinHash: await hashPin(secondPin, systemRandom) }),
    },
  };
  const configPath = join(options.dir, 'first-config.json');
  await writeFile(configPath, JSON.stringify(config));
  return {
    bench,
    platform,
    config,
    dataDir,
    configPath,
    async stop() {
      await bench.stop();
      await platform.stop();
    },
  };
}
