import type { Stop } from './stops.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Where keys stand in rows, the arrows go as the eye would; from a row's end on to the next one. */
const GRIDS = new Set(['pad', 'keyboard']);

interface Box {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

function boxOf(stop: Stop): Box {
  const { left, top, width, height } = stop.element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2, height };
}

/** The nearest key of the same grid in a direction, or null at its edge. */
export function neighbour(from: Box, others: readonly Box[], direction: Direction): number | null {
  const across = direction === 'left' || direction === 'right';
  const sign = direction === 'right' || direction === 'down' ? 1 : -1;
  let best: number | null = null;
  let least = Infinity;
  others.forEach((other, index) => {
    const along = (across ? other.x - from.x : other.y - from.y) * sign;
    const aside = Math.abs(across ? other.y - from.y : other.x - from.x);
    if (along <= 1 || (across && aside > from.height / 2)) return;
    const far = along + aside * 2;
    if (far < least) {
      least = far;
      best = index;
    }
  });
  return best;
}

/** The stop that a push of the four-way pad leads to; the same one at an end. */
export function steer(stops: readonly Stop[], at: number, direction: Direction): number {
  const here = stops[at];
  if (here === undefined) return 0;
  if (GRIDS.has(here.group)) {
    const peers = stops.map((stop, index) => ({ stop, index })).filter(({ stop }) => stop.group === here.group);
    const others = peers.filter(({ index }) => index !== at);
    const found = neighbour(
      boxOf(here),
      others.map(({ stop }) => boxOf(stop)),
      direction,
    );
    const next = found === null ? undefined : others[found];
    if (next !== undefined) return next.index;
  }
  if (direction === 'right') return Math.min(stops.length - 1, at + 1);
  if (direction === 'left') return Math.max(0, at - 1);
  const groups = [...new Set(stops.map((stop) => stop.group))];
  const to = groups[groups.indexOf(here.group) + (direction === 'down' ? 1 : -1)];
  return to === undefined ? at : stops.findIndex((stop) => stop.group === to);
}
