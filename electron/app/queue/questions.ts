import { randomUUID } from 'node:crypto';
import type { StoreError } from '../../services/ports.ts';
import { COMMAND_WINDOW, commandId } from '../../store/index.ts';
import type { Clock } from '../../../native/model/clock.ts';
import { err, type Result } from '../../../native/model/result.ts';
import type { ToQueue } from './protocol.ts';

/** Longest wait for an answer in milliseconds, restarts included. Whether it happened is then not known. */
const DEADLINE_MS = 30_000;
/** Questions that may wait; more means that nobody answers any more. */
const MOST = 10_000;

/** A message that is answered, without its number. */
type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id' | 'command'> : never;
export type Question = Unnumbered<ToQueue>;

interface Waiting {
  readonly id: number;
  readonly question: Question;
  /** Number of a command within the session; null for what may simply be repeated. */
  readonly command: number | null;
  readonly since: number;
  readonly settle: (answer: Result<unknown, StoreError>) => void;
  posted: boolean;
}

/**
 * Questions to the queue process that are not answered yet. When it dies they wait for the next one, which is asked the
 * same again in the same order: a command by the id that it had, so that it is done once.
 */
export class Questions {
  readonly #clock: Clock;
  readonly #post: (message: ToQueue) => void;
  readonly #session = randomUUID();
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;
  #commands = 0;
  #watching = false;
  #over: string | null = null;

  constructor({ clock }: { readonly clock: Clock }, post: (message: ToQueue) => void) {
    this.#clock = clock;
    this.#post = post;
  }

  /** Never rejects: `unavailable` when no answer comes in time. */
  ask(question: Question, repeat: 'repeatable' | 'command' | null): Promise<Result<unknown, StoreError>> {
    if (this.#over !== null) return Promise.resolve(err({ code: 'unavailable', detail: this.#over }));
    if (this.#waiting.size >= MOST) return Promise.resolve(err({ code: 'unavailable', detail: 'too-many-questions' }));
    return new Promise((settle) => {
      this.#ids += 1;
      if (repeat === 'command') this.#commands += 1;
      const command = repeat === 'command' ? this.#commands : null;
      const waiting = { id: this.#ids, question, command, since: this.#clock.monotonic(), settle, posted: false };
      this.#waiting.set(waiting.id, waiting);
      if (this.#fits(waiting)) this.#send(waiting);
      void this.#watch();
    });
  }

  /** Gives a question outside of the list its number. */
  number(use: (id: number) => void): void {
    this.#ids += 1;
    use(this.#ids);
  }

  answered(id: number, answer: Result<unknown, StoreError>): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    waiting.settle(answer);
    for (const next of this.#waiting.values()) if (!next.posted && this.#fits(next)) this.#send(next);
  }

  /** Asks everything again, in order. */
  repeat(): void {
    for (const waiting of this.#waiting.values()) if (waiting.posted) this.#send(waiting);
  }

  /** Ends every wait, also those to come. */
  giveUp(detail: string): void {
    this.#over = detail;
    for (const waiting of this.#waiting.values()) waiting.settle(err({ code: 'unavailable', detail }));
    this.#waiting.clear();
  }

  /** Answers of commands are kept in a ring: a command must not overwrite one that is still waited for. */
  #fits(next: Waiting): boolean {
    if (next.command === null) return true;
    for (const { command } of this.#waiting.values()) {
      if (command !== null) return next.command - command < COMMAND_WINDOW;
    }
    return true;
  }

  #send(waiting: Waiting): void {
    waiting.posted = true;
    const { id, question, command } = waiting;
    const named = question.t === 'ask' ? { command: command === null ? null : commandId(this.#session, command) } : {};
    this.#post({ ...question, ...named, id } as ToQueue);
  }

  /** One timer for all. */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    while (this.#waiting.size > 0) {
      const [oldest] = this.#waiting.values();
      const left = (oldest?.since ?? 0) + DEADLINE_MS - this.#clock.monotonic();
      if (left > 0) await this.#clock.sleep(Math.min(left, 1_000));
      else if (oldest) this.answered(oldest.id, err({ code: 'unavailable', detail: 'no-answer' }));
    }
    this.#watching = false;
  }
}
