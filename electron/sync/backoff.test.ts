import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import { backoffMs, fraction, steadyTime } from './backoff.ts';
import { readRetryAfter } from './platform-client.ts';

const MINUTE = 60_000;

describe('backoff', () => {
  it('is anything up to 1 s x 2^n and five minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer(), (attempts, seed) => {
        const wait = backoffMs(seededRandom(seed), attempts);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(5 * MINUTE, 1000 * 2 ** Math.min(attempts - 1, 30)));
      }),
    );
  });

  it('is spread over its whole range', () => {
    const random = seededRandom(1);
    const waits = Array.from({ length: 1000 }, () => backoffMs(random, 20));
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
    expect(mean / (5 * MINUTE)).toBeCloseTo(0.5, 1);
    expect(Math.min(...waits)).toBeLessThan(0.1 * 5 * MINUTE);
    expect(Math.max(...waits)).toBeGreaterThan(0.9 * 5 * MINUTE);
  });

  it('is not shorter than what was asked for, within reason', () => {
    expect(backoffMs(seededRandom(1), 1, 7 * MINUTE)).toBe(7 * MINUTE);
    expect(backoffMs(seededRandom(1), 1, 365 * 24 * 60 * MINUTE)).toBe(15 * MINUTE);
  });

  it('takes every byte of randomness', () => {
    expect(fraction({ bytes: () => Uint8Array.of(0, 0, 0, 0) })).toBe(0);
    expect(fraction({ bytes: () => Uint8Array.of(255, 255, 255, 255) })).toBeLessThan(1);
    expect(fraction({ bytes: () => Uint8Array.of(128, 0, 0, 0) })).toBe(0.5);
  });
});

describe('steady time', () => {
  it('goes on when the wall clock jumps', async () => {
    const clock = new FakeClock(1_000_000);
    const now = steadyTime(clock);
    clock.jumpWall(-900_000);
    await clock.advance(5_000);
    expect(now()).toBe(1_005_000);
  });
});

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Mon, 05 Jan 2026 01:01:00 GMT', 60_000],
    ['Mon, 05 Jan 2026 00:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    [undefined, null],
  ])('%s', (header, wait) => {
    expect(readRetryAfter(header, Date.UTC(2026, 0, 5, 1, 0, 0))).toBe(wait);
  });
});
