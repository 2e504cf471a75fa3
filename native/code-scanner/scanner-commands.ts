import type { Clock } from '../model/clock.ts';
import type { ScanMode, ScannerChange, ScannerInfo } from '../model/code-scanner.ts';
import type { DeviceError } from '../model/device.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { TransportError } from '../model/transport.ts';
import { REGISTER, TYPE_7E00, answer7e00, newlandAnswer, newlandRequest, request7e00 } from './command-frames.ts';
import type { CommandSet, NewlandSetting } from './command-frames.ts';

/** Pause that scanners want between two commands, in milliseconds. */
const COMMAND_GAP_MS = 50;
/** Time that a scanner takes for a command, in milliseconds, and for one that writes to its flash. */
const ANSWER_MS = 500;
const SLOW_ANSWER_MS = 5_000;
/** How long a late answer to an earlier command is waited for, so that it is not taken for that to the next one. */
const LATE_MS = 1_000;

type Done<T> = Result<T, DeviceError>;

/** Something a scanner answered: the frame, or nothing in time. */
interface Waiting {
  readonly accepts: (frame: Uint8Array) => boolean;
  readonly settle: AbortController;
  answer: Uint8Array | null;
  damaged: boolean;
}

/** Mode bits of register 0000 (GM65 and GM8xx manuals): 0 button, 1 command, 2 continuous, 3 sensing. */
const MODE_BITS: Readonly<Record<ScanMode, number>> = { trigger: 0x01, continuous: 0x02, sense: 0x03 };
const BEEP_BIT = 0x40;
const LAMP_BIT = 0x80;
/** Numbers of the modes in Newland's setting SCNMOD. */
const NEWLAND_MODES: Readonly<Record<ScanMode, string>> = { trigger: '0', sense: '2', continuous: '3' };
/** A beep of 2,700 Hz for 100 ms at full volume. */
const NEWLAND_BEEP = 'BEEPON2700F100T20V';
/** The code of a baud rate is this by the rate. */
const BAUD_CLOCK = 3_000_000;
const BAUDS = [1_200, 2_400, 4_800, 9_600, 14_400, 19_200, 38_400, 57_600, 115_200] as const;

const NOT_SUPPORTED: DeviceError = { code: 'not-supported', detail: 'this scanner is set up without commands' };

/** The commands of a scanner over whatever carries them: one at a time, each with its answer checked. */
export class ScannerCommands {
  readonly #set: CommandSet;
  readonly #clock: Clock;
  readonly #write: (frame: Uint8Array) => Promise<Result<void, TransportError>>;
  #waiting: Waiting | null = null;
  #turn: Promise<void> = Promise.resolve();
  #lastAt = Number.NEGATIVE_INFINITY;
  #lateUntil = Number.NEGATIVE_INFINITY;
  #lateArrived: AbortController | null = null;
  #lost: string | null = null;

  constructor(set: CommandSet, clock: Clock, write: (frame: Uint8Array) => Promise<Result<void, TransportError>>) {
    this.#set = set;
    this.#clock = clock;
    this.#write = write;
  }

  /** Whether a command waits for its answer. */
  get waiting(): boolean {
    return this.#waiting !== null;
  }

  /** A frame that the scanner sent; its checks have passed. */
  take(frame: Uint8Array): void {
    const waiting = this.#waiting;
    if (waiting?.accepts(frame)) {
      waiting.answer = frame;
      waiting.settle.abort();
    } else {
      this.#lateUntil = Number.NEGATIVE_INFINITY;
      this.#lateArrived?.abort();
    }
  }

