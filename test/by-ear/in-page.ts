/** What was heard on one page, gathered in the page itself. */
export interface Heard {
  /** `data-screen` of the page. */
  readonly screen: string;
  /** What was said on entering it. */
  readonly entry: string;
  /** What was said at each stop, in the order of the pad. */
  readonly stops: readonly string[];
  /** Everything that was said, also what the page told by itself. */
  readonly log: readonly string[];
  /** What a person who sees nothing would miss; each entry names the place. */
  readonly faults: readonly string[];
}

declare global {
  interface Window {
    /** What was said since `listen`. */
    ear?: string[];
  }
}

/** Begins to listen. Runs in the page. */
export function listen(): void {
  const log: string[] = [];
  window.ear = log;
  document.addEventListener('hall24:spoken', (event) => {
    log.push((event as CustomEvent<{ readonly words: string }>).detail.words);
  });
}

/** Words that the walk looks for, in the language of the page. */
export interface Expected {
  /** Said when the pad can go no further. */
  readonly edge: string;
  /** `1 of 4`: place and number of a control. */
  readonly place: string;
  /** Texts of invented people that must not be said aloud. */
  readonly secrets: readonly string[];
}

/**
 * Walks the page on top by the four-way pad alone, from its title to the end and back, and looks for what cannot be had
 * that way. Which things can be pressed is taken from the page's own handlers, not from what the pad knows. Runs in the
 * page; everything that it needs is in its argument.
 */
