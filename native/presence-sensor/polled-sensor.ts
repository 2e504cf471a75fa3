import type { Clock } from '../model/clock.ts';
import type { DeviceError, DeviceState } from '../model/device.ts';
import type { Presence, PresenceSensor } from '../model/presence-sensor.ts';
import type { Result } from '../model/result.ts';
import { PresenceBelief } from './belief.ts';

/** Time between two questions, in milliseconds: two and a half a second cost next to nothing. */
export const POLL_MS = 400;
/** The same while a change waits to be said a second time. */
export const CONFIRM_MS = 150;
/** The same while nothing answers. */
const SILENT_MS = 2_000;
/** Equal answers in a row that a change takes. */
const AGREEING = 2;
/** Questions in a row without an answer after which nothing is believed any more. */
const SILENT_ASKS = 2;

/** How a sensor is asked: true when somebody is there. */
export interface Asking {
  ask(signal: AbortSignal): Promise<Result<boolean, DeviceError>>;
  /** Lets go of the line. */
  dispose(): void;
}

/** A sensor that has to be asked again and again. */
export class PolledSensor implements PresenceSensor {
  readonly deviceClass = 'presence-sensor';
  readonly driverId: string;
  readonly #clock: Clock;
  readonly #asking: Asking;
  readonly #belief = new PresenceBelief(AGREEING);
  readonly #stop = new AbortController();
  #silent = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(driverId: string, clock: Clock, asking: Asking) {
    this.driverId = driverId;
    this.#clock = clock;
    this.#asking = asking;
    void this.#watch();
  }

  get events(): PresenceSensor['events'] {
    return this.#belief.events;
  }

  get presence(): Presence {
    return this.#belief.presence;
  }

  async probe(signal?: AbortSignal): Promise<DeviceState> {
    const asked = await this.#askInTurn(signal);
    return asked.ok ? stateOf('online') : failed(asked.error);
  }

  dispose(): void {
    this.#stop.abort();
    this.#asking.dispose();
  }

  /** Asks as long as the driver lives. */
  async #watch(): Promise<void> {
    const stop = this.#stop.signal;
    while (!stop.aborted) {
      await this.#askInTurn();
      const pause = this.#silent >= SILENT_ASKS ? SILENT_MS : this.#belief.open ? CONFIRM_MS : POLL_MS;
      await this.#clock.sleep(pause, stop);
    }
  }

  /** One question at a time; every answer counts, whoever asked. */
  #askInTurn(signal?: AbortSignal): Promise<Result<boolean, DeviceError>> {
    const asked = this.#turn.then(async () => {
      const ends = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
      const answer = await this.#asking.ask(ends);
      if (!this.#stop.signal.aborted) this.#take(answer);
      return answer;
    });
    this.#turn = asked;
    return asked;
  }

  #take(answer: Result<boolean, DeviceError>): void {
    if (answer.ok) {
      const back = this.#silent >= SILENT_ASKS;
      this.#silent = 0;
      this.#belief.heard(answer.value);
      if (back) this.#belief.events.emit({ type: 'state-changed' });
      return;
    }
    // A question that made way for another one says nothing of the sensor.
    if (answer.error.code === 'cancelled') return;
    this.#silent += 1;
    this.#belief.doubted();
    if (this.#silent !== SILENT_ASKS) return;
    this.#belief.lost();
    this.#belief.events.emit({ type: 'state-changed' });
  }
}

/** The state of a sensor that gave no answer, or refused. */
function failed({ code, detail }: DeviceError): DeviceState {
  const there = code === 'not-supported' || code === 'bad-request';
  return { ...stateOf(there ? 'hardwareError' : 'offline', detail), fault: code };
}

/** A state of a device without supplies that does not name itself. */
export function stateOf(status: DeviceState['status'], detail = ''): DeviceState {
  return { status, detail, paper: null, identity: null };
}
