import { chmod, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalKeys } from '../../services/ports.ts';
import type { Random } from '../../../native/model/clock.ts';
import { err, ok, type Result } from '../../../native/model/result.ts';
import { readPlainFile } from '../plain-file.ts';
import { KioskConfig, PLAIN_FORMAT, SEALED_FORMAT } from './schema.ts';
import { openSecrets, sealSecrets, wantsSealing, type RawConfig, type SecretPlace } from './secrets.ts';

/** Older versions that are kept beside the present one. */
const KEPT_VERSIONS = 10;
/** A configuration is a few kilobytes; a larger file is not one. */
const LARGEST_FILE = 1024 * 1024;

/**
 * Why no configuration could be used. `missing`: none was ever written; `damaged`: files are there but none can be
 * read as a configuration.
 */
export interface ConfigError {
  readonly code: 'missing' | 'damaged';
  readonly detail: string;
}

/** What was read. */
export interface LoadedConfig {
  /** With every credential that could be opened as text. */
  readonly config: KioskConfig;
  /** Set when the newest file was damaged and an older version serves: what was wrong. */
  readonly fellBack: string | null;
  /** Credentials that stand as they are in the file. */
  readonly plain: readonly SecretPlace[];
  /** Credentials that cannot be opened: their key is not here, or they are damaged in every version. */
  readonly closed: readonly SecretPlace[];
}

/** The keys that guard credentials, as they are now. */
export interface SettingsKeys {
  readonly keys: LocalKeys | null;
  readonly random: Random;
}

/** A file whose credentials were sealed anew. */
export interface SealedFile {
  readonly name: string;
  /** Those that stood there as they are. */
  readonly plain: readonly SecretPlace[];
}

/** Why files could not be sealed. */
export interface NotSealed {
  /** The system's word for it, e.g. `EROFS`; `no-key`. */
  readonly code: string;
  /** Credentials may stand as they are; else every one is sealed, some under an older key. */
  readonly plain: boolean;
}

const NAME = /^kiosk\.(\d+)\.json$/;
const HALF_WRITTEN = /^kiosk\.\d+\.json\.part$/;

/** What could be made of one version. */
type Version =
  | { readonly kind: 'good' | 'unopened'; readonly loaded: Omit<LoadedConfig, 'fellBack'>; readonly fault: string }
  | { readonly kind: 'bad'; readonly fault: string };

/** Versioned configuration in one folder: one file a version, the newest good one counts. Credentials are sealed. */
export class ConfigFile {
  readonly #dir: string;
  readonly #guard: SettingsKeys | null;

  /** @param guard without one credentials are written as they are */
  constructor(dir: string, guard: SettingsKeys | null = null) {
    this.#dir = dir;
    this.#guard = guard;
  }

