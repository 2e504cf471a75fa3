import type { Chime } from './chime-of.ts';
import { CHIMES, type Tone } from './tones.ts';

/** How loud, of 1; `softer` is what quiet hours leave of it. */
const GAINS = { usual: 0.3, softer: 0.08 } as const;
export type Loudness = keyof typeof GAINS;

/** What tests hear: an event of this name on the document for each chime. */
export const CHIME_EVENT = 'hall24:chime';
/** Seconds in which a tone swells and dies away, so that it does not crack. */
const SWELL = 0.015;
/** The sound device is given back so long after the last tone, in milliseconds. */
const LINGER_MS = 500;

function sound(context: AudioContext, { hertz, at, seconds }: Tone, loudness: number): void {
  const begin = context.currentTime + 0.02 + at;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(loudness, begin + SWELL);
  gain.gain.setValueAtTime(loudness, begin + seconds / 3);
  gain.gain.exponentialRampToValueAtTime(0.001, begin + seconds);
  gain.connect(context.destination);
  const source = context.createOscillator();
  source.type = 'triangle';
  source.frequency.value = hertz;
  source.connect(gain);
  source.start(begin);
  source.stop(begin + seconds);
}

/** Sounds a chime; resolves when it has sounded. The sound device is held only meanwhile. */
export async function chime(kind: Chime, loudness: Loudness): Promise<void> {
  document.dispatchEvent(new CustomEvent(CHIME_EVENT, { detail: { kind, loudness } }));
  const tones = CHIMES[kind];
  const context = new AudioContext();
  try {
    await context.resume();
    for (const tone of tones) sound(context, tone, GAINS[loudness]);
    const seconds = Math.max(...tones.map(({ at, seconds: long }) => at + long));
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000 + LINGER_MS));
  } finally {
    await context.close();
  }
}
