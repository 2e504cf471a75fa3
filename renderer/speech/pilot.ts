import { keyOnScreen } from '../components/real-keys.ts';
import { topPage } from '../components/top-page.ts';
import { aloud, describe, isPrivateField, valueOf, wordsWith, type Listening } from './describe.ts';
import { changeVolume, repeat, say, stopSpeaking } from './narrator.ts';
import { steer, type Direction } from './steer.ts';
import { stopsOf, wordsOf, type Stop } from './stops.ts';
import { watchTouch } from './touch.ts';

/** The page is looked at after it has stood still for so long, in milliseconds. */
const SETTLE_MS = 120;
/** What a press has done is said after so long, in milliseconds: the screen has drawn it by then. */
const ECHO_MS = 180;

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const LIVE = '[role="status"], [role="alert"], [aria-live]';
const MARK = 'data-spoken';

/** Which page it is: screen and title. The count over the title may change with an answer and begins nothing anew. */
function pageKey(page: HTMLElement): string {
  return `${page.dataset['screen'] ?? ''}|${page.querySelector('h1')?.textContent ?? ''}`;
}

function pageKeyNow(): string | null {
  const page = topPage();
  return page === null ? null : pageKey(page);
}

/** Leads a person who does not see the screen: by four-way pad or swipe, with everything said aloud. */
export class Pilot {
  readonly #listening: () => Listening;
  readonly #steers: boolean;
  #key = '';
  #element: HTMLElement | null = null;
  #marked: HTMLElement | null = null;
  readonly #heard = new WeakMap<Element, string>();
  #settle: ReturnType<typeof setTimeout> | undefined;
  #echo: ReturnType<typeof setTimeout> | undefined;
  readonly #stop: (() => void)[] = [];

  /** @param steers false where only captions are wanted: nothing is taken from the hands */
  constructor(listening: () => Listening, steers: boolean) {
    this.#listening = listening;
    this.#steers = steers;
  }

