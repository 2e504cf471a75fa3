import { describe, expect, it } from 'vitest';
import { deeds, type Deed } from './touches.ts';

function first(seed: number, count: number): Deed[] {
  const row = deeds(seed);
  return Array.from({ length: count }, () => row.next().value);
}

describe('the monkey', () => {
  it('does the same again with the same seed, and something else with another', () => {
    expect(first(7, 500)).toEqual(first(7, 500));
    expect(first(7, 500)).not.toEqual(first(8, 500));
  });

  it('does everything it can', () => {
    const kinds = new Set(first(1, 2_000).map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['control', 'tap', 'swipe', 'two', 'key', 'long', 'card', 'scan']));
  });
});
