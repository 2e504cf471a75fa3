/** Longest that a pressed look outlasts a quick finger, in milliseconds: what flashed for less was not seen. */
const SEEN_MS = 100;

/**
 * Marks the control under a finger with `data-pressed` from the moment the finger comes down until it leaves it or the
 * panel. `:active` alone comes too late for a touch: Chromium waits whether it becomes a drag.
 * @returns the way back
 */
export function watchPresses(): () => void {
  const pressed = new Map<number, { readonly control: Element; readonly since: number }>();
  const release = ({ pointerId, timeStamp }: PointerEvent): void => {
    const one = pressed.get(pointerId);
    if (one === undefined) return;
    pressed.delete(pointerId);
    const over = (): void => {
      if ([...pressed.values()].every(({ control }) => control !== one.control)) {
        one.control.removeAttribute('data-pressed');
      }
    };
    setTimeout(over, Math.max(0, SEEN_MS - (timeStamp - one.since)));
  };
  const down = (event: PointerEvent): void => {
    const control = event.target instanceof Element ? event.target.closest('button, a[href], [role="button"]') : null;
    release(event);
    if (control === null || control.matches(':disabled')) return;
    control.setAttribute('data-pressed', '');
    pressed.set(event.pointerId, { control, since: event.timeStamp });
  };
  // A finger belongs to the control on which it came down: where it is now is asked of the page.
  const moved = (event: PointerEvent): void => {
    const one = pressed.get(event.pointerId);
    if (one === undefined) return;
    const box = one.control.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) release(event);
  };
  const listeners = [
    ['pointerdown', down],
    ['pointermove', moved],
    ['pointerup', release],
    ['pointercancel', release],
  ] as const;
  for (const [name, listener] of listeners) document.addEventListener(name, listener, { capture: true, passive: true });
  return () => {
    for (const [name, listener] of listeners) document.removeEventListener(name, listener, { capture: true });
  };
}
