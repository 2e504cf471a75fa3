import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../native/model/clock.ts';
import { MemoryLedger, type DeviceLedger } from '../../native/model/device-ledger.ts';
import type { DeviceClass } from '../../native/model/device.ts';
import type { LogPort } from '../services/ports.ts';
import { readPlainFile } from './plain-file.ts';

const Kept = z.record(z.string(), z.record(z.string(), z.number().min(0)));

/** Numbers change with every receipt: they are written together, so many milliseconds after the first change. */
const WRITE_AFTER_MS = 5_000;

/**
 * What the devices did and used up (`prints`, `paperUsedMm`), over restarts, in a file. It is an estimate for a technician:
 * a power cut may cost the last few seconds, a damaged file all of it, and neither keeps the kiosk from starting.
 */
export class DeviceLedgers {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #log: LogPort;
  readonly #ledgers = new Map<DeviceClass, MemoryLedger>();
  readonly #stopping = new AbortController();
  #kept: Readonly<Record<string, Readonly<Record<string, number>>>> = {};
  #writing: Promise<void> | null = null;

  private constructor(file: string, clock: Clock, log: LogPort) {
    this.#file = file;
    this.#clock = clock;
    this.#log = log;
  }

  static async load(file: string, clock: Clock, log: LogPort): Promise<DeviceLedgers> {
    const ledgers = new DeviceLedgers(file, clock, log);
    try {
      ledgers.#kept = Kept.parse(JSON.parse(await readPlainFile(file)));
    } catch (cause) {
      const missing = cause instanceof Error && (cause as NodeJS.ErrnoException).code === 'ENOENT';
      if (!missing) log.event('warn', 'device-ledger-unreadable');
    }
    return ledgers;
  }

  /** The ledger of a class; the same one each time. */
  of(deviceClass: DeviceClass): DeviceLedger {
    const known = this.#ledgers.get(deviceClass) ?? new MemoryLedger(this.#kept[deviceClass]);
    this.#ledgers.set(deviceClass, known);
    return {
      get: (key) => known.get(key),
      set: (key, value) => {
        known.set(key, value);
        this.#writing ??= this.#writeSoon();
      },
      all: () => known.all(),
    };
  }

  /** Writes what has not been written yet. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#writing;
  }

  async #writeSoon(): Promise<void> {
    await this.#clock.sleep(WRITE_AFTER_MS, this.#stopping.signal);
    this.#writing = null;
    const all = { ...this.#kept, ...Object.fromEntries([...this.#ledgers].map(([name, one]) => [name, one.all()])) };
    try {
      await mkdir(dirname(this.#file), { recursive: true });
      const file = await open(`${this.#file}.new`, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(all));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${this.#file}.new`, this.#file);
    } catch (cause) {
      this.#log.event('warn', 'device-ledger-not-written', { code: (cause as NodeJS.ErrnoException).code });
    }
  }
}
