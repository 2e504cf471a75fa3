import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageZoom } from './page-zoom.ts';

describe('the zoom of the page', () => {
  it.each([
    [1080, 1920, 1],
    [1920, 1080, 1],
    [2160, 3840, 2],
    [3840, 2160, 2],
    [1440, 2560, 4 / 3],
    [1200, 1920, 1],
    [1920, 1200, 1],
    [768, 1366, 768 / 1080],
    // A bare X server draws a window a pixel smaller each way.
    [1079, 1919, 1],
  ])('of a panel with %d x %d is %d', (width, height, zoom) => {
    expect(pageZoom({ width, height })).toBeCloseTo(zoom, 6);
  });

  it('gives the page at least the room that it is laid out for, whichever way the panel stands', () => {
    const side = fc.integer({ min: 1_000, max: 7_680 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const zoom = pageZoom({ width, height });
        expect(pageZoom({ width: height, height: width })).toBe(zoom);
        expect(Math.min(width, height) / zoom).toBeGreaterThanOrEqual(1_080 * 0.98);
        expect(Math.max(width, height) / zoom).toBeGreaterThanOrEqual(1_920 * 0.98);
      }),
    );
  });
});
