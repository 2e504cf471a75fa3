import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { Language, Mode } from './options.ts';

/** What is wrong in one picture; each entry is a line that names the place. */
export interface Findings {
  /** One entry for each rule that axe found broken. */
  readonly axe: readonly string[];
  /** Controls smaller than the hand of their mode. */
  readonly smallTargets: readonly string[];
  /** Text below the least size of its mode. */
  readonly smallText: readonly string[];
  /** Words cut off or off the panel, and controls that lie under something else. */
  readonly clipped: readonly string[];
}

/** Least sizes in panel pixels (21.5" panel, 0.248 mm each). */
interface Limits {
  readonly target: number;
  /** For the closely packed controls of `COMPACT`. */
  readonly compact: number;
  readonly text: number;
}

const STANDARD: Limits = { target: 88, compact: 72, text: 28 };
const ELDER: Limits = { target: 96, compact: 96, text: 42 };
/** How far the page's clock goes at once while axe works, in milliseconds. */
const AXE_STEP_MS = 2;
/** Keys, candidates, chips, locker cells and tabs stand in rows where a miss costs nothing but a correction. */
const COMPACT = '.key, .cands button, .chip, .btn.sm, .iconbtn, .cell, [role="tab"]';

/** Runs in the page; everything that it needs is in its argument. */
function measure(limits: Limits & { compactControls: string }): Omit<Findings, 'axe'> {
  const smallTargets = new Set<string>();
  const smallText = new Set<string>();
  const clipped = new Set<string>();
  /** Of a font's box, how much over and under its characters is empty, in its size. */
  const FOOT = 0.36;
  const lines: { element: Element; left: number; right: number; top: number; bottom: number }[] = [];
  const round = (value: number): number => Math.round(value * 10) / 10;
  const named = (element: Element): string => {
    const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replaceAll(/\s+/g, ' ');
    const classes = [...element.classList].map((one) => `.${one}`).join('');
    return `${element.tagName.toLowerCase()}${classes} "${words.slice(0, 24)}"`;
  };
  /** The receipt's picture is paper, and a screen reader's words have no size. */
  const outside = (element: Element): boolean => {
    if (element.closest('.rc, .paper, .sr, svg, [inert]') !== null) return true;
    for (let one: Element | null = element; one !== null; one = one.parentElement) {
      if (getComputedStyle(one).clipPath === 'inset(50%)') return true;
    }
    return false;
  };
  const seen = (element: Element): boolean =>
    !outside(element) && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  /** How far a box sticks out of what holds it; 0 inside of something that scrolls in that direction. */
  const cutBy = (element: Element, box: DOMRect, slackY: number): string | null => {
    let x = true;
    let y = true;
    for (let holder: Element | null = element; holder !== null && holder !== document.body;) {
      const style = getComputedStyle(holder);
      if (/auto|scroll/.test(style.overflowX)) x = false;
      if (/auto|scroll/.test(style.overflowY)) y = false;
      const inner = holder.getBoundingClientRect();
      if (x && /hidden|clip/.test(style.overflowX) && (box.right > inner.right + 2 || box.left < inner.left - 2)) {
        return named(holder);
      }
      const tall = box.bottom > inner.bottom + slackY || box.top < inner.top - slackY;
      if (y && /hidden|clip/.test(style.overflowY) && tall) return named(holder);
      holder = holder.parentElement;
    }
    if (x && (box.right > innerWidth + 2 || box.left < -2)) return 'the panel';
    if (y && (box.bottom > innerHeight + slackY || box.top < -slackY)) return 'the panel';
    return null;
  };

  /** Turned over to another page of the reach mode: not to be seen now, but whole there. */
  const onOtherPage = (element: Element, box: DOMRect, air = 0): boolean => {
    const holder = element.closest('.has-pages');
    if (holder === null) return false;
    const { top, bottom } = holder.getBoundingClientRect();
    const end = bottom - Number.parseFloat(getComputedStyle(holder).getPropertyValue('--page-cut') || '0');
    return box.top >= end - 1 - air || box.bottom <= top + 1 + air;
  };
  /** What lays the lines of an element's text. */
  const blockOf = (element: Element): Element => {
    let block = element;
    while (getComputedStyle(block).display === 'inline' && block.parentElement !== null) block = block.parentElement;
    return block;
  };
  /** A single Chinese character on the last of several lines, without the signs that follow it; null for anything else. */
  const aloneIn = (block: Element): string | null => {
    if (getComputedStyle(block).writingMode !== 'horizontal-tb') return null;
    const places: { readonly node: Node; readonly at: number; readonly char: string }[] = [];
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      if (node.parentElement === null || blockOf(node.parentElement) !== block) continue;
      const text = node.nodeValue ?? '';
      for (let at = 0; at < text.length; at += 1) {
        if (/[\p{L}\p{N}]/u.test(text.charAt(at))) places.push({ node, at, char: text.charAt(at) });
      }
    }
    const [before, last] = places.slice(-2);
    if (before === undefined || last === undefined || !/\p{Script=Han}/u.test(last.char)) return null;
    const [above, below] = [before, last].map(({ node, at }) => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect();
    });
    if (above === undefined || below === undefined) return null;
    return below.top > above.top + above.height / 2 ? last.char : null;
  };
  const line =
    document.documentElement.dataset['reach'] === 'on'
      ? Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--reach-edge'))
      : -Infinity;

  for (const control of document.querySelectorAll('button, a[href], input, textarea, [role="button"]')) {
    if (!seen(control)) continue;
    const box = control.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || onOtherPage(control, box)) continue;
    if (box.top < line - 1) clipped.add(`${named(control)} lies ${round(line - box.top)} px above the reach line`);
    const least = control.matches(limits.compactControls) ? limits.compact : limits.target;
    // Under a finger it is drawn a little smaller.
    const pressed = control.hasAttribute('data-pressed');
    if (!pressed && Math.min(box.width, box.height) < least - 0.5) {
      smallTargets.add(`${named(control)} is ${round(box.width)} x ${round(box.height)}, least ${least}`);
    }
    if (control.scrollWidth > control.clientWidth + 2) clipped.add(`${named(control)} is too narrow for its words`);
    const middle = [box.left + box.width / 2, box.top + box.height / 2] as const;
    const scroller = control.closest('.scroll')?.getBoundingClientRect();
    if (scroller !== undefined && (middle[1] > scroller.bottom || middle[1] < scroller.top)) continue;
    const top = document.elementFromPoint(...middle);
    if (top === null) clipped.add(`${named(control)} lies off the panel`);
    else if (!control.contains(top)) clipped.add(`${named(control)} lies under ${named(top)}`);
  }

  const blocks = new Set<Element>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element === null || (node.nodeValue ?? '').trim() === '' || !seen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    // A font's box is higher than its line: its empty edge may stand on this page, and the words on the next.
    if (box.width === 0 || onOtherPage(element, box, size * 0.12)) continue;
    if (size < limits.text - 0.5) smallText.add(`${named(element)} is ${round(size)} px, least ${limits.text}`);
    // A font's box is higher than its characters: what sticks out by less than that shows whole.
    blocks.add(blockOf(element));
    const cut = cutBy(element, box, size * 0.3);
    if (cut !== null) clipped.add(`${named(element)} is cut off by ${cut}`);
    const holder = element.closest('.scroll')?.getBoundingClientRect();
    const shown = holder === undefined || (box.bottom <= holder.bottom + 1 && box.top >= holder.top - 1);
    if (!shown) continue;
    // Its middle, and its foot: a button may lie on half a line.
    for (const y of [box.top + box.height / 2, box.bottom - size * FOOT]) {
      const over = document.elementFromPoint(box.left + box.width / 2, y)?.closest('button') ?? null;
      if (over !== null && !over.contains(element) && !element.contains(over)) {
        clipped.add(`${named(element)} lies under ${named(over)}`);
      }
    }
    // In columns the air is at the sides.
    if (getComputedStyle(element).writingMode !== 'horizontal-tb') continue;
    for (const { left, right, top, bottom } of range.getClientRects()) {
      const air = size * FOOT;
      lines.push({ element, left: left + 2, right: right - 2, top: top + air, bottom: bottom - air });
    }
  }
  for (const block of blocks) {
    const alone = aloneIn(block);
    if (alone !== null) clipped.add(`${named(block)} leaves ${alone} alone on its last line`);
  }
  for (const [at, one] of lines.entries()) {
    for (const other of lines.slice(at + 1)) {
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (wide > 2 && high > 2) clipped.add(`${named(one.element)} runs into ${named(other.element)}`);
    }
  }
  return { smallTargets: [...smallTargets], smallText: [...smallText], clipped: [...clipped] };
}

