import type { Clock, Random } from '../../native/model/clock.ts';
import type { Carrier, FromProduct } from './carrier.ts';
import { describe, keyAction, readRequest } from './far-ends/command-line.ts';
import type { Asked } from './far-ends/command-line.ts';
import type { Action, FarEnd } from './far-ends/far-end.ts';
import { lineActions } from './far-ends/line-actions.ts';
import { SimulatorLine } from './line.ts';

/** What the control socket answers. */
export type Answer =
  | { readonly ok: true; readonly [key: string]: unknown }
  | { readonly ok: false; readonly error: string };

/** One simulated device on its line, operated by words, keys or JSON. */
export class SimulatedDevice {
  readonly #farEnd: FarEnd;
  readonly #carrier: Carrier;
  readonly #line: SimulatorLine;
  readonly #actions: readonly Action[];

  constructor(farEnd: FarEnd, carrier: Carrier, clock: Clock, random: Random) {
    this.#farEnd = farEnd;
    this.#carrier = carrier;
    this.#line = new SimulatorLine(farEnd.simulator, carrier, clock, random);
    this.#actions = [...farEnd.actions, ...lineActions(this.#line, carrier)];
  }

  /** What carries bytes to a far end. */
  static receiver({ simulator }: FarEnd): FromProduct {
    return (bytes) => simulator.receive(bytes);
  }

  /** One line for a person at the keyboard. */
  get keysHelp(): string {
    return this.#actions
      .flatMap(({ keys }) => keys)
      .map(({ key, help }) => `${key} ${help}`)
      .join(', ');
  }

  /** Everything that can be asked for, one line each. */
  get wordsHelp(): readonly string[] {
    return this.#actions.map(describe);
  }

  state(): Readonly<Record<string, unknown>> {
    return { plugged: this.#carrier.plugged, line: this.#line.behaviour, ...this.#farEnd.state() };
  }

  /** Does what a line asks for (JSON, words, a key, `state`, `help`) and answers. */
  async ask(line: string): Promise<Answer> {
    const word = wordOf(line);
    if (word === 'state') return { ok: true, state: this.state() };
    if (word === 'help') return { ok: true, help: this.wordsHelp };
    return this.#do(readRequest(line, this.#actions));
  }

  /** Does what a key stands for; null when it stands for nothing. */
  async press(key: string): Promise<Answer | null> {
    const asked = keyAction(key, this.#actions);
    return asked === null ? null : this.#do(asked);
  }

  async stop(): Promise<void> {
    this.#farEnd.dispose();
    await this.#line.stop();
    await this.#carrier.stop();
  }

  async #do(asked: Asked): Promise<Answer> {
    if ('problem' in asked) return { ok: false, error: asked.problem };
    const { action, values } = asked;
    const problem = await action.run(values);
    return problem === null
      ? { ok: true, done: action.word, ...values, state: this.state() }
      : { ok: false, error: problem };
  }
}

function wordOf(line: string): string {
  const text = line.trim();
  if (!text.startsWith('{')) return text === '?' ? 'help' : text;
  try {
    const { do: word } = JSON.parse(text) as { readonly do?: unknown };
    return typeof word === 'string' ? word : '';
  } catch {
    return '';
  }
}
