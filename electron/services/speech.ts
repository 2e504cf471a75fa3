import { Emitter, type EventSource } from '../../native/model/events.ts';

/** Voices that a speech engine must have. `zh` is fed with pinyin and tone digits, `en` with English. */
export const VOICES = ['zh', 'en'] as const;
export type Voice = (typeof VOICES)[number];

/** Makes sound of text. Knows nothing of who speaks or why. */
export interface SpeechEngine {
  /** Whether there is an engine on this machine. Looked up once. */
  ready(): Promise<boolean>;
  /**
   * A whole WAV file (16 bit, mono), or null when the engine failed or took too long.
   * @param text pinyin with tone digits for `zh`, plain English for `en`; at most 600 characters
   */
  say(text: string, voice: Voice): Promise<Uint8Array | null>;
}

/** Whether somebody listens alone. */
export interface Headset {
  /** `out` when it is not known: private matters are then not spoken. */
  readonly state: 'in' | 'out';
  readonly changes: EventSource<'in' | 'out'>;
  /** From now on only the handset with this USB id counts, e.g. `0d8c:0014`. Absent where nothing can be asked. */
  readonly only?: (usbId: string) => void;
  stop(): void;
}

/** A kiosk without a socket, or one whose socket cannot be asked. */
export function fixedHeadset(state: 'in' | 'out'): Headset {
  return { state, changes: new Emitter<'in' | 'out'>(), stop: () => undefined };
}

/** The engine of a kiosk that has none. */
export const NO_ENGINE: SpeechEngine = { ready: async () => false, say: async () => null };

/** One utterance after the other; an engine that does not know when to stop is not asked twice at the same time. */
export class Speech {
  readonly #engine: SpeechEngine;
  readonly headset: Headset;
  #ready = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(engine: SpeechEngine, headset: Headset) {
    this.#engine = engine;
    this.headset = headset;
  }

  /** Looks for the engine; before that there is none. */
  async start(): Promise<void> {
    this.#ready = await this.#engine.ready();
  }

  /** What the screens may know. */
  state(): { readonly engine: 'ready' | 'missing'; readonly headset: 'in' | 'out' } {
    return { engine: this.#ready ? 'ready' : 'missing', headset: this.headset.state };
  }

  /** The sound of a text as base64, or null. */
  say(text: string, voice: Voice): Promise<string | null> {
    const said = this.#last.then(async () => {
      if (!this.#ready) return null;
      const wav = await this.#engine.say(text, voice);
      return wav === null ? null : Buffer.from(wav).toString('base64');
    });
    this.#last = said.catch(() => undefined);
    return said;
  }

  stop(): void {
    this.headset.stop();
  }
}
