import type { Direction } from './steer.ts';

/** What fingers mean while the screen is listened to. */
export interface TouchMeanings {
  /** One touch: what lies under the finger. */
  readonly point: (element: Element) => void;
  readonly move: (direction: Direction) => void;
  /** Two quick touches, anywhere. */
  readonly act: () => void;
}

/** Least way of a swipe, in pixels, and longest time, in milliseconds: slow hands count. */
const SWIPE_PX = 90;
const SWIPE_MS = 3_000;
/** Two touches within this are one, in milliseconds. */
const DOUBLE_MS = 700;

/** Takes the fingers away from the page and gives them a screen reader's meanings; returns the way back. */
export function watchTouch(meanings: TouchMeanings): () => void {
  let down: { readonly x: number; readonly y: number; readonly at: number; readonly id: number } | null = null;
  let lastTap = -Infinity;

  const onDown = (event: PointerEvent): void => {
    if (!event.isPrimary) return;
    down = { x: event.clientX, y: event.clientY, at: event.timeStamp, id: event.pointerId };
  };
  const onUp = (event: PointerEvent): void => {
    if (down === null || event.pointerId !== down.id) return;
    const [x, y] = [event.clientX - down.x, event.clientY - down.y];
    const took = event.timeStamp - down.at;
    down = null;
    if (Math.max(Math.abs(x), Math.abs(y)) >= SWIPE_PX) {
      if (took > SWIPE_MS) return;
      if (Math.abs(x) > Math.abs(y)) meanings.move(x > 0 ? 'right' : 'left');
      else meanings.move(y > 0 ? 'down' : 'up');
      return;
    }
    if (event.timeStamp - lastTap < DOUBLE_MS) {
      lastTap = -Infinity;
      meanings.act();
      return;
    }
    lastTap = event.timeStamp;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    if (under !== null) meanings.point(under);
  };
  // What the page would have done with the same touch; presses that the pilot makes are not trusted events.
  const swallow = (event: Event): void => {
    if (!event.isTrusted) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener('pointerdown', onDown, true);
  document.addEventListener('pointerup', onUp, true);
  for (const name of ['click', 'dblclick', 'mousedown'] as const) document.addEventListener(name, swallow, true);
  return () => {
    document.removeEventListener('pointerdown', onDown, true);
    document.removeEventListener('pointerup', onUp, true);
    for (const name of ['click', 'dblclick', 'mousedown'] as const) document.removeEventListener(name, swallow, true);
  };
}
