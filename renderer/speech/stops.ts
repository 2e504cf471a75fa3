import { isMet } from '../components/top-page.ts';

/** Somewhere the voice can stand: the title, a text, or something to press. */
export interface Stop {
  readonly element: HTMLElement;
  readonly kind: 'title' | 'text' | 'control';
  /** The part of the page that it belongs to; up and down go from part to part. */
  readonly group: string;
}

const CONTROL = 'button, a[href], [role="textbox"], [role="switch"], [role="radio"], [role="tab"], input, textarea';
/** Texts that are said in one piece. */
const BLOCK = 'p, li, dt, dd, dl > div, h2, h3, h4, .notice, .row, .phone-card, figure, [role="img"], .hall, .tag';
/** Said with the title. */
const WITH_TITLE = '.block .lead, .block .over, .block h1';
/** Lists that are said in one piece: the steps of a case, of which the page's entry has told the present one. */
const WHOLE = '.steps';
/** Parts of a page in the order of the page; the first that holds an element counts. */
const GROUPS = [
  ['.speech-bar', 'speech'],
  ['.dock', 'dock'],
  ['.visit', 'visit'],
  ['.ime', 'keyboard'],
  ['.pad', 'pad'],
  ['.acts', 'actions'],
  ['.pager', 'pager'],
  ['.counter-in', 'counter'],
  ['.lampstrip', 'lamp'],
  ['.wall', 'wall'],
  ['.head', 'head'],
] as const;

function groupOf(element: Element): string {
  return GROUPS.find(([selector]) => element.closest(selector) !== null)?.[1] ?? 'page';
}

/** What its label stands for: things to press, and pictures. */
const NAMED = `${CONTROL}, [role="img"], svg, canvas, video, img, figure`;

/** Mark the end of a part that stands apart, and a pause that is heard; private use, so no text has them. */
const APART = '\uE000';
const PAUSE = '\uE001';

/** Parts in a row with a pause between them; a sign that is there is pause enough, a Western one with its space. */
export function withPauses(parts: string): string {
  return parts
    .replace(/^[\s\uE000]+/u, '')
    .replaceAll(/\uE000(?:\s*\uE000)+/gu, APART)
    .replaceAll(/\uE000(?=[^\uE000]*\p{L})/gu, PAUSE)
    .replaceAll(APART, '')
    .replaceAll(/([，。、；：！？])?\uE001/gu, (_, sign: string | undefined) => sign ?? PAUSE)
    .replaceAll(/([,.;:!?])?\uE001/gu, (_, sign: string | undefined) => (sign === undefined ? '，' : `${sign} `))
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/**
 * Words of an element as they are heard: labels stand for what they label, hidden parts are silent, and so are those that
 * `unsaid` selects.
 */
export function wordsOf(node: Node, unsaid = ''): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? '').replaceAll(/\s+/gu, ' ');
  if (!(node instanceof Element) || node.getAttribute('aria-hidden') === 'true') return '';
  if (unsaid !== '' && node.matches(unsaid)) return '';
  const label = node.getAttribute('aria-label') ?? '';
  if (label !== '' && node.matches(NAMED)) return label;
  if (node instanceof SVGElement) return '';
  if (
    node instanceof HTMLElement &&
    !node.classList.contains('sr') &&
    !node.checkVisibility({ visibilityProperty: true })
  ) {
    return '';
  }
  if (node.tagName === 'BR') return ' ';
  // A dot between two facts is heard as a pause.
  if (node.matches('i.dot')) return PAUSE;
  const parts = [...node.childNodes].map((child) => {
    const words = wordsOf(child, unsaid);
    const apart =
      child instanceof Element &&
      !child.classList.contains('sr') &&
      // A paragraph stands apart also where two share a line.
      (child.tagName === 'P' || !getComputedStyle(child).display.startsWith('inline'));
    return apart && words.trim() !== '' ? `${APART}${words.trim()}${APART}` : words;
  });
  const words = withPauses(parts.join(''));
  // The name of a part does not stand for what is in it.
  return label === '' || words === '' || words.startsWith(label) ? words : `${label}，${words}`;
}

function collect(element: HTMLElement, found: Stop[]): void {
  if (!isMet(element) || element.matches('.caption, .lampstrip')) return;
  if (element.matches(CONTROL)) {
    found.push({ element, kind: 'control', group: groupOf(element) });
    return;
  }
  if (element.matches(WITH_TITLE)) return;
  if (element.matches(WHOLE)) {
    found.push({ element, kind: 'text', group: groupOf(element) });
    return;
  }
  const holdsMore = element.querySelector(`${CONTROL}, h1`) !== null;
  const holdsBlocks = element.querySelector(BLOCK) !== null && !element.matches(BLOCK);
  if (!holdsMore && !holdsBlocks) {
    if (wordsOf(element) !== '') found.push({ element, kind: 'text', group: groupOf(element) });
    return;
  }
  for (const child of element.children) if (child instanceof HTMLElement) collect(child, found);
}

/** Every stop of a page: title, then what stands on the counter, then the rest of the frame. */
export function stopsOf(page: HTMLElement): readonly Stop[] {
  const found: Stop[] = [];
  const title = page.querySelector<HTMLElement>('h1');
  if (title !== null) found.push({ element: title, kind: 'title', group: 'title' });
  collect(page, found);
  const order = [
    'title',
    'wall',
    'counter',
    'pad',
    'page',
    'pager',
    'actions',
    'keyboard',
    'visit',
    'speech',
    'dock',
    'head',
  ];
  return found
    .map((stop, index) => ({ stop, index }))
    .sort((a, b) => order.indexOf(a.stop.group) - order.indexOf(b.stop.group) || a.index - b.index)
    .map(({ stop }) => stop);
}
