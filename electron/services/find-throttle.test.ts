import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { FindThrottle } from './find-throttle.ts';

/** Looks a number up and lets time pass until there is an answer; milliseconds that it took. */
async function look(throttle: FindThrottle, clock: FakeClock, number: string): Promise<number> {
  const began = clock.monotonic();
  const took: number[] = [];
  void throttle.run(number, () => Promise.resolve(number)).then(() => took.push(clock.monotonic() - began));
  await clock.settle();
  for (let waited = 0; took.length === 0 && waited < 60; waited += 1) await clock.advance(1_000);
  return took[0] ?? -1;
}

describe('looking up tracking numbers', () => {
  it('is quick for as many as a person has receipts, then slower with each different one, up to 20 s', async () => {
    const clock = new FakeClock();
    const throttle = new FindThrottle(clock);
    const took: number[] = [];
    for (let number = 0; number < 11; number += 1) took.push(await look(throttle, clock, `CH03 ${number}`));
    expect(took).toEqual([0, 0, 0, 0, 0, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
  });

  it('costs nothing for a number that was looked up before', async () => {
    const clock = new FakeClock();
    const throttle = new FindThrottle(clock);
    for (let number = 0; number < 7; number += 1) await look(throttle, clock, `CH03 ${number}`);
    expect(await look(throttle, clock, 'CH03 0')).toBe(0);
    expect(throttle.waitMs('CH03 0')).toBe(0);
  });

  it('forgets after ten minutes', async () => {
    const clock = new FakeClock();
    const throttle = new FindThrottle(clock);
    for (let number = 0; number < 8; number += 1) await look(throttle, clock, `CH03 ${number}`);
    expect(throttle.waitMs('another')).toBeGreaterThan(0);
    await clock.advance(10 * 60_000);
    expect(throttle.waitMs('another')).toBe(0);
  });

  it('takes many at once one after the other', async () => {
    const clock = new FakeClock();
    const throttle = new FindThrottle(clock);
    let answered = 0;
    for (let number = 0; number < 50; number += 1) {
      void throttle
        .run(`CH03 ${number}`, () => Promise.resolve(null))
        .then(() => {
          answered += 1;
        });
    }
    await clock.advance(60_000);
    // Five at once, then after 2, 6, 14, 30 and 50 s.
    expect(answered).toBe(10);
  });

  it('keeps its count over the end of a visit, and lets nobody wait for an ended one', async () => {
    const clock = new FakeClock();
    const throttle = new FindThrottle(clock);
    for (let number = 0; number < 9; number += 1) await look(throttle, clock, `CH03 ${number}`);
    let looked = false;
    let answer: unknown = 'none';
    void throttle
      .run('left', () => {
        looked = true;
        return Promise.resolve('found');
      })
      .then((value) => {
        answer = value;
      });
    await clock.advance(1_000);
    throttle.visitEnded();
    await clock.settle();
    expect([looked, answer]).toEqual([false, null]);
    expect(throttle.waitMs('the next visit')).toBe(20_000);
  });

  it('goes on after a look-up that failed', async () => {
    const clock = new FakeClock();
    const throttle = new FindThrottle(clock);
    await expect(throttle.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await throttle.run('b', () => Promise.resolve(1))).toBe(1);
  });
});
