import type { Clock } from '../model/clock.ts';
import type { DeviceError } from '../model/device.ts';
import type { DriverContext, DriverDefinition, DriverOption } from '../model/driver-registry.ts';
import type { PresenceSensor } from '../model/presence-sensor.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport } from '../model/transport.ts';
import { FrameCutter } from '../codec/frame-cutter.ts';
import type { ModbusReply } from '../codec/modbus.ts';
import {
  encodeInputsRequest,
  INPUT_FUNCTIONS,
  inputOf,
  INPUTS_FRAME_LIMIT,
  lookForInputs,
  mayBeEcho,
} from './input-frames.ts';
import type { InputFunction, InputsAsked } from './input-frames.ts';
import { CONTACT_OPTION, contactSays, KIOSK_OPTIONS, listed, numberOption } from './options.ts';
import { PolledSensor } from './polled-sensor.ts';
import type { Asking } from './polled-sensor.ts';

/** How long a module may take to answer, in milliseconds. */
const REPLY_MS = 400;
/** After a stall of this program the timer is due before the bytes are read that came meanwhile. */
const LAST_LOOK_MS = 1;
const ILLEGAL_ADDRESS = 2;

/**
 * Questions to one module. Every question is the same, so the late answer to one that was given up is no more than an
 * older reading; what came before a question is dropped all the same.
 */
class ModuleLine implements Asking {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #asked: InputsAsked;
  readonly #read: (bytes: Uint8Array) => boolean;
  readonly #cutter: FrameCutter<ModbusReply>;
  readonly #stops: readonly (() => void)[];
  #heard: ModbusReply | null = null;
  #bytes = 0;
  #wake: AbortController | null = null;
  #lost: string | null = null;

  constructor(transport: Transport, clock: Clock, asked: InputsAsked, read: (bytes: Uint8Array) => boolean) {
    this.#transport = transport;
    this.#clock = clock;
    this.#asked = asked;
    this.#read = read;
    this.#cutter = new FrameCutter(lookForInputs(asked), INPUTS_FRAME_LIMIT);
    this.#stops = [
      transport.onData((bytes) => this.#receive(bytes)),
      transport.onClosed((error) => {
        this.#lost = error === null ? 'line closed' : `${error.code}: ${error.detail}`;
        this.#wake?.abort();
      }),
    ];
  }

  async ask(signal: AbortSignal): Promise<Result<boolean, DeviceError>> {
    if (signal.aborted) return err({ code: 'cancelled', detail: 'cancelled before sending' });
    if (this.#lost !== null) return err({ code: 'not-connected', detail: this.#lost });
    const wake = new AbortController();
    const cancel = (): void => wake.abort();
    signal.addEventListener('abort', cancel, { once: true });
    this.#cutter.clear();
    this.#heard = null;
    this.#bytes = 0;
    this.#wake = wake;
    try {
      const written = await this.#transport.write(encodeInputsRequest(this.#asked));
      if (!written.ok) return err({ code: 'line-lost', detail: written.error.detail });
      await this.#clock.sleep(REPLY_MS - LAST_LOOK_MS, wake.signal);
      await this.#clock.sleep(LAST_LOOK_MS, wake.signal);
      return this.#judge(signal);
    } finally {
      this.#wake = null;
      signal.removeEventListener('abort', cancel);
    }
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#wake?.abort();
  }

  #judge(signal: AbortSignal): Result<boolean, DeviceError> {
    const heard: ModbusReply | null = this.#heard;
    if (heard?.kind === 'data') return ok(this.#read(heard.data));
    if (heard !== null) {
      const hint = heard.code === ILLEGAL_ADDRESS ? ': has it so many inputs?' : '';
      return err({ code: 'bad-request', detail: `the module refused with code ${heard.code}${hint}` });
    }
    if (this.#lost !== null) return err({ code: 'line-lost', detail: this.#lost });
    if (signal.aborted) return err({ code: 'cancelled', detail: 'cancelled while waiting' });
    if (this.#bytes === 0) return err({ code: 'timeout', detail: `no answer in ${REPLY_MS} ms` });
    return err({ code: 'bad-reply', detail: `${this.#bytes} bytes, no valid frame in ${REPLY_MS} ms` });
  }

  #receive(bytes: Uint8Array): void {
    if (this.#wake === null) return;
    this.#bytes += bytes.length;
    for (const frame of this.#cutter.push(bytes)) {
      const first = this.#heard === null;
      this.#heard = frame;
      // The answer follows its echo; where nothing does, it was the answer.
      if (!first || !mayBeEcho(this.#asked, frame)) this.#wake.abort();
    }
  }
}

const BOARD = numberOption(
  {
    key: 'board',
    label: { 'zh-CN': '模块地址', en: 'Address of the module' },
    values: ['1', '2', '3', '4', '5', '6', '7', '8'],
    fallback: '1',
  },
  1,
  247,
);
const FUNCTION: DriverOption = {
  key: 'function',
  label: { 'zh-CN': '功能码', en: 'Modbus function' },
  values: INPUT_FUNCTIONS,
  fallback: '02',
};
const START = numberOption(
  {
    key: 'start',
    label: { 'zh-CN': '第一路输入的地址', en: 'Address of the first input' },
    values: ['0', '0x10', '0x20', '0x81', '0x400'],
    fallback: '0',
  },
  0,
  0xffff,
);
const INPUTS = numberOption(
  {
    key: 'inputs',
    label: { 'zh-CN': '模块有几路输入', en: 'Inputs of the module' },
    values: ['4', '8', '16', '32', '1', '2'],
    fallback: '4',
  },
  1,
  32,
);
const INPUT = numberOption(
  {
    key: 'input',
    label: { 'zh-CN': '接在第几路', en: 'Input that the sensor is wired to' },
    values: ['1', '2', '3', '4', '5', '6', '7', '8'],
    fallback: '1',
  },
  1,
  32,
);

function functionOf(options: DriverContext['options']): InputFunction {
  return INPUT_FUNCTIONS.find((one) => one === options[FUNCTION.key]) ?? '02';
}

/** What is asked by these options: all inputs of the module, since some modules give no part of them. */
function askedBy(options: DriverContext['options']): InputsAsked {
  const func = functionOf(options);
  const inputs = Math.max(INPUTS.read(options), INPUT.read(options));
  const count = func === '03' || func === '04' ? Math.ceil(inputs / 16) : inputs;
  return { board: BOARD.read(options), func, start: START.read(options), count };
}

const DRIVER_ID = 'modbus-input';

/** A detector's relay on a Modbus-RTU digital input module. */
export const modbusInput: DriverDefinition<PresenceSensor> = {
  id: DRIVER_ID,
  deviceClass: 'presence-sensor',
  name: { 'zh-CN': 'Modbus RTU 开关量模块上的人体感应', en: 'Detector on a Modbus RTU input module' },
  schemes: ['serial', 'tcp'],
  bauds: [9600, 4800, 19200, 38400, 57600, 115200],
  options: listed([BOARD, FUNCTION, START, INPUTS, INPUT, CONTACT_OPTION, ...KIOSK_OPTIONS]),
  create: ({ transport, clock, options }) => {
    const asked = askedBy(options);
    const input = INPUT.read(options);
    const line = new ModuleLine(transport, clock, asked, (bytes) =>
      contactSays(options, inputOf(bytes, asked.func, input)),
    );
    return new PolledSensor(DRIVER_ID, clock, line);
  },
};
