import type { DeviceManager } from '../../../native/manager/device-manager.ts';
import type { DeviceSettings, DriverRegistry } from '../../../native/manager/driver-types.ts';
import { readSavedSettings, validateAllSettings } from '../../../native/manager/settings.ts';
import type { Clock } from '../../../native/model/clock.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import type { Transport, TransportOpener } from '../../../native/model/transport.ts';
import type { DeviceSettingDto, SettingFault } from '../../contract/dto.ts';

/** What is needed to take a device out of service for a while. */
export interface BorrowPorts {
  readonly registry: DriverRegistry;
  readonly manager: Pick<DeviceManager, 'configure'>;
  /** The settings that are saved. */
  readonly saved: () => readonly DeviceSettingDto[];
  readonly open: TransportOpener;
  readonly clock: Clock;
}

/** A line that is the technician's until it is given back. */
export interface Borrowed {
  readonly transport: Transport;
  /** The setting, its options filled in. */
  readonly setting: DeviceSettings;
  /** Closes the line and puts the saved devices back to work. Calling it twice is harmless. */
  readonly giveBack: () => Promise<void>;
}

/** The port may take a moment until the driver before has let go of it: tries, and milliseconds between them. */
const OPEN_TRIES = 4;
const OPEN_AGAIN_MS = 250;

/**
 * Opens the line of a setting that need not be saved, past the device manager, which would want a device that answers. The
 * saved device of this class is out of service meanwhile.
 */
export async function borrow(ports: BorrowPorts, setting: DeviceSettingDto): Promise<Result<Borrowed, SettingFault>> {
  const saved = readSavedSettings(ports.registry, ports.saved()).usable;
  const others = saved.filter(({ deviceClass }) => deviceClass !== setting.deviceClass);
  const checked = validateAllSettings(ports.registry, [...others, setting]);
  if (!checked.ok) {
    const { code, field, detail } = checked.error;
    const shown = code === 'wrong-baud' ? 'baud' : field === 'deviceClass' ? 'driver' : field;
    return err({ field: shown, reason: `${code}: ${detail}` });
  }
  const filled = checked.value.at(-1) ?? setting;
  await ports.manager.configure(others);
  const restore = async (): Promise<void> => {
    await ports.manager.configure(readSavedSettings(ports.registry, ports.saved()).usable);
  };
  for (let tries = 1; ; tries += 1) {
    const opened = await ports.open(filled.address);
    if (opened.ok) {
      let given = false;
      const giveBack = async (): Promise<void> => {
        if (given) return;
        given = true;
        await opened.value.close();
        await restore();
      };
      return ok({ transport: opened.value, setting: filled, giveBack });
    }
    if (opened.error.code !== 'busy' || tries === OPEN_TRIES) {
      await restore();
      return err({ field: 'address', reason: `line-${opened.error.code}: ${opened.error.detail}` });
    }
    await ports.clock.sleep(OPEN_AGAIN_MS);
  }
}