  /**
   * The newest version that is whole. One whose key is not here is whole: it is used without its credentials, and an older
   * one is not better. One with a damaged credential is used so only if no older version is whole.
   */
  async load(): Promise<Result<LoadedConfig, ConfigError>> {
    const versions = await this.#versions();
    if (versions.length === 0) return err({ code: 'missing', detail: this.#dir });
    let fault: string | null = null;
    let unopened: LoadedConfig | null = null;
    for (const version of versions) {
      const read = await this.#read(version);
      if (read.kind === 'good') return ok({ ...read.loaded, fellBack: fault });
      if (read.kind === 'unopened') unopened ??= { ...read.loaded, fellBack: fault };
      fault ??= `kiosk.${version}.json: ${read.fault}`;
    }
    return unopened ? ok(unopened) : err({ code: 'damaged', detail: fault ?? '' });
  }

  /**
   * Writes a version durably: whole or not at all, also in a power cut; credentials sealed when there is a key. Rejects on
   * I/O errors, then the older version stands.
   */
  async write(config: KioskConfig): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    await this.#replace(`kiosk.${config.version}.json`, this.#sealed(config));
    const versions = await this.#versions();
    for (const old of versions.slice(KEPT_VERSIONS)) await rm(this.#path(old), { force: true });
  }

  /**
   * Seals what stands plain, or under an older key, in any version that can be read: the oldest first, each by a whole new
   * file. A death in between leaves some files done; the next call does the others. Gives which were changed.
   */
  async sealAll(): Promise<Result<readonly SealedFile[], NotSealed>> {
    if (!this.#guard?.keys) return err({ code: 'no-key', plain: true });
    const work: (SealedFile & { readonly opened: RawConfig })[] = [];
    for (const version of (await this.#versions()).toReversed()) {
      const raw = await this.#raw(version);
      if (!raw.ok || (raw.value['format'] !== PLAIN_FORMAT && raw.value['format'] !== SEALED_FORMAT)) continue;
      const { raw: opened, report } = openSecrets(raw.value, this.#guard.keys);
      if (wantsSealing(raw.value, report)) work.push({ name: `kiosk.${version}.json`, opened, plain: report.plain });
    }
    let done = 0;
    try {
      for (const { name, opened, plain } of work) {
        await this.#replace(name, this.#sealed(opened), plain.length > 0);
        done += 1;
      }
      // What a write left half done is no version, and may be of a program that wrote credentials as they are.
      for (const name of (await this.#names()).filter((one) => HALF_WRITTEN.test(one))) await this.#wipe(name);
    } catch (cause) {
      const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
      // Anything but the operating system's word is a bug.
      if (code === undefined) throw cause;
      const left = work.slice(done);
      return err({ code, plain: left.length === 0 || left.some(({ plain }) => plain.length > 0) });
    }
    return ok(work.map(({ name, plain }) => ({ name, plain })));
  }

  #sealed(config: RawConfig): RawConfig {
    const { keys, random } = this.#guard ?? { keys: null };
    if (!keys || !random) return config;
    return { ...sealSecrets(config, keys.current, random), format: SEALED_FORMAT };
  }

  /** @param hideOld the bytes that stood there are overwritten, once the new ones are durable */
  async #replace(name: string, content: RawConfig, hideOld = false): Promise<void> {
    const path = join(this.#dir, name);
    const half = `${path}.part`;
    const file = await open(half, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(half, 0o600);
    const old = hideOld ? await open(path, 'r+') : null;
    try {
      await rename(half, path);
      await this.#syncDir();
      // As far as the file system writes in place, nothing of it is left in free blocks.
      if (old) await overwrite(old);
    } finally {
      await old?.close();
    }
  }

  async #wipe(name: string): Promise<void> {
    const file = await open(join(this.#dir, name), 'r+');
    try {
      await overwrite(file);
    } finally {
      await file.close();
    }
    await rm(join(this.#dir, name), { force: true });
  }

  async #raw(version: number): Promise<Result<RawConfig, string>> {
    let text: string;
    try {
      text = await readPlainFile(this.#path(version));
    } catch (cause) {
      return err(cause instanceof Error ? cause.message : 'unreadable');
    }
    if (text.length > LARGEST_FILE) return err('too large');
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null ? ok(value as RawConfig) : err('not a configuration');
    } catch {
      // The parser's own message quotes what it read, which may be the credential.
      return err('not JSON');
    }
  }

  async #read(version: number): Promise<Version> {
    const raw = await this.#raw(version);
    if (!raw.ok) return { kind: 'bad', fault: raw.error };
    const { raw: opened, report } = openSecrets(raw.value, this.#guard?.keys ?? null);
    const parsed = KioskConfig.safeParse(opened);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return { kind: 'bad', fault: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a configuration'}` };
    }
    if (parsed.data.version !== version) return { kind: 'bad', fault: 'file name and version differ' };
    const { plain, closed, damaged } = report;
    const loaded = { config: parsed.data, plain, closed: [...closed, ...damaged] };
    if (damaged.length === 0) return { kind: 'good', loaded, fault: '' };
    return { kind: 'unopened', loaded, fault: `${damaged.join(', ')}: damaged, or sealed for another kiosk` };
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#dir);
    } catch {
      return [];
    }
  }

  /** Versions present, newest first. */
  async #versions(): Promise<number[]> {
    return (await this.#names())
      .map((name) => Number(NAME.exec(name)?.[1] ?? 0))
      .filter((version) => version > 0)
      .toSorted((a, b) => b - a);
  }

  #path(version: number): string {
    return join(this.#dir, `kiosk.${version}.json`);
  }

  async #syncDir(): Promise<void> {
    // Windows cannot open a folder for syncing; there the rename is durable by itself.
    if (process.platform === 'win32') return;
    const dir = await open(this.#dir, 'r');
    try {
      await dir.sync();
    } finally {
      await dir.close();
    }
  }
}

/** Zeros in the place of a file's bytes. */
async function overwrite(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.write(Buffer.alloc(Math.min(size, LARGEST_FILE)), 0, undefined, 0);
  await file.sync();
}
