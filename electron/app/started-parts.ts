import type { LogPort } from '../services/ports.ts';

/** What runs by now, to be stopped in the opposite order of its start. */
export class StartedParts {
  readonly #log: LogPort;
  #parts: { readonly name: string; readonly stop: () => void | Promise<void> }[] = [];
  #stopping: Promise<void> | null = null;

  constructor(log: LogPort) {
    this.#log = log;
  }

  add(name: string, stop: () => void | Promise<void>): void {
    this.#parts.push({ name, stop });
  }

  /** Stops every part once; one that throws is logged and does not keep the others running. Never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const { name, stop } of this.#parts.toReversed()) {
      try {
        await stop();
      } catch (cause) {
        this.#log.event('error', 'part-not-stopped', { part: name, kind: cause instanceof Error ? cause.name : '' });
      }
    }
    this.#parts = [];
  }
}