  start(): void {
    const watch = new MutationObserver(() => this.#later());
    watch.observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
      attributes: true,
      attributeFilter: ['hidden', 'inert', 'data-screen'],
    });
    this.#stop.push(() => watch.disconnect());
    if (this.#steers) {
      const onKey = (event: KeyboardEvent): void => this.#onKey(event);
      const onFocus = (event: FocusEvent): void => this.#onFocus(event);
      document.addEventListener('keydown', onKey, true);
      document.addEventListener('focusin', onFocus);
      this.#stop.push(
        () => document.removeEventListener('keydown', onKey, true),
        () => document.removeEventListener('focusin', onFocus),
        watchTouch({
          point: (element) => this.#point(element),
          move: (direction) => this.#move(direction),
          act: () => this.#act(),
        }),
      );
    }
    this.#look();
  }

  stop(): void {
    clearTimeout(this.#settle);
    clearTimeout(this.#echo);
    for (const stop of this.#stop) stop();
    this.#mark(null);
  }

  #later(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#look(), SETTLE_MS);
  }

  /** Says a new page from its beginning, and what a page tells by itself. */
  #look(): void {
    const page = topPage();
    if (page === null) return;
    const key = pageKey(page);
    // A title that changes is a page that begins.
    const live = [...page.querySelectorAll(LIVE)].filter((one) => !one.matches('.caption, .lampstrip, h1 *'));
    if (key !== this.#key) {
      this.#key = key;
      // What a press did to the page before is told by the new page itself.
      clearTimeout(this.#echo);
      for (const one of live) this.#heard.set(one, wordsOf(one));
      const stops = stopsOf(page);
      const title = stops.find((stop) => stop.kind === 'title');
      if (title !== undefined) this.#enter(page, title, stops);
      for (const one of live) if (!one.closest('.pager')) this.#tell(one);
      return;
    }
    for (const one of live) {
      const words = wordsOf(one);
      if (words === this.#heard.get(one)) continue;
      // The first page was entered, not turned to; who only reads sees the page's number where it stands.
      const turned = one.closest('.pager') === null || (this.#steers && this.#heard.has(one));
      this.#heard.set(one, words);
      if (turned) this.#tell(one);
    }
  }

  /** Says what the page tells by itself, when it is through with what it says: what is so, not what may be pressed. */
  #tell(one: Element): void {
    say({ ...aloud(one, this.#listening(), 'button'), polite: true });
  }

  #stops(): { readonly stops: readonly Stop[]; readonly at: number } {
    const page = topPage();
    const stops = page === null ? [] : stopsOf(page);
    const at = stops.findIndex((stop) => stop.element === this.#element);
    return { stops, at };
  }

  #mark(element: HTMLElement | null): void {
    this.#marked?.removeAttribute(MARK);
    this.#marked = element;
    element?.setAttribute(MARK, '');
  }

  #stand(stop: Stop): void {
    this.#element = stop.element;
    if (!this.#steers) return;
    this.#mark(stop.element);
    if (stop.kind !== 'text') stop.element.focus({ preventScroll: false });
    else stop.element.scrollIntoView({ block: 'nearest' });
  }

  /** Stands at a stop and says it; the ring follows the voice. */
  #go(stop: Stop, stops: readonly Stop[]): void {
    this.#stand(stop);
    say(describe(stop, stops, this.#listening()));
  }

  /** Begins a page at its title; one whose time runs out at its main button, so that a single press answers it. */
  #enter(page: HTMLElement, title: Stop, stops: readonly Stop[]): void {
    const main = stops.find((stop) => stop.kind === 'control' && stop.element.matches('.acts .main'));
    if (page.querySelector('[role="timer"]') === null || main === undefined || !this.#steers) {
      this.#go(title, stops);
      return;
    }
    this.#stand(main);
    const listening = this.#listening();
    say({ words: `${describe(title, stops, listening).words} ${describe(main, stops, listening).words}` });
  }

  #move(direction: Direction): void {
    const { stops, at } = this.#stops();
    if (stops.length === 0) return;
    const next = stops[at < 0 ? 0 : steer(stops, at, direction)];
    if (next === undefined) return;
    if (at >= 0 && next.element === this.#element) {
      const end = this.#listening().say('edge');
      say({ words: end });
      return;
    }
    this.#go(next, stops);
  }

  #point(element: Element): void {
    const { stops } = this.#stops();
    const under = stops.findLast((stop) => stop.element.contains(element));
    if (under !== undefined) this.#go(under, stops);
  }

  /** Presses what the voice stands at; a text is said again. */
  #act(): void {
    const { stops, at } = this.#stops();
    const stop = stops[at];
    if (stop === undefined) return;
    if (stop.kind !== 'control' || stop.element.getAttribute('role') === 'textbox') {
      say(describe(stop, stops, this.#listening()));
      return;
    }
    this.#press(stop.element);
  }

  /** Presses a control and says what came of it, unless another page does. */
  #press(element: HTMLElement): void {
    const page = pageKeyNow();
    const before = this.#typed();
    const composing = this.#composing();
    const said = this.#describeElement(element);
    element.click();
    clearTimeout(this.#echo);
    this.#echo = setTimeout(() => {
      // Another page's field is another field: it was not emptied.
      if (pageKeyNow() === page) this.#afterPress(element, before, composing, said);
    }, ECHO_MS);
  }

  #field(): Element | null {
    return topPage()?.querySelector('.counter-in [role="textbox"]') ?? null;
  }

  #typed(): string | null {
    const field = this.#field();
    return field === null ? null : valueOf(field);
  }

  /** Letters of a word that is not chosen yet. */
  #composing(): string {
    return topPage()?.querySelector('.counter-in [role="textbox"] .comp')?.textContent ?? '';
  }

  /** The letters, and what the first choice would be; aloud only what may be. */
  #sayComposing(letters: string): void {
    const { headset, say: t } = this.#listening();
    const field = this.#field();
    if (field === null) return;
    const first = topPage()?.querySelector('.cand')?.textContent ?? '';
    const words = letters === '' ? t('takenBack') : wordsWith([...letters].join(' '), first);
    if (!isPrivateField(field)) say({ words });
    else if (headset) say({ words, secret: { shown: t('inHeadset') } });
    else say({ words: t('signEntered') });
  }

  #describeElement(element: HTMLElement): string {
    const { stops } = this.#stops();
    const stop = stops.find((one) => one.element === element);
    return stop === undefined ? '' : describe(stop, stops, this.#listening()).words;
  }

  #afterPress(element: HTMLElement, before: string | null, composing: string, said: string): void {
    const typed = this.#typed();
    if (typed !== before && typed !== null) {
      this.#sayTyped(before ?? '', typed);
      return;
    }
    const letters = this.#composing();
    if (letters !== composing) {
      this.#sayComposing(letters);
      return;
    }
    const now = this.#describeElement(element);
    if (now !== '' && now !== said) say({ words: now });
  }

  /** What was typed, or only that something was: the field's value belongs to the person alone. */
  #sayTyped(before: string, typed: string): void {
    const { headset, say: t } = this.#listening();
    const field = this.#field();
    if (field === null) return;
    const hidden = isPrivateField(field);
    const shorter = typed.length < before.length && before.startsWith(typed);
    if (hidden && !headset) {
      const digit = /[\dXx]$/u.test(typed);
      say({ words: t(shorter ? 'takenBack' : digit ? 'digitEntered' : 'signEntered') });
      return;
    }
    const words = shorter
      ? wordsWith(t('takenBack'), typed.slice(-6))
      : typed.startsWith(before)
        ? typed.slice(before.length)
        : typed;
    say(hidden ? { words, secret: { shown: t('inHeadset') } } : { words });
  }

  #onFocus(event: FocusEvent): void {
    if (!(event.target instanceof HTMLElement) || event.target === this.#element) return;
    const { stops } = this.#stops();
    const stop = stops.find((one) => one.element === event.target && one.kind === 'control');
    if (stop !== undefined) this.#go(stop, stops);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const direction = ARROWS[event.key];
    const doing = direction === undefined ? this.#command(event.key) : () => this.#move(direction);
    // Nothing is typed that is not acknowledged: what has no key here is nobody else's either.
    event.stopPropagation();
    if (doing === null) return;
    event.preventDefault();
    doing();
  }

  /** What a key of an assistive keypad does; null for keys that are none of ours. */
  #command(key: string): (() => void) | null {
    switch (key) {
      case 'Enter':
      case ' ':
        return () => this.#act();
      case 'Home':
        return repeat;
      case 'End':
      case 'Escape':
        return stopSpeaking;
      case 'PageUp':
      case 'AudioVolumeUp':
        return () => this.#volume(1);
      case 'PageDown':
      case 'AudioVolumeDown':
        return () => this.#volume(-1);
      default:
        return this.#keyFor(key);
    }
  }

  #volume(by: 1 | -1): void {
    const { say: t } = this.#listening();
    say({ words: t('volume', { step: changeVolume(by) }) });
  }

  /** A letter or digit of a real keypad presses the same key on the screen. */
  #keyFor(key: string): (() => void) | null {
    const page = topPage();
    const found = page === null ? null : keyOnScreen(page, key);
    return found === null ? null : () => this.#press(found);
  }
}
