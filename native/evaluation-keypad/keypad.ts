import type { Clock } from '../model/clock.ts';
import type { DeviceState } from '../model/device.ts';
import type { DriverDefinition, DriverOption } from '../model/driver-registry.ts';
import type { EvaluationKeypad, EvaluationKeypadEvent, RatingLevel } from '../model/evaluation-keypad.ts';
import { Emitter } from '../model/events.ts';
import type { Unsubscribe } from '../model/events.ts';
import type { Transport } from '../model/transport.ts';
import { hidDecoder, KEYBOARD_PROFILE, SERIAL_PROFILES, serialDecoder, VENDOR_TABLES } from './key-profiles.ts';
import type { KeyDecoder, KeypadKey } from './key-profiles.ts';

/** A key counts only when none was heard of for this long: bounces, held keys and repeats are one press. */
export const DEBOUNCE_MS = 300;

/** Silence after which nothing more of a press can come, in milliseconds. */
const SILENCE_MS = 40;
/** Which end of the row of keys is "very good". */
type LevelOrder = '1-very-bad' | '1-very-good';

class Keypad implements EvaluationKeypad {
  readonly deviceClass = 'evaluation-keypad';
  readonly driverId: string;
  readonly events = new Emitter<EvaluationKeypadEvent>();
  readonly #clock: Clock;
  readonly #decode: KeyDecoder;
  readonly #order: LevelOrder;
  readonly #stops: readonly Unsubscribe[];
  #lastKeyAt = Number.NEGATIVE_INFINITY;
  #lost: string | null = null;
  #quiet: AbortController | null = null;

  constructor(options: {
    readonly driverId: string;
    readonly transport: Transport;
    readonly clock: Clock;
    readonly decode: KeyDecoder;
    readonly order: LevelOrder;
  }) {
    this.driverId = options.driverId;
    this.#clock = options.clock;
    this.#decode = options.decode;
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

  /** None of the profiles has a light or a voice that the host can switch. */
  invite(_on: boolean): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#quiet?.abort();
  }

  #receive(bytes: Uint8Array): void {
    this.#press(this.#decode(bytes));
    this.#quiet?.abort();
    const quiet = new AbortController();
    this.#quiet = quiet;
    void this.#clock.sleep(SILENCE_MS, quiet.signal).then(() => {
      if (!quiet.signal.aborted) this.#press(this.#decode(new Uint8Array(0)));
    });
  }

  #press(keys: readonly KeypadKey[]): void {
    for (const key of keys) {
      const now = this.#clock.monotonic();
      const counts = now - this.#lastKeyAt >= DEBOUNCE_MS;
      this.#lastKeyAt = now;
      if (counts) this.events.emit({ type: 'rating', level: this.#level(key) });
    }
  }

  #level(key: KeypadKey): RatingLevel {
    return this.#order === '1-very-bad' ? key : ((6 - key) as RatingLevel);
  }
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
      label: { 'zh-CN': '按键数据格式', en: 'What a key sends' },
      values: Object.keys(SERIAL_PROFILES),
      fallback: 'auto',
    },
    ORDER_OPTION,
  ],
  create: ({ transport, clock, options }) => {
    const wanted = options['profile'];
    const named = wanted === 'byte' || wanted === 'ascii' || wanted === 'framed' ? wanted : 'auto';
    const profile = SERIAL_PROFILES[named];
    return new Keypad({
      driverId: 'serial-keypad',
      transport,
      clock,
      decode: serialDecoder(profile),
      order: order(options),
    });
  },
};

/** Keypads that are USB keyboards or send vendor reports. */
export const hidKeypad: DriverDefinition<EvaluationKeypad> = {
  id: 'hid-keypad',
  deviceClass: 'evaluation-keypad',
  name: { 'zh-CN': 'USB HID 评价器', en: 'USB HID evaluation keypad' },
  schemes: ['hid'],
  bauds: [],
  options: [
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
  create: ({ transport, clock, options }) => {
    const wanted = options['table'];
    const keys = wanted === 'ascii' || wanted === 'bits' ? VENDOR_TABLES[wanted] : VENDOR_TABLES.index;
    const offset = Number(options['offset'] ?? '1');
    const mask = Number.parseInt(options['mask'] ?? 'ff', 16);
    const profile =
      options['report'] === 'vendor' ? ({ kind: 'vendor', offset, mask, keys } as const) : KEYBOARD_PROFILE;
    return new Keypad({
      driverId: 'hid-keypad',
      transport,
      clock,
      decode: hidDecoder(profile),
      order: order(options),
    });
  },
};
