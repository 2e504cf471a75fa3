import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { giveBackAtRest } from './page-give-back.ts';

describe('a page at rest', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function begin(): { readonly given: () => number; readonly touch: () => void } {
    const clear = vi.fn();
    let touch = (): void => undefined;
    giveBackAtRest({ addEventListener: (_type, hear) => (touch = hear) }, clear);
    return { given: () => clear.mock.calls.length, touch: () => touch() };
  }

  it('gives back once its start is over, and then every half minute', () => {
    const { given } = begin();
    vi.advanceTimersByTime(4_999);
    expect(given()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(given()).toBe(1);
    vi.advanceTimersByTime(55_000);
    expect(given()).toBe(3);
  });

  it('gives nothing back while somebody is at it', () => {
    const { given, touch } = begin();
    vi.advanceTimersByTime(25_000);
    touch();
    vi.advanceTimersByTime(5_000);
    expect(given()).toBe(1);
    vi.advanceTimersByTime(30_000);
    expect(given()).toBe(2);
  });
});
