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

/** A sound device on USB. */
export interface Handset {
  /** `vid:pid` in hexadecimal. */
  readonly id: string;
  readonly name: string;
}

/** What the configuration says of listening alone; left out: `detect`. */
export type HeadsetSetting = 'detect' | 'always' | 'never' | { readonly usb: string } | undefined;

/** Whether somebody listens alone. */
export interface Headset {
  /** `out` when it is not known: private matters are then not spoken. */
  readonly state: 'in' | 'out';
  readonly changes: EventSource<'in' | 'out'>;
  /**
   * From now on only the handset with this USB id counts, e.g. `0d8c:0014`; null: whatever is plugged in. Absent where
   * nothing can be asked.
   */
  readonly only?: (usbId: string | null) => void;
  /** Sound devices on USB that are there now. Absent where nothing can be asked. */
  readonly handsets?: () => Promise<readonly Handset[]>;
  stop(): void;
}

/** A kiosk without a socket, or one whose socket cannot be asked. */
export function fixedHeadset(state: 'in' | 'out'): Headset {
  return { state, changes: new Emitter<'in' | 'out'>(), stop: () => undefined };
}

/** The socket as the configuration has it, which may change while the kiosk runs. */
export class SettledHeadset implements Headset {
  readonly changes = new Emitter<'in' | 'out'>();
  readonly #socket: Headset | undefined;
  readonly #forget: (() => void) | undefined;
  #setting: HeadsetSetting;
  #told: 'in' | 'out' = 'out';

  constructor(socket: Headset | undefined, setting: HeadsetSetting) {
    this.#socket = socket;
    this.#forget = socket?.changes.subscribe(() => this.#tell());
    this.set(setting);
  }

  get state(): 'in' | 'out' {
    if (this.#setting === 'always') return 'in';
    return this.#setting === 'never' ? 'out' : (this.#socket?.state ?? 'out');
  }

  /** Takes another setting; whoever listens is told if that makes a difference. */
  set(setting: HeadsetSetting): void {
    const before = this.#setting;
    this.#setting = setting;
    if (typeof setting === 'object') this.#socket?.only?.(setting.usb);
    else if (typeof before === 'object') this.#socket?.only?.(null);
    this.#tell();
  }

  async handsets(): Promise<readonly Handset[]> {
    return (await this.#socket?.handsets?.()) ?? [];
  }

  stop(): void {
    this.#forget?.();
    this.#socket?.stop();
  }

  #tell(): void {
    if (this.state === this.#told) return;
    this.#told = this.state;
    this.changes.emit(this.#told);
  }
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
