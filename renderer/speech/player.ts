import { bytesOf } from '../api/bytes.ts';

/** Loudness of the five steps; the third is that of a person who speaks at arm's length. */
const GAINS = [0.12, 0.25, 0.45, 0.7, 1] as const;
export const VOLUME_STEPS = GAINS.length;
/** Every visit begins with this step, whatever the last person chose. */
export const USUAL_VOLUME = 3;

let context: AudioContext | null = null;
let gain: GainNode | null = null;
let playing: AudioBufferSourceNode | null = null;

function output(): { readonly context: AudioContext; readonly gain: GainNode } {
  if (context === null || gain === null) {
    context = new AudioContext();
    gain = context.createGain();
    gain.connect(context.destination);
  }
  return { context, gain };
}

/** Sets the loudness, 1 to 5, also of what is being said. */
export function setGain(step: number): void {
  output().gain.gain.value = GAINS[step - 1] ?? GAINS[USUAL_VOLUME - 1] ?? 0;
}

/** Makes a sound of a WAV file in base64; null when it is none. */
export async function decode(wav: string): Promise<AudioBuffer | null> {
  try {
    return await output().context.decodeAudioData(bytesOf(wav).buffer);
  } catch {
    return null;
  }
}

/** Plays a sound to its end, or until `hush`. */
export function play(sound: AudioBuffer): Promise<void> {
  const { context: now, gain: to } = output();
  void now.resume();
  return new Promise((resolve) => {
    const source = now.createBufferSource();
    source.buffer = sound;
    source.connect(to);
    source.onended = () => resolve();
    playing = source;
    source.start();
  });
}

/** Silent at once. */
export function hush(): void {
  playing?.stop();
  playing = null;
}