export async function walkByEar({ edge, place, secrets }: Expected): Promise<Heard> {
  const log = window.ear ?? [];
  const faults: string[] = [];
  const HANDS = ['onClick', 'onPointerDown', 'onPointerUp', 'onMouseDown', 'onTouchStart', 'onChange', 'onInput'];
  const NATIVE =
    'button, a[href], input, select, textarea, [role="button"], [role="switch"], [role="tab"], [role="radio"]';
  /** The technician's hidden entry; a sheet to write on, beside which stands another way. */
  const NOT_FOR_EARS = '.clock, .head-id, .sign canvas, .ime-write canvas, .ime-write svg';
  const GRIDS = '.pad, .ime';
  const PARTS = '.speech-bar, .dock, .visit, .ime, .pad, .acts, .pager, .counter-in, .wall, .head';
  /** What the voice says in other words than the eye reads, because it may be somebody's. */
  const UNSAID = '.pad .key, .cand, .sib.is-done';

  /** Buttons at the foot may stand in rows of their own: the outermost counts. */
  const partOf = (element: Element): Element | null => {
    let part = element.closest(PARTS);
    for (let outer = part?.parentElement?.closest('.acts'); outer; outer = outer.parentElement?.closest('.acts'))
      part = outer;
    return part;
  };
  /**
   * Words that are not said as they stand: what is private, typed or masked; what a picture, a key or a switch shows and
   * its label says; the receipt's picture, whose words are those of the page.
   */
  const NOT_SAID =
    '[data-private], .sum dd, .visit-who, .sib-value, [role="textbox"], .pad, .cand, .caption, .rc, .switch, .pager, ' +
    '[role="img"], [aria-label]:is(button, i, span), .ime [aria-label], .carry, .speech-bar, .sr, .clock';

  const tick = (): Promise<void> =>
    new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.addEventListener('message', () => resolve());
      channel.port1.start();
      channel.port2.postMessage(0);
    });
  const letters = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
  const shown = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.closest('[inert], [aria-hidden="true"]') === null;
  const named = (element: Element): string => {
    const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replaceAll(/\s+/g, ' ');
    return `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} "${words.slice(0, 30)}"`;
  };
  const marked = (): Element | null => document.querySelector('[data-spoken]');
  const push = async (key: string): Promise<string> => {
    const before = log.length;
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const said = log[before] ?? '';
    await tick();
    await tick();
    return said;
  };

  const page = [...document.querySelectorAll<HTMLElement>('main.screen')].filter(shown).at(-1);
  if (page === undefined) return { screen: '', entry: '', stops: [], log: [...log], faults: ['there is no page'] };
  const entry = log[0] ?? '';
  const title = page.querySelector('h1');
  if (title === null) faults.push('the page has no title');
  else if (!letters(entry).includes(letters(title.textContent ?? '').slice(0, 6))) {
    faults.push(`the title is not said on entering: "${entry}"`);
  }
  const step = page.querySelector('.steps [aria-current="step"]');
  if (step !== null && !letters(entry).includes(letters(step.textContent ?? ''))) {
    faults.push('where the step stands is not said on entering');
  }

  // To the title, then right to the end.
  for (let pushes = 0; pushes < 60 && marked() !== title; pushes += 1) await push('ArrowUp');
  if (marked() !== title) faults.push('pushing up does not lead to the title');
  const met = new Map<Element, string>();
  const order: Element[] = [];
  const meet = (element: Element, words: string): void => {
    met.set(element, words);
    order.push(element);
    if (letters(words) === '') faults.push(`nothing is said at ${named(element)}`);
  };
  if (title !== null) meet(title, entry);
  let ended = false;
  for (let pushes = 0; pushes < 300 && !ended; pushes += 1) {
    const from = marked();
    const words = await push('ArrowRight');
    const to = marked();
    if (to === null) {
      faults.push('the pad leads nowhere');
      break;
    }
    if (to === from) {
      ended = true;
      if (words !== edge) faults.push(`the end is not said to be one: "${words}"`);
    } else if (met.has(to)) {
      faults.push(`going right leads in a circle, back to ${named(to)}`);
      break;
    } else meet(to, words);
  }
  if (!ended) faults.push('going right comes to no end');

  // Keys stand in rows: what the rows leave out is found by going up and down.
  const inGrid = order.filter((element) => element.matches('button') && element.closest(GRIDS) !== null);
  for (const from of inGrid) {
    for (const key of ['ArrowDown', 'ArrowUp', 'ArrowLeft']) {
      if (from instanceof HTMLElement) from.focus();
      const words = await push(key);
      const to = marked();
      if (to === null || met.has(to) || to.closest(GRIDS) === null) continue;
      meet(to, words);
      inGrid.push(to);
    }
  }

  // Down from part to part reaches each of them.
  if (title instanceof HTMLElement) title.focus();
  for (let pushes = 0; pushes < 60 && marked() !== title; pushes += 1) await push('ArrowUp');
  const parts = new Set<Element | null>();
  for (let pushes = 0; pushes < 80; pushes += 1) {
    const from = marked();
    await push('ArrowDown');
    const to = marked();
    if (to === from || to === null) break;
    parts.add(partOf(to));
  }
  for (const element of met.keys()) {
    const part = partOf(element);
    if (element !== title && part !== null && !part.matches('.wall, .pager') && !parts.has(part)) {
      parts.add(part);
      faults.push(`going down passes by ${part.className}`);
    }
  }

  // Everything that a hand could press.
  const pressable = [...page.querySelectorAll('*')].filter((element) => {
    if (!shown(element) || element.matches(NOT_FOR_EARS)) return false;
    if (element.matches(NATIVE)) return true;
    const key = Object.keys(element).find((one) => one.startsWith('__reactProps$'));
    const props = key === undefined ? {} : (element as unknown as Record<string, Record<string, unknown>>)[key];
    return HANDS.some((hand) => typeof props?.[hand] === 'function');
  });
  for (const element of pressable) {
    const words = met.get(element);
    // A larger target round a control that was met, and the pages that the voice turns by itself.
    const round = !element.matches(NATIVE) && [...met.keys()].some((one) => element.contains(one));
    if (words === undefined && (round || element.closest('.pager') !== null)) continue;
    if (words === undefined) {
      faults.push(`only eyes and hands find ${named(element)}`);
      continue;
    }
    const label = letters(element.getAttribute('aria-label') ?? (element as HTMLElement).innerText);
    if (label === '') faults.push(`${named(element)} has no name`);
    else if (!element.matches(UNSAID) && !letters(words).includes(label.slice(0, 4))) {
      faults.push(`${named(element)} is called "${words}"`);
    }
  }

  // In order: of the page within its part, and each told which of how many it is.
  const numbers = new RegExp(place, 'u');
  for (const [index, element] of order.entries()) {
    const before = order[index - 1];
    if (before === undefined || before === title || element.closest(GRIDS) !== null) continue;
    // The pages that the voice turns change their own buttons meanwhile.
    if (partOf(before) !== partOf(element) || element.closest('.pager') !== null) continue;
    const after = (before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    if (!after) faults.push(`${named(element)} comes after ${named(before)}`);
    const [now, last] = [numbers.exec(met.get(element) ?? ''), numbers.exec(met.get(before) ?? '')];
    if (now !== null && last !== null && Number(now[1]) !== Number(last[1]) + 1) {
      faults.push(`${named(element)} is number ${now[1] ?? ''} after ${last[1] ?? ''}`);
    }
  }

  // Every word that can be read is heard as well.
  const said = letters(log.join(' '));
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const [element, text] = [node.parentElement, letters(node.nodeValue ?? '')];
    if (element === null || text === '' || !shown(element) || element.closest(NOT_SAID) !== null) continue;
    if (!said.includes(text)) faults.push(`only eyes read "${(node.nodeValue ?? '').trim()}" of ${named(element)}`);
  }

  for (const words of log) {
    const secret = secrets.find((one) => letters(words).includes(letters(one)));
    if (secret !== undefined) faults.push(`"${secret}" was said aloud: "${words}"`);
  }
  return { screen: page.dataset['screen'] ?? '', entry, stops: [...met.values()], log: [...log], faults };
}
