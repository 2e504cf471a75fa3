/** Size in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** Shorter and longer side of what the screens are laid out for, in pixels (21.5" panel). */
const LAYOUT = { short: 1_080, long: 1_920 } as const;
/** A panel that is nearer to the layout than this is drawn as it is: parts of a pixel would only blur it. */
const NEAR = 0.02;
/** What no panel needs; the browser takes 0.25 to 5. */
const LEAST = 0.5;
const MOST = 4;

/**
 * How many pixels of the panel make one of the layout, so that a panel with more of them (a 32" one with 2160x3840) shows
 * the same page as large, and one with fewer shows it whole.
 */
export function pageZoom({ width, height }: PixelSize): number {
  const fits = Math.min(Math.min(width, height) / LAYOUT.short, Math.max(width, height) / LAYOUT.long);
  if (Math.abs(fits - 1) < NEAR) return 1;
  return Math.min(MOST, Math.max(LEAST, fits));
}
