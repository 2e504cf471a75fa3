import { LINE_CALLS, PERSONAL_CALLS } from '../contract/bridge.ts';
import type { Problem } from '../contract/problems.ts';
import { err, type Result } from '../../native/model/result.ts';

/** The line did not come, or broke. */
const INTERNAL: Problem = { code: 'K105-internal', params: {} };

/** Longest wait for the line after a visit began, in milliseconds. */
const LINE_WITHIN_MS = 10_000;

/** A DOM MessagePort, as far as it is needed here. */
export interface PortLike {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  addEventListener(type: 'close', listener: () => void): void;
}

interface Asked {
  readonly name: string;
  readonly input: unknown;
  readonly answer: (result: Result<unknown, Problem>) => void;
}

interface Listener {
  readonly name: string;
  readonly listener: (payload: unknown) => void;
}

/** The page's side of the line to the visit process. It lives as long as the page, which is one visit. */
export class PersonalLine {
  #port: PortLike | null = null;
  readonly #asked = new Map<number, Asked>();
  readonly #listeners = new Set<Listener>();
  #last = 0;

  /** Whether a call must go this way, or goes this way because there is a visit. */
  carries(name: string): boolean {
    return (PERSONAL_CALLS as readonly string[]).includes(name) || (this.#port !== null && this.prefers(name));
  }

  /** Whether a call goes this way as soon as there is a visit. */
  prefers(name: string): boolean {
    return (LINE_CALLS as readonly string[]).includes(name);
  }

  /** Hears what devices read for this visit; returns the way to stop. */
  on(name: string, listener: (payload: unknown) => void): () => void {
    const own: Listener = { name, listener };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** The line is there: what was asked before goes out now. */
  use(port: PortLike): void {
    this.#port = port;
    port.onmessage = ({ data }) => this.#hear(data);
    port.addEventListener('close', () => this.#lost());
    for (const [id, { name, input }] of this.#asked) port.postMessage({ id, name, input });
  }

  /** Asks; never rejects. Without a line the answer is `K105-internal`. */
  ask(name: string, input: unknown): Promise<Result<unknown, Problem>> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        if (this.#port === null) this.#settle(id, err(INTERNAL));
      }, LINE_WITHIN_MS);
      const answer = (result: Result<unknown, Problem>): void => {
        clearTimeout(late);
        resolve(result);
      };
      this.#asked.set(id, { name, input, answer });
      this.#port?.postMessage({ id, name, input });
    });
  }

  #settle(id: number, result: Result<unknown, Problem>): void {
    this.#asked.get(id)?.answer(result);
    this.#asked.delete(id);
  }

  #hear(data: unknown): void {
    const heard = data as
      | { readonly id: number; readonly answer: Result<unknown, Problem> }
      | { readonly event: string; readonly payload: unknown };
    if ('answer' in heard) return this.#settle(heard.id, heard.answer);
    for (const { name, listener } of this.#listeners) if (name === heard.event) listener(heard.payload);
  }

  /** The process at the other end is gone, and with it what it was asked. */
  #lost(): void {
    for (const id of [...this.#asked.keys()]) this.#settle(id, err(INTERNAL));
  }
}
