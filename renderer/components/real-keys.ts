import { topPage } from './top-page.ts';

/** Keys of a board on the screen. */
const KEYS = '.pad .key, .ime .key';
/** Boards that are turned to, in this order, for a key that the present one does not have (`data-turn` of their keys). */
const TURNS = ['open', 'digits', 'letters', 'pinyin'] as const;

const wordsOf = (element: Element): string => (element.textContent ?? '').trim();

/** The key on the screen that a key of a real keyboard or keypad stands for; null when the board has none. */
export function keyOnScreen(page: ParentNode, key: string): HTMLElement | null {
  if (!(key.length === 1 || key === 'Backspace')) return null;
  const keys = [...page.querySelectorAll<HTMLElement>(KEYS)];
  if (key === 'Backspace') {
    return keys.find((one) => one.classList.contains('fn') && one.querySelector('svg') !== null) ?? null;
  }
  return (
    keys.find((one) => wordsOf(one) === key) ??
    keys.find((one) => wordsOf(one).toLowerCase() === key.toLowerCase()) ??
    keys.find((one) => one.querySelector('small')?.textContent === key) ??
    null
  );
}

const turnTo = (page: ParentNode, turn: (typeof TURNS)[number] | 'shift'): HTMLElement | null =>
  page.querySelector<HTMLElement>(`[data-turn="${turn}"]`);

/** React has drawn what a click changed. */
const drawn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve));

/** Presses the key for a sign, on another board where the present one has none. */
async function typeSign(page: HTMLElement, key: string): Promise<void> {
  const shift = /^[A-Z]$/u.test(key) && turnTo(page, 'shift')?.getAttribute('aria-pressed') === 'false';
  if (shift) {
    turnTo(page, 'shift')?.click();
    await drawn();
  }
  for (const turn of [null, ...TURNS]) {
    if (turn !== null) {
      const way = turnTo(page, turn);
      if (way === null) continue;
      way.click();
      await drawn();
    }
    const found = keyOnScreen(page, key);
    if (found !== null) return found.click();
  }
}

/** What a key of a real keyboard does on this page; null when it is left to the browser. */
function doingOf(page: HTMLElement, key: string, target: EventTarget | null): (() => void) | null {
  const onControl = target instanceof Element && target.closest('button, a[href], [role="switch"], [role="tab"]');
  const board = page.querySelector(KEYS) !== null;
  const composing = page.querySelector('[role="textbox"] .comp') !== null;
  const space = page.querySelector<HTMLElement>('.ime .key.space');
  if (key === ' ') return space !== null && (composing || !onControl) ? () => space.click() : null;
  if (key === 'Enter') {
    // Only behind a field: elsewhere nobody has said by a key that this button is meant.
    if (onControl || !board) return null;
    if (composing && space !== null) return () => space.click();
    const main = page.querySelector<HTMLElement>('.acts .main');
    return main === null ? null : () => main.click();
  }
  if (!board && turnTo(page, 'open') === null) return null;
  const candidates = page.querySelectorAll<HTMLElement>('.cand');
  const nth = composing && /^[1-9]$/u.test(key) ? candidates[Number(key) - 1] : undefined;
  if (nth !== undefined && keyOnScreen(page, key) === null) return () => nth.click();
  if (key === 'Backspace') return () => keyOnScreen(page, key)?.click();
  return key.length === 1 ? () => void typeSign(page, key) : null;
}

/**
 * A real keyboard, keypad or a scanner that types: each key presses its like on the screen, so that it obeys the same
 * rules as a finger. Space takes the first choice, a digit the choice of that number, Enter goes on from a field.
 * What a voice guide took for itself is not seen here.
 * @returns the way back
 */
export function watchRealKeys(): () => void {
  const down = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = topPage();
    const doing = page === null ? null : doingOf(page, event.key, event.target);
    if (doing === null) return;
    event.preventDefault();
    doing();
  };
  window.addEventListener('keydown', down);
  return () => window.removeEventListener('keydown', down);
}
