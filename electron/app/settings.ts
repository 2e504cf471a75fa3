import { err, ok, type Result } from '../../native/model/result.ts';
import type { DeviceManager } from '../../native/manager/device-manager.ts';
import type { DriverRegistry } from '../../native/manager/driver-types.ts';
import { readSavedSettings, validateAllSettings } from '../../native/manager/settings.ts';
import type { DeviceSettingDto, DriverDto, SettingFault, SoundSettingDto } from '../contract/dto.ts';
import type { LogPort } from '../services/ports.ts';
import type { SettingsPort } from '../services/technician.ts';
import type { SettingsStanding } from '../services/upkeep.ts';
import type { ConfigFile } from './config/config-file.ts';
import { KioskConfig } from './config/schema.ts';
import { textOf, type SecretPlace } from './config/secrets.ts';
import type { SettingsKey } from './settings-key.ts';

/** The configuration in force, and the one way to change it. */
export class Settings implements SettingsPort {
  #config: KioskConfig;
  readonly #file: ConfigFile;
  readonly #manager: Pick<DeviceManager, 'configure'>;
  readonly #registry: DriverRegistry;
  readonly #log: LogPort;
  readonly #key: SettingsKey;
  readonly #closed: readonly SecretPlace[];
  /** Why credentials stand as they are on the disk; null when none do. */
  #unsealed: string | null;
  /** Changes run one after the other. */
  #saving: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly config: KioskConfig;
    readonly file: ConfigFile;
    readonly manager: Pick<DeviceManager, 'configure'>;
    readonly registry: DriverRegistry;
    readonly log: LogPort;
    readonly key: SettingsKey;
    readonly closed: readonly SecretPlace[];
    readonly unsealed: string | null;
  }) {
    this.#key = options.key;
    this.#closed = options.closed;
    this.#unsealed = options.unsealed;
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

  pinHash(): string | null {
    return textOf(this.#config.technician.pinHash);
  }

  secondPinHash(): string | null {
    return textOf(this.#config.technician.secondPinHash);
  }

  /** How it stands with the key that guards the credentials in the configuration. */
  standing(): SettingsStanding {
    const state = this.#closed.length > 0 ? 'lost' : this.#unsealed === null ? 'held' : 'plain';
    return { state, keyId: this.#key.keys?.current.id ?? null, madeAt: this.#key.madeAt, closed: [...this.#closed] };
  }

  /**
   * Guards the credentials by a new key. Both keys stay in force until every file is sealed under the new one; what cannot
   * be finished now is at the next start. Gives the new key's id, or why not: `settings-key-lost` (nothing is changed while
   * there are credentials that a lost key may open again), `settings-key-not-made` (the old one stays), or the system's
   * word for a disk that refused.
   */
  rotateKey(): Promise<Result<string, string>> {
    const rotated = this.#saving.then(async (): Promise<Result<string, string>> => {
      if (this.#closed.length > 0) return err('settings-key-lost');
      const id = this.#key.renew();
      if (id === null) return err('settings-key-not-made');
      const sealed = await this.#file.sealAll();
      this.#unsealed = sealed.ok || !sealed.error.plain ? null : sealed.error.code;
      if (sealed.ok) {
        this.#key.forgetOlder();
        return ok(id);
      }
      this.#log.event('error', 'settings-not-sealed', { reason: sealed.error.code });
      return err(sealed.error.code);
    });
    this.#saving = rotated.catch(() => undefined);
    return rotated;
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

  /** Saves who listens alone and the tones; nothing of the devices is touched. */
  saveSound(
    setting: SoundSettingDto,
    baseVersion: number,
  ): Promise<Result<{ readonly version: number }, SettingFault>> {
    const saved = this.#saving.then(() => this.#saveSound(setting, baseVersion));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #saveSound(
    { headset, sounds }: SoundSettingDto,
    baseVersion: number,
  ): Promise<Result<{ readonly version: number }, SettingFault>> {
    const { version } = this.#config;
    if (baseVersion !== version) return err({ field: 'version', reason: `version ${version} was saved meanwhile` });
    const next: KioskConfig = { ...this.#config, version: version + 1, headset, sounds };
    const fault = await this.#keep(next);
    if (fault !== null) return err(fault);
    this.#log.event('info', 'configuration-saved', { version: next.version, what: 'sound' });
    return ok({ version: next.version });
  }

  /** Writes a version and puts it in force. Not written means not in force: after a restart the older one would count. */
  async #keep(config: KioskConfig): Promise<SettingFault | null> {
    try {
      await this.#file.write(config);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'the file could not be written';
      this.#log.event('error', 'configuration-not-written', { reason });
      return { field: 'version', reason };
    }
    this.#config = config;
    return null;
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
    const fault = await this.#keep(next.data);
    if (fault !== null) return err(fault);
    const applied = await this.#manager.configure(checked.value);
    if (!applied.ok) throw new Error(`checked settings were refused: ${applied.error.code}`);
    this.#log.event('info', 'configuration-saved', { version: next.data.version, deviceClass: setting.deviceClass });
    return ok({ version: next.data.version });
  }
}
