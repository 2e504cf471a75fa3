import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../native/model/clock.ts';
import type { LogPort } from '../services/ports.ts';

/** Size at which the log file is put aside, and how many put-aside files are kept: 8 MB in all. */
const LARGEST_FILE = 2 * 1024 * 1024;
const KEPT_FILES = 3;
/** Lines that the admin screen can look back on. */
const TAIL_LINES = 500;

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];
type Line = ReturnType<LogPort['tail']>[number];

/** A log file of bounded size. A full disk must not stop the kiosk, so lines that cannot be written are dropped. */
class BoundedFile {
  readonly #path: string;
  #size: number;

  constructor(path: string) {
    this.#path = path;
    this.#size = 0;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      this.#size = existsSync(path) ? statSync(path).size : 0;
    } catch {
      // No folder, no file: lines are dropped, see the class comment.
    }
  }

  write(line: string): void {
    try {
      if (this.#size > LARGEST_FILE) this.#rotate();
      appendFileSync(this.#path, line, { mode: 0o600 });
      this.#size += Buffer.byteLength(line);
    } catch {
      // Dropped: see the class comment.
    }
  }

  #rotate(): void {
    rmSync(`${this.#path}.${KEPT_FILES}`, { force: true });
    for (let index = KEPT_FILES - 1; index >= 1; index -= 1) {
      if (existsSync(`${this.#path}.${index}`)) renameSync(`${this.#path}.${index}`, `${this.#path}.${index + 1}`);
    }
    renameSync(this.#path, `${this.#path}.1`);
    this.#size = 0;
  }
}

/** Keys that must never reach a log, whatever a caller passes. */
const SECRET_KEYS = ['name', 'number', 'address', 'idNumber', 'phone', 'pin', 'token', 'values', 'card'];

/** Log of the main process: JSON lines in a bounded file and the last lines in memory. */
export function createLog(options: {
  readonly path: string | null;
  readonly clock: Clock;
  readonly level?: Level;
}): LogPort {
  const file = options.path === null ? null : new BoundedFile(options.path);
  const tail: Line[] = [];
  const least = LEVELS.indexOf(options.level ?? 'info');
  return {
    event(level, event, detail = {}) {
      const clean = Object.fromEntries(
        Object.entries(detail).filter(([key, value]) => value !== undefined && !isSecret(key, value)),
      );
      const at = options.clock.now();
      const time = new Date(at).toISOString();
      if (LEVELS.indexOf(level) >= least) file?.write(`${JSON.stringify({ level, time, event, ...clean })}\n`);
      tail.push({ at, level, event, detail: JSON.stringify(clean) });
      if (tail.length > TAIL_LINES) tail.shift();
    },
    tail: (limit) => tail.slice(-limit),
  };
}

/** Long digit strings are card, phone or pick-up numbers, under whatever key they come. */
function isSecret(key: string, value: unknown): boolean {
  return SECRET_KEYS.includes(key) || (typeof value === 'string' && /^\d{6,}[\dXx]?$/.test(value));
}
