/** The family that every screen has; `assets/fonts/screen/fonts.css` holds nothing else. */
const CORE_FAMILY = 'Hall24 Sans';
/** After the first touch of a visit the first screens come first, in milliseconds. */
const AFTER_TOUCH_MS = 800;
/** It is loaded after so long more even when the page is never idle, in milliseconds. */
const BUSY_MS = 2_000;

/** A text with a character that the core does not hold, by the ranges that its style sheet names. Line ends show nothing. */
export function beyond(ranges: string): RegExp {
  const held = ranges.split(',').map((range) => {
    const [from = '', to = from] = range.trim().replace(/^U\+/i, '').split('-');
    return `\\u{${from}}-\\u{${to}}`;
  });
  return new RegExp(`[^\\n\\r\\t${held.join('')}]`, 'u');
}

/**
 * Loads the sheet of all other fonts, 220 faces whose ranges take 4 MB of each page: as soon as a text needs it, else in a
 * quiet moment after the first touch, before the first name is written. A page at rest and one that waits for its visit never
 * have it. While it is on its way the root says `data-fonts="coming"`.
 */
export function watchFonts(): void {
  const root = document.documentElement;
  const core = [...document.fonts].find(({ family }) => family.replaceAll('"', '') === CORE_FAMILY);
  const strange = core ? beyond(core.unicodeRange) : /[^]/;
  const needs = (node: Node): boolean => strange.test(node.textContent ?? '');
  let wanted = false;
  const load = (): void => {
    if (wanted) return;
    wanted = true;
    observer.disconnect();
    document.removeEventListener('pointerdown', touched, true);
    root.dataset['fonts'] = 'coming';
    // Without the sheet the system's fonts stand in, as they do for what no font of ours holds.
    void import('../../assets/fonts/screen/more.css').catch(() => undefined).then(() => delete root.dataset['fonts']);
  };
  const observer = new MutationObserver((changes) => {
    const news = changes.flatMap(({ type, target, addedNodes }) => (type === 'childList' ? [...addedNodes] : [target]));
    if (news.some(needs)) load();
  });
  const touched = (): void => {
    setTimeout(() => requestIdleCallback(load, { timeout: BUSY_MS }), AFTER_TOUCH_MS);
  };
  document.addEventListener('pointerdown', touched, { capture: true, once: true, passive: true });
  observer.observe(root, { subtree: true, childList: true, characterData: true });
  if (needs(document.body)) load();
}
