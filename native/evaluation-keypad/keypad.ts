import type { Clock } from '../model/clock.ts';
import type { DeviceError, DeviceState } from '../model/device.ts';
import type { DriverDefinition, DriverOption } from '../model/driver-registry.ts';
import type { EvaluationKeypad, EvaluationKeypadEvent, RatingLevel } from '../model/evaluation-keypad.ts';
import { Emitter } from '../model/events.ts';
import type { Unsubscribe } from '../model/events.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import { keyDecoder } from './key-decoder.ts';
import type { KeyDecoder } from './key-decoder.ts';
import { parseKeypadProfile } from './keypad-profile.ts';
import type { KeypadProfile } from './keypad-profile.ts';
import { HID_PROFILES, SERIAL_PROFILES, VENDOR_TABLES, vendorProfile } from './shipped-profiles.ts';

/** A key counts only when none was heard of for this long: bounces, held keys and repeats are one press. */
const DEBOUNCE_MS = 300;

/** Silence after which nothing more of a press can come, in milliseconds. */
const SILENCE_MS = 40;
/**
 * The end of a silence is a wait of its own: after a stall of this program the timer is due before the bytes are read that
 * came meanwhile, and the start of a frame must not be taken for a key by that.
 */
const LAST_LOOK_MS = 1;
/** Which end of the row of keys is "very good". */
type LevelOrder = '1-very-bad' | '1-very-good';

class Keypad implements EvaluationKeypad {
  readonly deviceClass = 'evaluation-keypad';
  readonly driverId: string;
  readonly events = new Emitter<EvaluationKeypadEvent>();
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #profile: KeypadProfile;
  readonly #decoder: KeyDecoder;
  readonly #order: LevelOrder;
  readonly #stops: readonly Unsubscribe[];
  #lastKeyAt = Number.NEGATIVE_INFINITY;
  #lost: string | null = null;
  #quiet: AbortController | null = null;

  constructor(options: {
    readonly driverId: string;
    readonly transport: Transport;
    readonly clock: Clock;
    readonly profile: KeypadProfile;
    readonly order: LevelOrder;
  }) {
    this.driverId = options.driverId;
    this.#clock = options.clock;
    this.#transport = options.transport;
    this.#profile = options.profile;
    this.#decoder = keyDecoder(options.profile);
    this.#order = options.order;
    this.#stops = [
      options.transport.onData((bytes) => this.#receive(bytes)),
      options.transport.onClosed((error) => {
        this.#lost = error === null ? 'line closed' : `${error.code}: ${error.detail}`;
      }),
    ];
  }

