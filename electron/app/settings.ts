import { err, ok, type Result } from '../../native/model/result.ts';
import type { DeviceManager } from '../../native/manager/device-manager.ts';
import type { DriverRegistry } from '../../native/manager/driver-types.ts';
import { readSavedSettings, validateAllSettings } from '../../native/manager/settings.ts';
import type { DeviceSettingDto, DriverDto, SettingFault } from '../contract/dto.ts';
import type { LogPort } from '../services/ports.ts';
import type { SettingsPort } from '../services/technician.ts';
import type { ConfigFile } from './config/config-file.ts';
import { KioskConfig } from './config/schema.ts';

/** The configuration in force, and the one way to change it. */
export class Settings implements SettingsPort {
  #config: KioskConfig;
  readonly #file: ConfigFile;
  readonly #manager: Pick<DeviceManager, 'configure'>;
  readonly #registry: DriverRegistry;
  readonly #log: LogPort;
  /** Changes run one after the other. */
  #saving: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly config: KioskConfig;
    readonly file: ConfigFile;
    readonly manager: Pick<DeviceManager, 'configure'>;
    readonly registry: DriverRegistry;
    readonly log: LogPort;
  }) {
    this.#config = options.config;
    this.#file = options.file;
    this.#manager = options.manager;
    this.#registry = options.registry;
    this.#log = options.log;
  }

  get config(): KioskConfig {
    return this.#config;
  }

  version(): number {
    return this.#config.version;
  }

  settings(): readonly DeviceSettingDto[] {
    return this.#config.devices;
  }

  pinHash(): string {
    return this.#config.technician.pinHash;
  }

  secondPinHash(): string | null {
    return this.#config.technician.secondPinHash ?? null;
  }

  drivers(): readonly DriverDto[] {
    return Object.values(this.#registry).flatMap((definitions) =>
      definitions.map((driver) => ({
        id: driver.id,
        deviceClass: driver.deviceClass,
        name: driver.name,
        schemes: [...driver.schemes],
        bauds: [...driver.bauds],
        options: driver.options.map(({ key, label, values, fallback }) => ({
          key,
          label,
          values: [...values],
          fallback,
        })),
      })),
    );
  }

  save(setting: DeviceSettingDto, baseVersion: number): Promise<Result<{ readonly version: number }, SettingFault>> {
    const saved = this.#saving.then(() => this.#save(setting, baseVersion));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #save(
    setting: DeviceSettingDto,
    baseVersion: number,
  ): Promise<Result<{ readonly version: number }, SettingFault>> {
    if (baseVersion !== this.#config.version) {
      return err({ field: 'version', reason: `version ${this.#config.version} was saved meanwhile` });
    }
    // What is wrong with another device, or gone from its driver, is no reason to refuse this one.
    const others = readSavedSettings(
      this.#registry,
      this.#config.devices.filter((device) => device.deviceClass !== setting.deviceClass),
    );
    const added = setting.driver === '' ? [] : [setting];
    const devices = [...others.usable, ...others.refused.map(({ settings }) => settings), ...added];
    const checked = validateAllSettings(this.#registry, [...others.usable, ...added]);
    if (!checked.ok) {
      const { code, field, detail } = checked.error;
      const shown = code === 'wrong-baud' ? 'baud' : field === 'deviceClass' ? 'driver' : field;
      return err({ field: shown, reason: `${code}: ${detail}` });
    }
    const next = KioskConfig.safeParse({ ...this.#config, version: this.#config.version + 1, devices });
    if (!next.success) return err({ field: 'options', reason: next.error.issues[0]?.message ?? 'not a configuration' });
    try {
      await this.#file.write(next.data);
    } catch (cause) {
      // Not written means not in force: after a restart the kiosk would fall back to the older one.
      const reason = cause instanceof Error ? cause.message : 'the file could not be written';
      this.#log.event('error', 'configuration-not-written', { reason });
      return err({ field: 'version', reason });
    }
    this.#config = next.data;
    const applied = await this.#manager.configure(checked.value);
    if (!applied.ok) throw new Error(`checked settings were refused: ${applied.error.code}`);
    this.#log.event('info', 'configuration-saved', { version: next.data.version, deviceClass: setting.deviceClass });
    return ok({ version: next.data.version });
  }
}
