import { createHash } from 'node:crypto';
import type { Exchange } from '../../../electron/sync/platform-client.ts';
import type { Clock } from '../../../native/model/clock.ts';
import type { Dice } from './dice.ts';
import type { MemoryPlatform } from './memory-platform.ts';
import type { SimLife, SimTime } from './sim-clock.ts';
import type { SimTrace } from './sim-trace.ts';

/**
 * How the line is. `up`; `down`: every call fails at once; `dead`: nothing ever comes back; `bad`: anything may happen to a
 * call; `portal`: somebody else answers; `busy`: the platform says so.
 */
export type LineState = 'up' | 'down' | 'dead' | 'bad' | 'portal' | 'busy';
const TROUBLES: readonly LineState[] = ['down', 'dead', 'bad', 'bad', 'portal', 'busy'];

/** The line between kiosk and platform in a simulation. */
export class SimNetwork {
  readonly #time: SimTime;
  readonly #dice: Dice;
  readonly #platform: MemoryPlatform;
  readonly #trace: SimTrace;
  readonly #world: Clock;
  state: LineState = 'up';

  constructor(time: SimTime, dice: Dice, platform: MemoryPlatform, trace: SimTrace) {
    this.#time = time;
    this.#dice = dice;
    this.#platform = platform;
    this.#trace = trace;
    this.#world = time.clock(null);
  }

  /** Another weather: trouble with this probability, else good. */
  change(trouble: number): void {
    this.state = this.#dice.chance(trouble) ? this.#dice.pick(TROUBLES) : 'up';
    this.#time.disturb();
    this.#trace.note(this.#time.now, `line ${this.state}`);
  }

  /** What carries the requests of one life of the kiosk. */
  exchange(life: SimLife): Exchange {
    return async ({ method, path, headers, body, signal }) => {
      const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? new Uint8Array(0));
      const key = headers['idempotency-key'] ?? '';
      const answer = await this.#carry(method, path, key, bytes, signal);
      // A process that is gone hears nothing any more.
      if (life.over) return new Promise(() => undefined);
      // A heartbeat names hashes that hang on the kiosk's own keys, which are never the same.
      const heartbeat = path.endsWith('/heartbeats');
      const digest = heartbeat ? '' : createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      this.#trace.note(this.#time.now, `${method} ${path} ${key} ${digest} -> ${answer ? answer.statusCode : 'lost'}`);
      if (!answer) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' });
      return answer;
    };
  }

  /** Looked at anew after every wait: the weather changes meanwhile. */
  #isDown(): boolean {
    return this.state === 'down';
  }

  async #carry(
    method: string,
    path: string,
    key: string,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<Exchange>> | null> {
    const { state } = this;
    const dice = this.#dice;
    const there = dice.between(2, 200);
    const back = dice.between(2, 200);
    const fate = state === 'bad' ? dice.below(8) : state === 'up' ? 7 : -1;
    const never = (): Promise<null> =>
      new Promise((resolve) => {
        if (signal.aborted) resolve(null);
        else signal.addEventListener('abort', () => resolve(null), { once: true });
      });
    if (state === 'down') {
      await this.#world.sleep(5);
      return null;
    }
    if (state === 'dead' || fate === 0) return never();
    if (state === 'portal') return html('<h1>Login</h1>');
    await this.#world.sleep(there);
    // Cut on its way there.
    if (fate === 1 || this.#isDown()) return null;
    if (state === 'busy') {
      const text = JSON.stringify({ type: 'urn:hall24:busy', title: 'busy', status: 503 });
      const type = 'application/problem+json';
      return { statusCode: 503, headers: { 'content-type': type, 'retry-after': '3' }, text };
    }
    const answer = this.#platform.answer(method, path, key, body);
    if (fate === 2) this.#platform.answer(method, path, key, body);
    // Delivered once more when everybody has forgotten it.
    if (fate === 3) void this.#world.sleep(60_000).then(() => this.#platform.answer(method, path, key, body));
    await this.#world.sleep(back);
    // Cut on its way back: done, and nobody here knows.
    if (fate === 4 || this.#isDown()) return null;
    if (fate === 5) return html('');
    if (fate === 6) await this.#world.sleep(dice.between(1_000, 20_000), signal);
    if (signal.aborted) return null;
    const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
    return { statusCode: answer.status, headers: { 'content-type': type }, text: JSON.stringify(answer.body) };
  }
}

function html(text: string): Awaited<ReturnType<Exchange>> {
  return { statusCode: 200, headers: { 'content-type': 'text/html' }, text };
}
