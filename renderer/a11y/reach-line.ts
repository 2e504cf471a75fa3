import { useEffect } from 'react';
import type { KioskSnapshot } from '../../electron/contract/dto.ts';

/** Highest control above the floor for somebody who sits, in millimetres (EN 301 549, 8.3.3: 1,220 forward reach). */
const REACH_MM = 1_220;
/** Part of the panel that is only read, at least. */
const LEAST_WALL = 0.29;
/** At most: a panel that hangs higher than this leaves no room to work in; the rest must be mended with a spanner. */
const MOST_WALL = 0.6;

/** A wall higher than this part of the panel leaves little room: keys and buttons stand beside each other. */
const MUCH_WALL = 0.36;

/** Where a panel hangs. */
export type PanelPlace = NonNullable<KioskSnapshot['panel']>;

/**
 * Distance of the reach line from the panel's upper edge in pixels. Controls lie below it.
 * @param heightPx height of the panel in pixels
 */
export function reachEdge(heightPx: number, { pitchMm, lowerEdgeMm }: PanelPlace): number {
  const line = heightPx - (REACH_MM - lowerEdgeMm) / pitchMm;
  const least = heightPx * LEAST_WALL;
  return Math.round(Math.min(Math.max(line, least), heightPx * MOST_WALL));
}

/** Keeps `--reach-edge` at this kiosk's line as long as the mode is on, and `data-reach-room` at what it leaves. */
export function useReachLine(active: boolean, panel: PanelPlace | undefined): void {
  const pitch = panel?.pitchMm;
  const lower = panel?.lowerEdgeMm;
  useEffect(() => {
    if (!active || pitch === undefined || lower === undefined) return undefined;
    const { style, dataset } = document.documentElement;
    // On a panel with more pixels several of them make one of the page.
    const pixel = pitch * Math.max(1, window.devicePixelRatio);
    const apply = (): void => {
      const edge = reachEdge(window.innerHeight, { pitchMm: pixel, lowerEdgeMm: lower });
      style.setProperty('--reach-edge', `${edge}px`);
      dataset['reachRoom'] = edge > window.innerHeight * MUCH_WALL ? 'little' : 'enough';
    };
    apply();
    window.addEventListener('resize', apply);
    return () => {
      window.removeEventListener('resize', apply);
      style.removeProperty('--reach-edge');
      delete dataset['reachRoom'];
    };
  }, [active, pitch, lower]);
}