  /** A frame came that is damaged. */
  spoil(): void {
    if (!this.#waiting) return;
    this.#waiting.damaged = true;
    this.#waiting.settle.abort();
  }

  /** The line is gone: whatever waits ends. */
  lose(detail: string): void {
    this.#lost = detail;
    this.#waiting?.settle.abort();
    this.#lateArrived?.abort();
  }

  async trigger(on: boolean, signal?: AbortSignal): Promise<Done<void>> {
    if (this.#set === '7e00') return this.#write7e00(REGISTER.trigger, [on ? 1 : 0], ANSWER_MS, signal, false);
    if (this.#set === 'newland') return done(await this.#newland('#', [on ? 'SCNTRG1' : 'SCNTRG0'], ANSWER_MS, signal));
    return ok(undefined);
  }

  /** Only Newland has a public command for one beep. */
  async beep(signal?: AbortSignal): Promise<Done<void>> {
    if (this.#set === 'newland') return done(await this.#newland('#', [NEWLAND_BEEP], ANSWER_MS, signal));
    if (this.#set === 'none') return err(NOT_SUPPORTED);
    return err({ code: 'not-supported', detail: 'the 7E 00 commands have none for a beep' });
  }

  async configure(change: ScannerChange, signal?: AbortSignal): Promise<Done<void>> {
    if (this.#set === '7e00') return this.#configure7e00(change, signal);
    if (this.#set === 'newland') return this.#configureNewland(change, signal);
    return err(NOT_SUPPORTED);
  }

  async info(signal?: AbortSignal): Promise<Done<ScannerInfo>> {
    if (this.#set === '7e00') return this.#info7e00(signal);
    if (this.#set === 'newland') return this.#infoNewland(signal);
    return err(NOT_SUPPORTED);
  }

  /** Asks for something that every scanner of the set answers. */
  async ping(signal?: AbortSignal): Promise<Done<void>> {
    if (this.#set === '7e00') return done(await this.#read7e00(REGISTER.baud, 2, signal));
    if (this.#set === 'newland') return done(await this.#newland('#', ['SCNMOD*'], ANSWER_MS, signal));
    return ok(undefined);
  }

  async #configure7e00(change: ScannerChange, signal: AbortSignal | undefined): Promise<Done<void>> {
    if (change.factoryReset === true) {
      const reset = await this.#write7e00(REGISTER.reset, [0x50], SLOW_ANSWER_MS, signal);
      if (!reset.ok) return reset;
    }
    if (change.mode !== undefined || change.beep !== undefined || change.lamp !== undefined) {
      const now = await this.#read7e00(REGISTER.mode, 1, signal);
      if (!now.ok) return now;
      let value = now.value[0] ?? 0;
      if (change.mode !== undefined) value = (value & ~0x03) | MODE_BITS[change.mode];
      if (change.beep !== undefined) value = change.beep ? value | BEEP_BIT : value & ~BEEP_BIT;
      if (change.lamp !== undefined) value = change.lamp ? value | LAMP_BIT : value & ~LAMP_BIT;
      const written = await this.#write7e00(REGISTER.mode, [value & 0xff], ANSWER_MS, signal);
      if (!written.ok) return written;
    }
    if (change.keep !== true) return ok(undefined);
    const save = request7e00(TYPE_7E00.save, 0, [0]);
    return done(checked7e00(await this.#ask(save, (frame) => answer7e00(frame) !== null, SLOW_ANSWER_MS, signal)));
  }

  async #configureNewland(change: ScannerChange, signal: AbortSignal | undefined): Promise<Done<void>> {
    if (change.factoryReset === true) {
      const reset = await this.#newland('@', ['FACDEF'], SLOW_ANSWER_MS, signal);
      if (!reset.ok) return reset;
    }
    const settings = [
      ...(change.mode === undefined ? [] : [`SCNMOD${NEWLAND_MODES[change.mode]}`]),
      ...(change.beep === undefined ? [] : [`GRBENA${change.beep ? 1 : 0}`]),
      ...(change.lamp === undefined ? [] : [`GRLENA${change.lamp ? 1 : 0}`]),
    ];
    if (settings.length === 0) return ok(undefined);
    return done(await this.#newland(change.keep === true ? '@' : '#', settings, SLOW_ANSWER_MS, signal));
  }

  async #info7e00(signal: AbortSignal | undefined): Promise<Done<ScannerInfo>> {
    const speed = await this.#read7e00(REGISTER.baud, 2, signal);
    if (!speed.ok) return speed;
    const mode = await this.#read7e00(REGISTER.mode, 1, signal);
    if (!mode.ok) return mode;
    const code = (speed.value[0] ?? 0) | ((speed.value[1] ?? 0) << 8);
    const bits = mode.value[0] ?? 0;
    return ok({
      model: null,
      firmware: null,
      serialNumber: null,
      mode: MODE_NAMES.find((name) => MODE_BITS[name] === (bits & 0x03)) ?? 'trigger',
      beep: (bits & BEEP_BIT) !== 0,
      lamp: (bits & LAMP_BIT) !== 0,
      baud: BAUDS.find((baud) => Math.abs(BAUD_CLOCK / baud - code) <= 1) ?? null,
    });
  }

  async #infoNewland(signal: AbortSignal | undefined): Promise<Done<ScannerInfo>> {
    const values = new Map<string, string | null>();
    for (const [name, question] of NEWLAND_QUESTIONS) {
      const told = await this.#newland('#', [question], ANSWER_MS, signal);
      // A model may lack a setting; the others are told all the same.
      if (!told.ok && told.error.code !== 'not-supported' && told.error.code !== 'bad-request') return told;
      values.set(name, told.ok ? (told.value[0]?.text.slice(6).trim() ?? null) : null);
    }
    const value = (name: string): string | null => values.get(name) || null;
    const mode = value('mode');
    const yes = (name: string): boolean | null => (value(name) === null ? null : value(name) === '1');
    return ok({
      model: value('model'),
      firmware: value('firmware'),
      serialNumber: value('serialNumber'),
      mode: MODE_NAMES.find((name) => NEWLAND_MODES[name] === mode) ?? null,
      beep: yes('beep'),
      lamp: yes('lamp'),
      baud: null,
    });
  }

  async #read7e00(register: number, count: number, signal: AbortSignal | undefined): Promise<Done<Uint8Array>> {
    const frame = request7e00(TYPE_7E00.read, register, [count]);
    const told = checked7e00(await this.#ask(frame, (answer) => answer7e00(answer) !== null, ANSWER_MS, signal));
    if (told.ok && told.value.length !== count) return err({ code: 'bad-reply', detail: 'answer of another length' });
    return told;
  }

  async #write7e00(
    register: number,
    data: readonly number[],
    answerMs: number,
    signal: AbortSignal | undefined,
    crc = true,
  ): Promise<Done<void>> {
    const frame = request7e00(TYPE_7E00.write, register, data, crc);
    return done(checked7e00(await this.#ask(frame, (answer) => answer7e00(answer) !== null, answerMs, signal)));
  }

  async #newland(
    store: '@' | '#',
    settings: readonly string[],
    answerMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Done<readonly NewlandSetting[]>> {
    // The answer repeats the command, so that no other answer can be taken for it.
    const ours = (frame: Uint8Array): boolean => {
      const answer = newlandAnswer(frame);
      return (
        answer?.store === store &&
        answer.settings.length === settings.length &&
        answer.settings.every(({ text }, index) => text.slice(0, 6) === settings[index]?.slice(0, 6))
      );
    };
    const asked = await this.#ask(newlandRequest(store, settings), ours, answerMs, signal);
    if (!asked.ok) return asked;
    const told = newlandAnswer(asked.value)?.settings ?? [];
    const refused = told.find(({ verdict }) => verdict !== 'ack');
    if (!refused) return ok(told);
    return err(
      refused.verdict === 'nak'
        ? { code: 'bad-request', detail: `the scanner refuses ${refused.text}` }
        : { code: 'not-supported', detail: `the scanner does not know ${refused.text}` },
    );
  }

  /** Sends one frame when its turn comes and waits for its answer. */
  async #ask(
    frame: Uint8Array,
    accepts: (frame: Uint8Array) => boolean,
    answerMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Done<Uint8Array>> {
    const before = this.#turn;
    let next = (): void => undefined;
    this.#turn = new Promise<void>((resolve) => {
      next = resolve;
    });
    try {
      await before;
      await this.#pause(signal);
      if (signal?.aborted) return err({ code: 'cancelled', detail: 'cancelled before it was sent' });
      if (this.#lost !== null) return err({ code: 'not-connected', detail: this.#lost });
      return await this.#exchange(frame, accepts, answerMs, signal);
    } finally {
      this.#lastAt = this.#clock.monotonic();
      next();
    }
  }

  async #exchange(
    frame: Uint8Array,
    accepts: (frame: Uint8Array) => boolean,
    answerMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Done<Uint8Array>> {
    const waiting: Waiting = { accepts, settle: new AbortController(), answer: null, damaged: false };
    const stop = (): void => waiting.settle.abort();
    this.#waiting = waiting;
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const written = await this.#write(frame);
      if (!written.ok) return err({ code: 'line-lost', detail: written.error.detail });
      await this.#clock.sleep(answerMs, waiting.settle.signal);
    } finally {
      this.#waiting = null;
      signal?.removeEventListener('abort', stop);
    }
    if (waiting.answer) return ok(waiting.answer);
    if (this.#lost !== null) return err({ code: 'line-lost', detail: this.#lost });
    if (waiting.damaged) return err({ code: 'bad-reply', detail: 'the answer was damaged' });
    this.#lateUntil = this.#clock.monotonic() + LATE_MS;
    if (signal?.aborted) return err({ code: 'cancelled', detail: 'cancelled while the scanner was asked' });
    return err({ code: 'timeout', detail: 'the scanner did not answer' });
  }

  /** Keeps the distance to the last command, and lets an answer arrive that is late. */
  async #pause(signal: AbortSignal | undefined): Promise<void> {
    const now = this.#clock.monotonic();
    if (this.#lost === null && now < this.#lateUntil) {
      const arrived = new AbortController();
      const stop = (): void => arrived.abort();
      this.#lateArrived = arrived;
      signal?.addEventListener('abort', stop, { once: true });
      await this.#clock.sleep(this.#lateUntil - now, arrived.signal);
      signal?.removeEventListener('abort', stop);
      this.#lateArrived = null;
    }
    const rest = this.#lastAt + COMMAND_GAP_MS - this.#clock.monotonic();
    if (rest > 0) await this.#clock.sleep(rest, signal);
  }
}

const MODE_NAMES = ['trigger', 'continuous', 'sense'] as const satisfies readonly ScanMode[];
const NEWLAND_QUESTIONS: readonly (readonly [string, string])[] = [
  ['model', 'QRYPDN'],
  ['firmware', 'QRYFWV'],
  ['serialNumber', 'QRYPSN'],
  ['mode', 'SCNMOD*'],
  ['beep', 'GRBENA*'],
  ['lamp', 'GRLENA*'],
];

function checked7e00(asked: Done<Uint8Array>): Done<Uint8Array> {
  if (!asked.ok) return asked;
  const answer = answer7e00(asked.value);
  if (answer?.verdict === 'ok') return ok(answer.data);
  if (answer?.verdict === 'unknown-command') {
    return err({ code: 'not-supported', detail: 'the scanner does not know this command' });
  }
  return err({ code: 'bad-reply', detail: 'the scanner got the command damaged' });
}

function done(result: Done<unknown>): Done<void> {
  return result.ok ? ok(undefined) : result;
}