  /** Keypads cannot be asked anything: online means that the line is open. */
  probe(): Promise<DeviceState> {
    const status = this.#lost === null ? 'online' : 'offline';
    return Promise.resolve({ status, detail: this.#lost ?? '', paper: null, identity: null });
  }

  async invite(on: boolean): Promise<Result<'sent' | 'cannot', DeviceError>> {
    const { invite, dismiss } = this.#profile.say;
    const command = on ? invite : dismiss;
    if (command === null) return ok('cannot');
    if (this.#lost !== null) return err({ code: 'not-connected', detail: this.#lost });
    const written = await this.#transport.write(command);
    return written.ok ? ok('sent') : err({ code: 'line-lost', detail: written.error.detail });
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#quiet?.abort();
  }

  #receive(bytes: Uint8Array): void {
    this.#press(this.#decoder.push(bytes));
    this.#quiet?.abort();
    this.#quiet = null;
    if (this.#decoder.pending === 0) return;
    const quiet = new AbortController();
    this.#quiet = quiet;
    void this.#afterSilence(quiet.signal);
  }

  async #afterSilence(disturbed: AbortSignal): Promise<void> {
    await this.#clock.sleep(SILENCE_MS - LAST_LOOK_MS, disturbed);
    await this.#clock.sleep(LAST_LOOK_MS, disturbed);
    if (!disturbed.aborted) this.#press(this.#decoder.push(new Uint8Array(0)));
  }

  #press(levels: readonly RatingLevel[]): void {
    for (const level of levels) {
      const now = this.#clock.monotonic();
      const counts = now - this.#lastKeyAt >= DEBOUNCE_MS;
      this.#lastKeyAt = now;
      if (counts) this.events.emit({ type: 'rating', level: this.#order === '1-very-bad' ? level : turned(level) });
    }
  }
}

function turned(level: RatingLevel): RatingLevel {
  return ([5, 4, 3, 2, 1] as const)[level - 1] ?? level;
}

const ORDER_OPTION: DriverOption = {
  key: 'order',
  label: { 'zh-CN': '按键顺序', en: 'Order of the keys' },
  // The number on the key is the level of the national rating codes, unless the keypad counts from the best.
  values: ['1-very-bad', '1-very-good'],
  fallback: '1-very-bad',
};

function order(options: Readonly<Record<string, string>>): LevelOrder {
  return options['order'] === '1-very-good' ? '1-very-good' : '1-very-bad';
}

/** What is wrong with a profile that was written as JSON, or null; `line` is the kind that the driver works over. */
function profileProblem(text: string, line: KeypadProfile['line']): string | null {
  if (!text.trimStart().startsWith('{')) return 'neither the name of a profile nor a profile in JSON';
  const profile = parseKeypadProfile(text);
  if (!profile.ok) return profile.error;
  return profile.value.line === line ? null : `line: this driver needs a profile for "${line}"`;
}

/** The profile that the option means: by its name, or the JSON itself (checked by the settings before). */
function profileOption(
  value: string | undefined,
  shipped: Readonly<Record<string, KeypadProfile>>,
  fallback: KeypadProfile,
): KeypadProfile {
  const named = value === undefined || !Object.hasOwn(shipped, value) ? undefined : shipped[value];
  const own = named === undefined && value?.trimStart().startsWith('{') ? parseKeypadProfile(value) : null;
  return named ?? (own?.ok ? own.value : fallback);
}

/** Keypads on a serial line (CH340 and the like) or behind a serial device server. */
export const serialKeypad: DriverDefinition<EvaluationKeypad> = {
  id: 'serial-keypad',
  deviceClass: 'evaluation-keypad',
  name: { 'zh-CN': '串口评价器', en: 'Serial evaluation keypad' },
  schemes: ['serial', 'tcp'],
  bauds: [9600, 19200, 38400, 57600, 115200, 4800, 2400],
  options: [
    {
      key: 'profile',
      label: { 'zh-CN': '按键数据格式', en: 'What a key sends (a name, or a profile in JSON)' },
      values: Object.keys(SERIAL_PROFILES),
      fallback: 'auto',
      check: (value) => profileProblem(value, 'serial'),
    },
    ORDER_OPTION,
  ],
  create: ({ transport, clock, options }) =>
    new Keypad({
      driverId: 'serial-keypad',
      transport,
      clock,
      profile: profileOption(options['profile'], SERIAL_PROFILES, SERIAL_PROFILES.auto),
      order: order(options),
    }),
};

/** Value of the HID driver's `profile` that leaves the word to the plain options below it. */
const BY_OPTIONS = 'by-options';

/** Keypads that are USB keyboards or send vendor reports. */
export const hidKeypad: DriverDefinition<EvaluationKeypad> = {
  id: 'hid-keypad',
  deviceClass: 'evaluation-keypad',
  name: { 'zh-CN': 'USB HID 评价器', en: 'USB HID evaluation keypad' },
  schemes: ['hid'],
  bauds: [],
  options: [
    {
      key: 'profile',
      label: { 'zh-CN': '按键数据格式', en: 'What a key sends (by the options below, or a profile in JSON)' },
      values: [BY_OPTIONS, ...Object.keys(HID_PROFILES)],
      fallback: BY_OPTIONS,
      check: (value) => profileProblem(value, 'hid'),
    },
    {
      key: 'report',
      label: { 'zh-CN': '报文类型', en: 'Kind of report' },
      values: ['keyboard', 'vendor'],
      fallback: 'keyboard',
    },
    {
      key: 'offset',
      label: { 'zh-CN': '厂商报文:按键字节位置', en: 'Vendor report: place of the key byte' },
      values: ['0', '1', '2', '3', '4', '5', '6', '7'],
      fallback: '1',
    },
    {
      key: 'mask',
      label: { 'zh-CN': '厂商报文:掩码(十六进制)', en: 'Vendor report: mask (hexadecimal)' },
      values: ['ff', '7f', '3f', '1f', '0f', '07'],
      fallback: 'ff',
    },
    {
      key: 'table',
      label: { 'zh-CN': '厂商报文:数值含义', en: 'Vendor report: meaning of the value' },
      values: Object.keys(VENDOR_TABLES),
      fallback: 'index',
    },
    ORDER_OPTION,
  ],
  create: ({ transport, clock, options }) =>
    new Keypad({
      driverId: 'hid-keypad',
      transport,
      clock,
      profile: profileOption(options['profile'], HID_PROFILES, hidProfileOf(options)),
      order: order(options),
    }),
};

function hidProfileOf(options: Readonly<Record<string, string>>): KeypadProfile {
  if (options['report'] !== 'vendor') return HID_PROFILES.keyboard;
  const wanted = options['table'];
  const table = wanted === 'ascii' || wanted === 'bits' ? wanted : 'index';
  return vendorProfile(Number(options['offset'] ?? '1'), options['mask'] ?? 'ff', table);
}
