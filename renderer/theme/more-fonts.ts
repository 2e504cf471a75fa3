/** Families of ours; those of a hall's languages have other names. */
const OURS = /^"?Hall24 /;
/** After the first touch of a visit the first screens come first, in milliseconds. */
const AFTER_TOUCH_MS = 800;
/** A sheet is loaded after so long even when the page is never idle, in milliseconds. */
const BUSY_MS = 1_000;

/** The sheets of all that the core lacks, those with the common characters first. */
const SHEETS: readonly (() => Promise<unknown>)[] = [
  () => import('../../assets/fonts/screen/more-1.css'),
  () => import('../../assets/fonts/screen/more-2.css'),
  () => import('../../assets/fonts/screen/more-3.css'),
  () => import('../../assets/fonts/screen/more-4.css'),
  () => import('../../assets/fonts/screen/more-5.css'),
  () => import('../../assets/fonts/screen/more-6.css'),
];

/** Families of the sheets with the common characters, which a Chinese keyboard and what it finds are written with. */
const COMMON = /^"?Hall24 More [12]\b/;
/** So many fonts are read at a time: each takes a millisecond or two. */
const AT_A_TIME = 4;

/**
 * Reads the fonts of common characters in quiet moments. A font that is read amid a key keeps its answer from the glass for
 * 20 ms and more, as the system is asked for another meanwhile.
 */
async function readCommon(): Promise<void> {
  await Promise.all(SHEETS.slice(0, 2).map((sheet) => sheet().catch(() => undefined)));
  const faces = [...document.fonts].filter(({ family, status }) => COMMON.test(family) && status === 'unloaded');
  while (faces.length > 0) {
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: BUSY_MS }));
    await Promise.all(faces.splice(0, AT_A_TIME).map((face) => face.load().catch(() => undefined)));
  }
}

let common: Promise<void> | null = null;

/** A keyboard for Chinese is there: what it will write with is read before it is needed, once a page. */
export function readyForChinese(): void {
  common ??= readCommon();
}

/** A text with a character that none of these `unicode-range`s holds. Line ends show nothing. */
export function beyond(ranges: string): RegExp {
  const held = ranges.split(',').map((range) => {
    const [from = '', to = from] = range.trim().replace(/^U\+/i, '').split('-');
    return `\\u{${from}}-\\u{${to}}`;
  });
  return new RegExp(`[^\\n\\r\\t${held.join('')}]`, 'u');
}

function lackingNow(): RegExp {
  const ours = [...document.fonts].filter(({ family }) => OURS.test(family));
  return beyond(ours.map(({ unicodeRange }) => unicodeRange).join(','));
}

/**
 * Loads the sheets of the other fonts, 220 faces whose ranges take 3 MB of each page: one after the other as long as a text
 * needs more, and all of them in quiet moments after the first touch, before the first name is written. A page at rest has what
 * its hall's name needs. While a text waits for its sheet the root says `data-fonts="coming"`.
 */
export function watchFonts(): void {
  const root = document.documentElement;
  const missing = [...SHEETS];
  let lacking = lackingNow();
  let all = false;
  let loading = false;
  let hurry = (): void => undefined;
  const needs = (node: Node): boolean => lacking.test(node.textContent ?? '');
  const quiet = (): Promise<void> =>
    new Promise((resolve) => {
      hurry = resolve;
      requestIdleCallback(() => resolve(), { timeout: BUSY_MS });
    });
  const load = async (): Promise<void> => {
    if (loading) return;
    loading = true;
    for (let next = missing[0]; next !== undefined; next = missing[0]) {
      if (needs(document.body)) root.dataset['fonts'] = 'coming';
      else {
        delete root.dataset['fonts'];
        if (!all) break;
        await quiet();
      }
      // Without a sheet the system's fonts stand in, as they do for what no font of ours holds.
      await next().catch(() => undefined);
      missing.shift();
      lacking = lackingNow();
    }
    delete root.dataset['fonts'];
    if (missing.length === 0) observer.disconnect();
    loading = false;
  };
  const observer = new MutationObserver((changes) => {
    const news = changes.flatMap(({ type, target, addedNodes }) => (type === 'childList' ? [...addedNodes] : [target]));
    if (!news.some(needs)) return;
    root.dataset['fonts'] = 'coming';
    hurry();
    void load();
  });
  const touched = (): void => {
    all = true;
    void load();
  };
  document.addEventListener('pointerdown', () => setTimeout(touched, AFTER_TOUCH_MS), {
    capture: true,
    once: true,
    passive: true,
  });
  observer.observe(root, { subtree: true, childList: true, characterData: true });
  if (needs(document.body)) void load();
}
