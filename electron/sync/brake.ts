import type { Random } from '../../native/model/clock.ts';
import { backoffMs } from './backoff.ts';
import type { CallFailure } from './platform-client.ts';

/** Failures in a row that are no longer about single messages. */
const MANY = 4;
/** Longest pause between two tries in trouble, in milliseconds. */
const LONGEST_PAUSE_MS = 30_000;
/** What is about one message, or the subject of one, rather than about the platform. */
const ABOUT_A_MESSAGE: ReadonlySet<string> = new Set(['urn:hall24:in-progress', 'urn:hall24:sequence-gap']);

/**
 * Keeps a long queue from being tried row by row against a platform that takes nothing: after a few failures in a row,
 * or while the link is down, one message at a time is tried, ever more seldom. One message that fails alone while others
 * get through never pulls it.
 */
export class Brake {
  readonly #random: Random;
  readonly #isDown: () => boolean;
  #failures = 0;
  #holdUntil = 0;

  constructor(random: Random, isDown: () => boolean) {
    this.#random = random;
    this.#isDown = isDown;
  }

  get pulled(): boolean {
    return this.#isDown() || this.#failures >= MANY;
  }

  /** Milliseconds from `now` until the next try may be made. */
  pause(now: number): number {
    return this.pulled ? Math.max(0, this.#holdUntil - now) : 0;
  }

  /** The next try may be made at once. */
  loosen(): void {
    this.#holdUntil = 0;
  }

  /** The platform dealt with a message. Returns whether that ended a trouble. */
  worked(): boolean {
    const was = this.#failures >= MANY;
    this.#failures = 0;
    this.#holdUntil = 0;
    return was;
  }

  failed(failure: CallFailure, now: number): void {
    if (failure.kind === 'refused' || (failure.kind === 'later' && ABOUT_A_MESSAGE.has(failure.reason))) return;
    this.#failures += 1;
    if (!this.pulled) return;
    const tries = this.#isDown() ? this.#failures : this.#failures - MANY + 1;
    this.#holdUntil = now + Math.min(backoffMs(this.#random, tries), LONGEST_PAUSE_MS);
  }
}
