import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PageWatch } from './page-watch.ts';

describe('whether a page still lives', () => {
  let asked = 0;
  let hung = 0;
  let lag = 0;
  let watch: PageWatch;

  beforeEach(() => {
    vi.useFakeTimers();
    asked = hung = lag = 0;
    watch = new PageWatch({
      ask: () => (asked += 1),
      onHung: () => (hung += 1),
      now: () => performance.now() + lag,
    });
    watch.start();
  });
  afterEach(() => {
    watch.stop();
    vi.useRealTimers();
  });

  it('is asked every 2 s, and hangs when it has not answered for 8 to 10 s, which is said once', () => {
    vi.advanceTimersByTime(8_000);
    expect([asked, hung]).toEqual([4, 0]);
    vi.advanceTimersByTime(2_000);
    expect([asked, hung]).toEqual([4, 1]);
    vi.advanceTimersByTime(60_000);
    expect(hung).toBe(1);
  });

  it('does not hang as long as one question in three is answered', () => {
    for (let round = 0; round < 50; round += 1) {
      vi.advanceTimersByTime(6_000);
      watch.answered();
    }
    expect([asked, hung]).toEqual([150, 0]);
  });

  it('is not to blame where the whole machine stood still', () => {
    vi.advanceTimersByTime(8_000);
    lag = 40_000;
    vi.advanceTimersByTime(2_000);
    expect(hung).toBe(0);
    vi.advanceTimersByTime(8_000);
    expect(hung).toBe(1);
  });

  it('is left alone once it is not watched any more', () => {
    vi.advanceTimersByTime(4_000);
    watch.stop();
    vi.advanceTimersByTime(60_000);
    expect([asked, hung]).toEqual([2, 0]);
  });
});