/** Gives the page what `findingsOf` asks it with; once for each page. */
export async function prepareFindings(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

/** Everything that is wrong with what the page shows at this moment. */
export async function findingsOf(page: Page, mode: Mode, language: Language): Promise<Findings> {
  const limits = mode.startsWith('elder') ? ELDER : STANDARD;
  const measured = await page.evaluate(measure, { ...limits, compactControls: COMPACT });
  const running = page.evaluate(async (lengthened) => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    // Each text is lengthened by itself: a name no longer begins with the words that are seen, and need not.
    const rules = lengthened ? { 'label-content-name-mismatch': { enabled: false } } : {};
    const found = await inPage.run(document, { resultTypes: ['violations'], preload: false, rules });
    return found.violations.map(({ id, nodes }) => ({ id, places: nodes.map((one) => one.target.join(' ')) }));
  }, language === 'pseudo');
  // axe waits for timers between its steps, and the page's clock is stopped: it is put forward until axe is through.
  const through = running.then(
    () => true,
    () => true,
  );
  const step = (): Promise<boolean> => page.clock.runFor(AXE_STEP_MS).then(() => false);
  while (!(await Promise.race([through, step()])));
  const violations = await running;
  return { axe: violations.map(({ id, places }) => `${id}: ${places.slice(0, 4).join(', ')}`), ...measured };
}
