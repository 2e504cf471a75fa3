import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../native/model/result.ts';
import { KioskConfig } from './schema.ts';

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
  readonly config: KioskConfig;
  /** Set when the newest file was damaged and an older version serves: what was wrong. */
  readonly fellBack: string | null;
}

const NAME = /^kiosk\.(\d+)\.json$/;

/** Versioned configuration in one folder: one file a version, the newest good one counts. */
export class ConfigFile {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async load(): Promise<Result<LoadedConfig, ConfigError>> {
    const versions = await this.#versions();
    if (versions.length === 0) return err({ code: 'missing', detail: this.#dir });
    let fault: string | null = null;
    for (const version of versions) {
      const read = await this.#read(version);
      if (read.ok) return ok({ config: read.value, fellBack: fault });
      fault ??= `kiosk.${version}.json: ${read.error}`;
    }
    return err({ code: 'damaged', detail: fault ?? '' });
  }

  /**
   * Writes a version durably: whole or not at all, also in a power cut. Rejects on I/O errors, then the older version
   * stands.
   */
  async write(config: KioskConfig): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const path = this.#path(config.version);
    const half = `${path}.part`;
    const file = await open(half, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(config, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(half, 0o600);
    await rename(half, path);
    await this.#syncDir();
    const versions = await this.#versions();
    for (const old of versions.slice(KEPT_VERSIONS)) await rm(this.#path(old), { force: true });
  }

  async #read(version: number): Promise<Result<KioskConfig, string>> {
    let text: string;
    try {
      text = await readFile(this.#path(version), 'utf8');
    } catch (cause) {
      return err(cause instanceof Error ? cause.message : 'unreadable');
    }
    if (text.length > LARGEST_FILE) return err('too large');
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // The parser's own message quotes what it read, which may be the credential.
      return err('not JSON');
    }
    const parsed = KioskConfig.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return err(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a configuration'}`);
    }
    if (parsed.data.version !== version) return err('file name and version differ');
    return ok(parsed.data);
  }

  /** Versions present, newest first. */
  async #versions(): Promise<number[]> {
    let names: string[];
    try {
      names = await readdir(this.#dir);
    } catch {
      return [];
    }
    return names
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
