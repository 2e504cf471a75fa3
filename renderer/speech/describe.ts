import type { Stop } from './stops.ts';
import { wordsOf } from './stops.ts';
import type { Utterance } from './narrator.ts';
import { knownNow } from '../ime/data.ts';

/** Words of the speech namespace. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

/** Where a typed or read value may be spoken aloud: nothing of a person stands there. */
const PUBLIC_FIELD = '[data-screen="find"], [data-screen="home"]';
/** What belongs to the person: values of the form, and who is served. */
const PERSONAL = '.sum dd, .visit-who, .sib.is-done .sib-value, [data-private]';

/** What a screen's voice needs to know besides the page. */
export interface Listening {
  readonly say: Say;
  /** Somebody listens alone. */
  readonly headset: boolean;
  /** Captions without the voice: who reads them sees what there is to press, and the step. */
  readonly silent?: boolean;
}

/** Whether a field's value is nobody else's business. */
export function isPrivateField(field: Element): boolean {
  return field.closest(PUBLIC_FIELD) === null;
}

/** The value of a field: its text without the placeholder, and without letters that are no word yet. */
export function valueOf(field: Element): string {
  const copy = field.cloneNode(true) as Element;
  for (const part of copy.querySelectorAll('.ph, .caret, .comp')) part.remove();
  return (copy.textContent ?? '').trim();
}

function fieldState(field: Element, { say, headset }: Listening): { words: string; shown: string } {
  const value = valueOf(field);
  const wrong = field.getAttribute('aria-invalid') === 'true' ? say('wrong') : '';
  if (value === '') return { words: say('empty'), shown: say('empty') };
  const count = say('characters', { count: [...value].length });
  const hidden = isPrivateField(field);
  const shown = `${count}${hidden && !headset ? say('plugIn') : ''}${wrong}`;
  if (hidden && !headset) return { words: shown, shown };
  const spoken = /^[\dXx]+$/u.test(value) ? [...value].join(' ') : value;
  return { words: `${spoken}${wrong}`, shown: hidden ? `${say('inHeadset')}${wrong}` : `${spoken}${wrong}` };
}

function stateOf(element: Element, say: Say): string {
  const on = (name: string): boolean => element.getAttribute(name) === 'true';
  if (element.getAttribute('role') === 'switch') return say(on('aria-checked') ? 'on' : 'off');
  if (element.hasAttribute('aria-checked')) return say(on('aria-checked') ? 'chosen' : 'notChosen');
  if (element.hasAttribute('aria-selected')) return on('aria-selected') ? say('chosen') : '';
  if (element.hasAttribute('aria-pressed')) return say(on('aria-pressed') ? 'chosen' : 'notChosen');
  if (on('aria-disabled')) return say('busy');
  return element.getAttribute('aria-current') === 'page' ? say('here') : '';
}

/** Two parts with a pause between them. */
export const wordsWith = (first: string, second: string): string => join(first, second);

const join = (...parts: readonly string[]): string =>
  parts
    .filter((part) => part !== '')
    .join('，')
    .replaceAll(/，[，,]+/gu, '，')
    .replaceAll(/([。！？])，/gu, '$1')
    .replaceAll(/([.!?])，/gu, '$1 ');

/** A digit key of a private field: without a headset its face is not said, or whoever stands near could count along. */
function isSecretKey(stop: Stop, stops: readonly Stop[], headset: boolean): boolean {
  if (headset || stop.group !== 'pad' || !/^[\dX]$/u.test(wordsOf(stop.element))) return false;
  return hasPrivateField(stops);
}

function hasPrivateField(stops: readonly Stop[]): boolean {
  return stops.some((one) => one.element.getAttribute('role') === 'textbox' && isPrivateField(one.element));
}

/** What a control's description says besides its name, unless it stands in the name already. */
function noteOf(element: Element, name: string, listening: Listening): string {
  const notes = (element.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => (id === '' ? null : document.getElementById(id)))
    .map((note) => (note === null ? '' : (aloud(note, listening).secret?.shown ?? aloud(note, listening).words)));
  return notes.filter((note) => note !== '' && !name.includes(note)).join('，');
}

/**
 * A text as it may be said: what belongs to the person only into a headset. Without one it is told what stands there, and
 * what is not private of it.
 * @param unsaid selects parts that are left out
 */
export function aloud(element: Element, { say, headset }: Listening, unsaid = ''): Utterance {
  const words = wordsOf(element, unsaid);
  if (!element.matches(PERSONAL) && element.querySelector(PERSONAL) === null) return { words };
  const whole = element.matches(PERSONAL);
  const mistake = element.querySelector('[data-private="mistake"]') === null ? '' : say('mistake');
  const rest = whole
    ? (element.closest('.visit')?.getAttribute('aria-label') ?? '')
    : wordsOf(element, unsaid === '' ? PERSONAL : `${PERSONAL}, ${unsaid}`);
  if (!headset) return { words: join(mistake, rest, say('plugIn')) };
  return { words, secret: { shown: join(mistake, rest, say('inHeadset')) } };
}

