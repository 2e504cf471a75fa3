import type { DeviceError } from '../model/device.ts';
import { err } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/** Answers in a row that must say the same before something new is believed of a protocol with a check of 8 bits. */
export const SURE_8_BITS = 4;
/** The same with a check of 16 bits. */
export const SURE_16_BITS = 2;
/** Questions for one reading before it is given up: doors that move meanwhile, or a line that damages its answers. */
const MOST_ASKED = 10;

/** Answers among them that may be missing or damaged. */
const MOST_FAILED = 2;

/** What came to a question, and whether it is sure. */
export interface Reading<T> {
  readonly value: T;
  readonly sure: boolean;
}

/**
 * What may be believed of answers whose check lets a damaged one through now and then. The same as was believed before is
 * believed at once; something new only when several answers in a row say it, whole frame for whole frame. So a reading
 * costs one question as long as nothing changes, and a change costs the ones that prove it.
 */
export class SureReadings {
  readonly #needed: number;
  readonly #believed = new Map<string, string>();

  /** @param needed answers that must say the same: {@link SURE_8_BITS} or {@link SURE_16_BITS} */
  constructor(needed: number) {
    this.#needed = needed;
  }

  /**
   * Asks until the answer is sure. Errors: those of the question, and `bad-reply` when no answer was said often enough.
   * @param question what is the same for the same question
   * @param ask asks once
   * @param enough gives a first answer back unsure, when it will do; such an answer is not remembered
   */
  async read<T>(
    question: string,
    ask: () => Promise<Result<T, DeviceError>>,
    enough: (value: T) => boolean = () => false,
  ): Promise<Result<Reading<T>, DeviceError>> {
    let last: string | null = null;
    let same = 0;
    let failures = 0;
    for (let asked = 0; asked < MOST_ASKED; asked += 1) {
      const answer = await ask();
      if (!answer.ok) {
        // The first silence is the caller's matter; among answers a damaged one is passed over.
        const passing = answer.error.code === 'bad-reply' || answer.error.code === 'timeout';
        failures += 1;
        if (last === null || !passing || failures > MOST_FAILED) return answer;
        continue;
      }
      const { value } = answer;
      const words = JSON.stringify(value, bytesToo);
      if (this.#believed.get(question) === words) return { ok: true, value: { value, sure: true } };
      if (asked === 0 && enough(value)) return { ok: true, value: { value, sure: false } };
      same = words === last ? same + 1 : 1;
      last = words;
      if (same < this.#needed) continue;
      this.#believed.set(question, words);
      return { ok: true, value: { value, sure: true } };
    }
    return err({ code: 'bad-reply', detail: `${MOST_ASKED} answers that do not agree` });
  }
}

function bytesToo(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? [...value] : value;
}
