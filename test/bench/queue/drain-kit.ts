import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { openSupervised, spawnNodeChild, type QueueHost } from '../../../electron/app/queue/index.ts';
import type { LogPort } from '../../../electron/services/ports.ts';
import { systemClock, systemRandom } from '../../../native/transport/system-clock.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const silent: LogPort = { event: () => undefined, tail: () => [] };

/** The platform for measuring, in its own process. */
export class BenchPlatform {
  readonly #child: ChildProcess;
  port = 0;
  kept = 0;
  /** When it was first asked anything, on `performance.now()`. */
  askedAt = Number.NaN;
  readonly #heard: (() => void)[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param keeps where it keeps what it was sent */
  static async start(dir: string, keeps: 'disk' | 'memory'): Promise<BenchPlatform> {
    const program = join(import.meta.dirname, 'bench-platform.ts');
    const platform = new BenchPlatform(fork(program, [dir, keeps], { execArgv: [] }));
    await new Promise<void>((resolve) => {
      platform.#child.on('message', (message: { port?: number; kept?: number }) => {
        if (message.port !== undefined) {
          platform.port = message.port;
          resolve();
        }
        if (message.kept !== undefined && Number.isNaN(platform.askedAt)) platform.askedAt = performance.now();
        platform.kept = message.kept ?? platform.kept;
        for (const listener of platform.#heard) listener();
      });
    });
    return platform;
  }

  /** Requests with this key are never answered. */
  hang(key: string | null): void {
    this.#child.send({ hang: key });
  }

  /** Waits until so many messages are kept; gives the time on `performance.now()`. */
  until(count: number, limitMs: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.kept} of ${count} messages in ${limitMs} ms`)), limitMs);
      const look = (): void => {
        if (this.kept < count) return;
        clearTimeout(late);
        resolve(performance.now());
      };
      this.#heard.push(look);
      look();
    });
  }

  /** Lets every other program go first, as if it ran on a machine of its own. */
  stepBack(): void {
    if (this.#child.pid !== undefined) setPriority(this.#child.pid, constants.priority.PRIORITY_LOW);
  }

  stop(): void {
    this.#child.disconnect();
  }
}

/** The product's queue in its own process. */
export async function openQueue(dir: string): Promise<QueueHost> {
  const spawn = spawnNodeChild(join(ROOT, 'electron', 'store-process.ts'));
  const opened = await openSupervised(spawn)({ dir, clock: systemClock, random: systemRandom, log: silent });
  if (!opened.ok) throw new Error(opened.error.detail);
  return opened.value;
}

/** Starts the sync of an open queue against a port of this machine. */
export function startSyncTo(queue: QueueHost, port: number): ReturnType<QueueHost['startSync']> {
  return queue.startSync({
    baseUrl: `http://127.0.0.1:${port}`,
    token: 'bench-token',
    kioskCode: 'CH03',
    version: '0',
    deviceReport: () => [],
    catalogueVersion: () => 1,
    onCatalogue: () => undefined,
  });
}