/** The steps of a case in one go, the present one told. */
function stepsOf(list: Element, say: Say): string {
  const steps = [...list.children].map((step) =>
    join(wordsOf(step), step.getAttribute('aria-current') === 'step' ? say('here') : ''),
  );
  return `${list.getAttribute('aria-label') ?? ''}：${steps.join('；')}`;
}

/** Longest word whose characters are told apart one by one. */
const EXPLAINED = 3;

/** Which characters a word is written with, by a well-known word of each: 王 as in 国王. Many words sound the same. */
function writtenWith(word: string, say: Say): string {
  const characters = [...word];
  if (characters.length > EXPLAINED) return '';
  return characters
    .flatMap((char) => {
      const known = knownNow().pinyin?.example(char) ?? null;
      return known === null || known === word ? [] : [say('writtenAs', { char, word: known })];
    })
    .join('，');
}

/** A candidate and how it is written; what a private field may come to hold is not said without a headset. */
function candidateAt({ element }: Stop, stops: readonly Stop[], { say, headset }: Listening): Utterance {
  const all = stops.filter((one) => one.element.classList.contains('cand'));
  const place = say('candidate', { now: all.findIndex((one) => one.element === element) + 1, all: all.length });
  const hidden = hasPrivateField(stops);
  if (hidden && !headset) return { words: join(place, say('plugIn')) };
  const name = wordsOf(element);
  const words = join(name, writtenWith(name, say), place);
  return hidden ? { words, secret: { shown: join(place, say('inHeadset')) } } : { words };
}

/** What the voice says at a stop: name, state, place of how many; a text is just read. */
export function describe(stop: Stop, stops: readonly Stop[], listening: Listening): Utterance {
  const { element } = stop;
  const { say, headset } = listening;
  if (stop.kind === 'title') return { words: entryOf(stops, listening) };
  const name = wordsOf(element);
  if (stop.kind === 'text')
    return element.matches('.steps') ? { words: stepsOf(element, say) } : aloud(element, listening);
  const peers = stops.filter((one) => one.kind === 'control' && one.group === stop.group);
  const place = say('place', { now: peers.findIndex((one) => one.element === element) + 1, all: peers.length });
  if (isSecretKey(stop, stops, headset)) return { words: say('digitKey') };
  if (element.classList.contains('cand')) return candidateAt(stop, stops, listening);
  if (element.classList.contains('key') || stop.group === 'keyboard')
    return { words: join(name, stateOf(element, say)) };
  if (element.getAttribute('role') === 'textbox') {
    const { words, shown } = fieldState(element, listening);
    const note = noteOf(element, name, listening);
    const whole = join(name, say('field'), words, note, place);
    return words === shown
      ? { words: whole }
      : { words: whole, secret: { shown: join(name, say('field'), shown, note, place) } };
  }
  if (element.querySelector(PERSONAL) !== null) {
    const shown = join(wordsOf(element, PERSONAL), say('filled'), place);
    return headset ? { words: join(name, place), secret: { shown } } : { words: shown };
  }
  return { words: join(name, stateOf(element, say), noteOf(element, name, listening), place) };
}

/** What is said on entering a page: step, question, title, help, and how much there is to choose from. */
export function entryOf(stops: readonly Stop[], { say, silent = false }: Listening): string {
  const title = stops.find((stop) => stop.kind === 'title')?.element;
  const block = title?.closest('.block');
  const page = title?.closest('main');
  const step = silent ? null : page?.querySelector('.steps [aria-current="step"]');
  const pad = !silent && stops.some((stop) => stop.group === 'pad') ? say('hasPad') : '';
  const keyboard = !silent && stops.some((stop) => stop.group === 'keyboard') ? say('hasKeyboard') : '';
  const lamp = page?.querySelector('.lampstrip');
  const choices = stops.filter(
    (stop) => stop.kind === 'control' && ['counter', 'actions', 'page'].includes(stop.group),
  );
  const lines = [
    step ? say('step', { step: wordsOf(step) }) : '',
    block?.querySelector('.over') ? wordsOf(block.querySelector('.over') ?? block) : '',
    title ? wordsOf(title) : '',
    block?.querySelector('.lead') ? wordsOf(block.querySelector('.lead') ?? block) : '',
    lamp ? wordsOf(lamp) : '',
    silent || choices.length === 0 ? '' : say('choices', { count: choices.length }),
    pad,
    keyboard,
  ];
  const end = /[。！？.!?]$/u;
  return lines
    .filter((line) => line !== '')
    .map((line) => (end.test(line) ? line : `${line}${say('stopSign')}`))
    .join(' ');
}
