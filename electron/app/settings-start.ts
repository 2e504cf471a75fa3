import { problem, type Problem } from '../contract/problems.ts';
import type { AuditRecord, LogPort, StorePort } from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { ConfigFile, type SealedFile } from './config/config-file.ts';
import type { KioskConfig } from './config/schema.ts';
import { openSecrets, type SecretPlace } from './config/secrets.ts';
import { SettingsKey, type KeyFolder } from './settings-key.ts';

export interface SettingsStart {
  /** Folder of the configuration. */
  readonly dir: string;
  readonly folder: KeyFolder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  /** Configuration for a kiosk that has none yet. */
  readonly firstConfig: KioskConfig | null;
}

/** The configuration of a start, and what was done about its credentials. */
export interface OpenedSettings {
  readonly config: KioskConfig;
  readonly file: ConfigFile;
  readonly key: SettingsKey;
  /** Credentials that cannot be opened. */
  readonly closed: readonly SecretPlace[];
  /** Why credentials stand as they are on the disk; null when none do. */
  readonly unsealed: string | null;
  /** Steps for the audit trail, which opens later than the configuration. */
  readonly steps: readonly Pick<AuditRecord, 'what' | 'detail'>[];
}

/** Of what was sealed only the places are told. */
export const toldSteps = (files: readonly SealedFile[]): OpenedSettings['steps'] =>
  files
    .filter(({ plain }) => plain.length > 0)
    .map(({ name, plain }) => ({ what: 'settings-sealed', detail: `${name} ${plain.join(' ')}` }));

/**
 * Reads the configuration and opens its credentials. Those that stand as they are, which is how a hall provisions them, are
 * sealed and written again. Credentials whose key is lost stay closed until a person gives them anew, in the file; nothing
 * is begun afresh by itself. Gives a problem when there is no configuration to work with.
 */
export async function openSettings(options: SettingsStart): Promise<Result<OpenedSettings, Problem>> {
  const { dir, folder, clock, random, log } = options;
  const key = new SettingsKey({ folder, clock, random });
  const file = new ConfigFile(dir, key);
  const lost = key.missing === 'unreadable';
  const loaded = await file.load();
  if (!loaded.ok && (loaded.error.code !== 'missing' || options.firstConfig === null)) {
    log.event('error', 'configuration-unusable', { reason: loaded.error.code, detail: loaded.error.detail });
    return err(problem('K107-config-damaged', { reason: loaded.error.code }));
  }
  const first = loaded.ok ? null : options.firstConfig;
  if (loaded.ok && options.firstConfig !== null && openSecrets(options.firstConfig, null).report.plain.length > 0) {
    // The kiosk cannot seal what is the installer's.
    log.event('warn', 'first-configuration-still-there');
  }
  const { config, closed, plain } = loaded.ok ? loaded.value : given(options.firstConfig, key);
  if (loaded.ok && loaded.value.fellBack !== null) {
    const { fellBack } = loaded.value;
    log.event('error', 'configuration-damaged', { detail: fellBack, version: config.version });
  }
  const steps: Pick<AuditRecord, 'what' | 'detail'>[] = [];
  const wanted = key.keys === null && plain.length > 0;
  if (wanted) {
    // With the key lost, who wrote plain values into the file has decided to do without it.
    const anew = lost || closed.length > 0;
    if (anew) folder.decide();
    const id = key.renew();
    if (id !== null && anew) steps.push({ what: 'settings-key-renewed', detail: id });
  }
  if (first !== null) {
    const kept = await written(() => file.write(config), log);
    if (!kept.ok) return kept;
    if (key.keys !== null && plain.length > 0)
      steps.push(...toldSteps([{ name: `kiosk.${config.version}.json`, plain }]));
  }
  const sealed = key.keys === null ? null : await file.sealAll();
  if (sealed?.ok === true) {
    steps.push(...toldSteps(sealed.value));
    key.forgetOlder();
  }
  if (sealed?.ok === false) log.event('error', 'settings-not-sealed', { reason: sealed.error.code });
  if (wanted && key.keys === null) log.event('error', 'settings-not-sealed', { reason: 'key-not-made' });
  const refused = sealed?.ok === false && sealed.error.plain ? sealed.error.code : null;
  const unsealed = wanted && key.keys === null ? 'key-not-made' : refused;
  for (const { what, detail } of steps) log.event(what === 'settings-sealed' ? 'info' : 'warn', what, { detail });
  if (closed.length > 0) log.event('error', 'settings-key-lost', { places: closed.join(' ') });
  return ok({ config, file, key, closed, unsealed, steps });
}

/** A configuration that the installer gave. */
function given(
  config: KioskConfig | null,
  key: SettingsKey,
): { readonly config: KioskConfig; readonly closed: readonly SecretPlace[]; readonly plain: readonly SecretPlace[] } {
  if (config === null) throw new Error('no first configuration');
  const { raw, report } = openSecrets(config, key.keys);
  return {
    config: raw as unknown as KioskConfig,
    closed: [...report.closed, ...report.damaged],
    plain: report.plain,
  };
}

/** Puts what was done about credentials into the audit trail and the evidence. */
export async function recordSettings(
  { steps, closed, unsealed }: Pick<OpenedSettings, 'steps' | 'closed' | 'unsealed'>,
  store: StorePort,
  clock: Clock,
  log: LogPort,
): Promise<void> {
  const all = [
    ...steps,
    ...(closed.length === 0 ? [] : [{ what: 'settings-key-lost', detail: closed.join(' ') }]),
    ...(unsealed === null ? [] : [{ what: 'settings-not-sealed', detail: unsealed }]),
  ];
  for (const { what, detail } of all) {
    const noted = await store.audit({ at: clock.now(), who: 'kiosk', what, detail });
    if (!noted.ok) log.event('error', 'audit-not-written', { code: noted.error.code });
  }
}

/** Runs a step that writes to the data folder; a disk that refuses (full, read-only, no folder) is a problem in words. */
export async function written(step: () => Promise<unknown>, log: LogPort): Promise<Result<null, Problem>> {
  try {
    await step();
    return ok(null);
  } catch (cause) {
    const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
    // Anything but the operating system's word is a bug.
    if (code === undefined) throw cause;
    log.event('error', 'data-folder-unusable', { code });
    return err(problem('K103-store-unavailable', { reason: code === 'ENOSPC' ? 'full' : 'unavailable' }));
  }
}
