import { DEVICE_CLASSES } from '../model/device.ts';
import type { DeviceClass } from '../model/device.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { parseAddress, portOf, schemeFamily } from '../transport/address.ts';
import type { DriverRegistry, DeviceSettings } from './driver-types.ts';

export type SettingsErrorCode =
  | 'unknown-class'
  | 'unknown-driver'
  | 'bad-address'
  | 'wrong-scheme'
  | 'wrong-baud'
  | 'unknown-option'
  | 'bad-option-value'
  | 'class-set-twice'
  | 'address-used-twice';

/** Why a setting is refused; `field` says what to correct, `detail` is for the technician. */
export interface SettingsError {
  readonly code: SettingsErrorCode;
  readonly field: 'deviceClass' | 'driver' | 'address' | 'options';
  readonly detail: string;
}

/** Finds a driver of a class by its id. */
export function findDriver(
  registry: DriverRegistry,
  deviceClass: DeviceClass,
  driver: string,
): DriverDefinition<unknown> | null {
  return registry[deviceClass].find((definition) => definition.id === driver) ?? null;
}

/** Checks one device's settings against its driver; gives them back with every option filled in. */
export function validateSettings(
  registry: DriverRegistry,
  settings: DeviceSettings,
): Result<DeviceSettings, SettingsError> {
  if (!DEVICE_CLASSES.includes(settings.deviceClass)) {
    return refuse('unknown-class', 'deviceClass', 'no such device class');
  }
  const definition = findDriver(registry, settings.deviceClass, settings.driver);
  if (!definition) {
    const known = registry[settings.deviceClass].map(({ id }) => id).join(', ');
    return refuse(
      'unknown-driver',
      'driver',
      `no driver ${settings.driver} for ${settings.deviceClass}; known: ${known}`,
    );
  }
  const address = parseAddress(settings.address);
  if (!address.ok) return refuse('bad-address', 'address', `${address.error.code}: ${address.error.detail}`);
  const scheme = schemeFamily(address.value);
  if (!definition.schemes.includes(scheme)) {
    return refuse(
      'wrong-scheme',
      'address',
      `${definition.id} works over ${definition.schemes.join(', ')}, not ${scheme}`,
    );
  }
  if ('baud' in address.value && !definition.bauds.includes(address.value.baud)) {
    return refuse('wrong-baud', 'address', `${definition.id} runs at ${definition.bauds.join(', ')} baud`);
  }
  const options: Record<string, string> = {};
  for (const key of Object.keys(settings.options)) {
    if (!definition.options.some((option) => option.key === key)) {
      return refuse('unknown-option', 'options', `${definition.id} has no option ${key}`);
    }
  }
  for (const option of definition.options) {
    const value = settings.options[option.key] ?? option.fallback;
    if (!option.values.includes(value)) {
      const problem = option.check === undefined ? '' : option.check(value);
      if (problem !== null) {
        const known = `${option.key} must be one of ${option.values.join(', ')}`;
        return refuse('bad-option-value', 'options', problem === '' ? known : `${known} or described: ${problem}`);
      }
    }
    options[option.key] = value;
  }
  return ok({ ...settings, options });
}

/** Checks the settings of a whole kiosk: each on its own, one device a class, no line used twice. */
export function validateAllSettings(
  registry: DriverRegistry,
  all: readonly DeviceSettings[],
): Result<readonly DeviceSettings[], SettingsError> {
  const checked: DeviceSettings[] = [];
  for (const settings of all) {
    const one = validateSettings(registry, settings);
    if (!one.ok) return one;
    if (checked.some((other) => other.deviceClass === settings.deviceClass)) {
      return refuse('class-set-twice', 'deviceClass', settings.deviceClass);
    }
    // Two speeds of one port are the same line.
    const line = portOf(settings.address);
    const twin = checked.find((other) => portOf(other.address) === line);
    if (twin) return refuse('address-used-twice', 'address', `${line} is used by ${twin.deviceClass} already`);
    checked.push(one.value);
  }
  return ok(checked);
}

/** What of a saved configuration can be used. */
export interface SavedSettings {
  /** Settings that are right, as they were saved but for options that their driver does not know any more. */
  readonly usable: readonly DeviceSettings[];
  /** Settings that no longer fit; these devices are left out, the others work. */
  readonly refused: readonly { readonly settings: DeviceSettings; readonly error: SettingsError }[];
  /** Options that were left out. */
  readonly dropped: readonly { readonly deviceClass: DeviceClass; readonly driver: string; readonly option: string }[];
}

/**
 * Reads settings that an older build of the program may have saved: an option that is gone, or one device that is set
 * wrong, must not cost a kiosk its devices. What a technician enters goes through {@link validateAllSettings}.
 */
export function readSavedSettings(registry: DriverRegistry, all: readonly DeviceSettings[]): SavedSettings {
  const usable: DeviceSettings[] = [];
  const refused: { settings: DeviceSettings; error: SettingsError }[] = [];
  const dropped: { deviceClass: DeviceClass; driver: string; option: string }[] = [];
  for (const settings of all) {
    const { deviceClass, driver } = settings;
    const known = DEVICE_CLASSES.includes(deviceClass) ? findDriver(registry, deviceClass, driver) : null;
    const strange = Object.keys(settings.options).filter(
      (key) => known !== null && !known.options.some((option) => option.key === key),
    );
    const options = Object.fromEntries(Object.entries(settings.options).filter(([key]) => !strange.includes(key)));
    const cleaned = { ...settings, options };
    const checked = validateAllSettings(registry, [...usable, cleaned]);
    if (checked.ok) {
      usable.push(cleaned);
      dropped.push(...strange.map((option) => ({ deviceClass, driver, option })));
    } else refused.push({ settings, error: checked.error });
  }
  return { usable, refused, dropped };
}

function refuse(
  code: SettingsErrorCode,
  field: SettingsError['field'],
  detail: string,
): { readonly ok: false; readonly error: SettingsError } {
  return err({ code, field, detail });
}
