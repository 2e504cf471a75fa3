import { describe, expect, it } from 'vitest';
import { neighbour, steer } from './steer.ts';
import type { Stop } from './stops.ts';

const keys = (): { x: number; y: number; height: number }[] =>
  Array.from({ length: 12 }, (_, index) => ({ x: (index % 3) * 100, y: Math.floor(index / 3) * 100, height: 90 }));

/** A page as the pad sees it: title, a field, twelve keys, a button. */
function page(): Stop[] {
  const stop = (group: string, x: number, y: number): Stop => ({
    kind: 'control',
    group,
    element: { getBoundingClientRect: () => ({ left: x, top: y, width: 80, height: 90 }) } as HTMLElement,
  });
  return [
    stop('title', 0, 0),
    stop('counter', 0, 100),
    ...keys().map(({ x, y }) => stop('pad', x, y + 200)),
    stop('actions', 0, 700),
  ];
}

describe('the four-way pad', () => {
  it('goes over a digit pad as the eye would', () => {
    const all = page();
    expect(steer(all, 2, 'right')).toBe(3);
    expect(steer(all, 2, 'down')).toBe(5);
    expect(steer(all, 6, 'up')).toBe(3);
  });
  it('goes from part to part, and on from the edges', () => {
    const all = page();
    expect(steer(all, 0, 'down')).toBe(1);
    expect(steer(all, 1, 'down')).toBe(2);
    expect(steer(all, 12, 'down')).toBe(14);
    expect(steer(all, 3, 'up')).toBe(1);
    expect(steer(all, 4, 'right')).toBe(5);
    expect(steer(all, 13, 'right')).toBe(14);
    expect(steer(all, 2, 'left')).toBe(1);
  });
  it('stays at both ends', () => {
    const all = page();
    expect(steer(all, 0, 'left')).toBe(0);
    expect(steer(all, 0, 'up')).toBe(0);
    expect(steer(all, 14, 'right')).toBe(14);
  });
  it('knows no key beside the last of a row', () => {
    const [first, ...rest] = keys();
    expect(first && neighbour(first, rest, 'left')).toBeNull();
    expect(first && neighbour(first, rest, 'right')).toBe(0);
  });
});
