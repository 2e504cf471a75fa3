import { useSyncExternalStore } from 'react';
import { setCaption } from '../a11y/caption.ts';
import { call } from '../api/bridge.ts';
import { decode, hush, play, setGain, USUAL_VOLUME, VOLUME_STEPS } from './player.ts';
import { readEnglish } from './reading-en.ts';
import { captionOf, segmentsOf, type Segment } from './segments.ts';

/** Something to be said. */
export interface Utterance {
  readonly words: string;
  /** Spoken only; the caption and the log say `shown` instead. */
  readonly secret?: { readonly shown: string };
  /** Waits for what is being said instead of breaking it off. */
  readonly polite?: boolean;
}

/** What the speech log of the tests hears, in order, as events of this name on the document. */
export const SPOKEN_EVENT = 'hall24:spoken';
/** A stretch of sound began; `seconds` is its length. */
export const HEARD_EVENT = 'hall24:heard';

interface State {
  readonly volume: number;
  readonly speaking: boolean;
  readonly audible: boolean;
}

let state: State = { volume: USUAL_VOLUME, speaking: false, audible: false };
const listeners = new Set<() => void>();
let language: 'zh' | 'en' = 'zh';
let turn = 0;
let last: Utterance | null = null;
let waiting: Promise<void> = Promise.resolve();

function set(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

export function useNarrator(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** What the voice is given for a stretch of text. The Chinese readings are fetched when they are first needed. */
async function reading({ voice, text }: Segment): Promise<string> {
  if (voice === 'en') return readEnglish(text);
  const { readChinese } = await import('./reading-zh.ts');
  return readChinese(text);
}

/** Longest text of one call. */
const LONGEST = 600;

/** Pieces in which a text leaves the page: whole, or syllable by syllable when it is secret. */
function pieces(text: string, secret: boolean): string[] {
  if (secret) return text.split(/[ ,.?!]+/u).filter((piece) => piece !== '');
  return text.length <= LONGEST ? [text] : (text.match(/.{1,560}(?:[,.?!] |$)/gsu) ?? [text.slice(0, LONGEST)]);
}

async function sound(piece: string, voice: Segment['voice']): Promise<AudioBuffer | null> {
  const answer = await call('speech.say', { text: piece, voice });
  return answer.ok && answer.value.wav !== null ? decode(answer.value.wav) : null;
}

async function utter(words: string, secret: boolean, mine: number): Promise<void> {
  for (const segment of segmentsOf(words, language)) {
    for (const piece of pieces(await reading(segment), secret)) {
      if (mine !== turn) return;
      const made = await sound(piece, segment.voice);
      if (mine !== turn) return;
      if (made === null) continue;
      document.dispatchEvent(new CustomEvent(HEARD_EVENT, { detail: { seconds: made.duration } }));
      await play(made);
    }
  }
}

/** Says something: in the caption line, and aloud when somebody listens. */
export function say(utterance: Utterance): void {
  const words = utterance.words.trim();
  if (words === '') return;
  last = { ...utterance, polite: false };
  const polite = utterance.polite === true;
  if (!polite) {
    turn += 1;
    hush();
    waiting = Promise.resolve();
  }
  const mine = turn;
  const shown = utterance.secret?.shown ?? words;
  const begin = async (): Promise<void> => {
    if (mine !== turn) return;
    setCaption(captionOf(shown, language));
    document.dispatchEvent(new CustomEvent(SPOKEN_EVENT, { detail: { words: shown, volume: state.volume } }));
    if (!state.audible) return;
    set({ speaking: true });
    await utter(words, utterance.secret !== undefined, mine);
    if (mine === turn) set({ speaking: false });
  };
  if (polite) waiting = waiting.then(begin);
  else waiting = begin();
}

/** Resolves when what is being said now has been said. */
export async function spoken(): Promise<void> {
  await waiting;
}

/** Says the last thing again. */
export function repeat(): void {
  if (last !== null) say(last);
}

/** Silent at once; the caption stays. */
export function stopSpeaking(): void {
  turn += 1;
  hush();
  waiting = Promise.resolve();
  set({ speaking: false });
}

/** One step louder (+1) or quieter (-1); gives the step, 1 to 5. */
export function changeVolume(by: 1 | -1): number {
  const volume = Math.min(VOLUME_STEPS, Math.max(1, state.volume + by));
  set({ volume });
  if (state.audible) setGain(volume);
  return volume;
}

/** Speaks from now on in this language, aloud or in captions only. */
export function startNarrator(to: 'zh' | 'en', audible: boolean): void {
  language = to;
  set({ audible });
  if (audible) setGain(state.volume);
}

/** Silent, the usual loudness, nothing remembered. */
export function endNarrator(): void {
  stopSpeaking();
  last = null;
  setCaption('');
  set({ volume: USUAL_VOLUME, audible: false });
}
