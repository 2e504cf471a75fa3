/** Commands that may wait for one device; a kiosk has one person before it, so more than a few are a fault. */
const QUEUE_LIMIT = 32;

/** Why a command never began. */
export type Refusal = 'aborted' | 'full';

/** One that waits; `begin` tells it that its turn has come. */
interface Waiting {
  readonly begin: () => void;
}

/**
 * One thing at a time for one device. Commands run in the order they were asked for and before anything in the
 * background; background work that is under way is told to yield when a command comes, and the command begins as soon
 * as it has ended. Work that must not starve asks for a turn among the commands; it is told to yield as well, at once
 * where commands wait already, and has to know itself how long it may go on.
 */
export class CommandQueue {
  readonly #limit: number;
  readonly #commands: Waiting[] = [];
  readonly #background: Waiting[] = [];
  #taken = false;
  #busy = 0;
  #yielding: AbortController | null = null;

  constructor(limit = QUEUE_LIMIT) {
    this.#limit = limit;
  }

  /** Whether a command runs or waits. */
  get busy(): boolean {
    return this.#busy > 0;
  }

  /**
   * Runs `work` when its turn comes. A wait that is aborted ends at once and never runs `work`; once `work` runs,
   * heeding the signal is its own matter.
   */
  async run<T>(work: () => Promise<T>, refused: (why: Refusal) => T, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return refused('aborted');
    if (this.#commands.length >= this.#limit) return refused('full');
    this.#busy += 1;
    this.#yielding?.abort();
    try {
      if (!(await this.#turn(this.#commands, signal))) return refused('aborted');
      try {
        return await work();
      } finally {
        this.#next();
      }
    } finally {
      this.#busy -= 1;
    }
  }

  /**
   * Runs `work` when no command wants the device; its signal is aborted when one comes.
   * @param options.urgent waits in line with the commands
   */
  async background<T>(
    work: (yielded: AbortSignal) => Promise<T>,
    refused: T,
    options: { readonly urgent: boolean; readonly signal?: AbortSignal },
  ): Promise<T> {
    const { urgent, signal } = options;
    if (!(await this.#turn(urgent ? this.#commands : this.#background, signal))) return refused;
    const yielding = new AbortController();
    this.#yielding = yielding;
    if (this.#commands.length > 0) yielding.abort();
    try {
      return await work(yielding.signal);
    } finally {
      this.#yielding = null;
      this.#next();
    }
  }

  /** True when the turn has come, false when the wait was aborted. */
  #turn(line: Waiting[], signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    if (!this.#taken) {
      this.#taken = true;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const onAbort = (): void => {
        line.splice(line.indexOf(waiting), 1);
        resolve(false);
      };
      const waiting: Waiting = {
        begin: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(true);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      line.push(waiting);
    });
  }

  #next(): void {
    const next = this.#commands.shift() ?? this.#background.shift();
    if (next) next.begin();
    else this.#taken = false;
  }
}
