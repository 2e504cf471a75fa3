import type { CallOutput } from '../contract/calls.ts';
import type { SettingFault, SoundSettingDto } from '../contract/dto.ts';
import type { Result } from '../../native/model/result.ts';
import type { SettledHeadset, Speech } from './speech.ts';
import { USUAL_SOUNDS } from './sounds.ts';

/** Where the settings of sound are kept. */
export interface SoundSettings {
  readonly config: {
    readonly headset?: SoundSettingDto['headset'];
    readonly sounds?: SoundSettingDto['sounds'];
  };
  version(): number;
  /** Saves both as a new version; refused when another one was saved meanwhile, or nothing could be written. */
  saveSound(setting: SoundSettingDto, baseVersion: number): Promise<Result<{ readonly version: number }, SettingFault>>;
}

/** What is heard at this kiosk, and by whom, as the technician sets it. */
export class SoundDesk {
  readonly #settings: SoundSettings;
  readonly #headset: SettledHeadset;
  readonly #speech: Speech;
  readonly #record: (what: string, detail: string) => Promise<void>;

  constructor(options: {
    readonly settings: SoundSettings;
    readonly headset: SettledHeadset;
    readonly speech: Speech;
    /** Puts a step of the technician on record. */
    readonly record: (what: string, detail: string) => Promise<void>;
  }) {
    this.#settings = options.settings;
    this.#headset = options.headset;
    this.#speech = options.speech;
    this.#record = options.record;
  }

  async look(): Promise<CallOutput<'technician.sound'>> {
    const { headset = 'detect', sounds = USUAL_SOUNDS } = this.#settings.config;
    const { engine, headset: heard } = this.#speech.state();
    const handsets = await this.#headset.handsets();
    return { setting: { headset, sounds }, handsets: [...handsets], heard, engine, version: this.#settings.version() };
  }

  /** Saves the settings and puts them in force at once. */
  async save(setting: SoundSettingDto, baseVersion: number): Promise<CallOutput<'technician.saveSound'>> {
    const saved = await this.#settings.saveSound(setting, baseVersion);
    const { headset, sounds } = setting;
    const words = `headset ${typeof headset === 'string' ? headset : headset.usb}, chimes ${sounds.chimes}`;
    await this.#record(saved.ok ? 'setting-saved' : 'setting-refused', words);
    if (!saved.ok) return { saved: false, version: this.#settings.version(), fault: saved.error };
    this.#headset.set(headset);
    return { saved: true, version: saved.value.version, fault: null };
  }
}
