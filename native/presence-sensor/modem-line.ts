import type { DeviceError } from '../model/device.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import type { PresenceSensor } from '../model/presence-sensor.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { ModemLines, Transport } from '../model/transport.ts';
import { CONTACT_OPTION, contactSays, KIOSK_OPTIONS } from './options.ts';
import { PolledSensor } from './polled-sensor.ts';
import type { Asking } from './polled-sensor.ts';

const PINS = ['cts', 'dsr', 'dcd'] as const satisfies readonly (keyof ModemLines)[];

/** A contact between an output pin (RTS, DTR) and an input pin of a serial port. */
class ContactLine implements Asking {
  readonly #transport: Transport;
  readonly #read: (lines: ModemLines) => boolean;
  readonly #forget: () => void;
  #lost: string | null = null;

  constructor(transport: Transport, read: (lines: ModemLines) => boolean) {
    this.#transport = transport;
    this.#read = read;
    this.#forget = transport.onClosed((error) => {
      this.#lost = error === null ? 'line closed' : `${error.code}: ${error.detail}`;
    });
  }

  async ask(signal: AbortSignal): Promise<Result<boolean, DeviceError>> {
    if (signal.aborted) return err({ code: 'cancelled', detail: 'cancelled before asking' });
    if (this.#lost !== null) return err({ code: 'not-connected', detail: this.#lost });
    const { modemLines } = this.#transport;
    if (modemLines === undefined) return err({ code: 'not-supported', detail: 'this line has no CTS, DSR or DCD' });
    const lines = await modemLines();
    if (lines.ok) return ok(this.#read(lines.value));
    const { code, detail } = lines.error;
    return err(code === 'unsupported' ? { code: 'not-supported', detail } : { code: 'line-lost', detail });
  }

  dispose(): void {
    this.#forget();
  }
}

const DRIVER_ID = 'modem-line';

/**
 * A detector's relay on the control pins of a serial port: the contact joins RTS (or DTR) with the input pin. The port is
 * open with both outputs on, so a closed contact switches the input on.
 */
export const modemLine: DriverDefinition<PresenceSensor> = {
  id: DRIVER_ID,
  deviceClass: 'presence-sensor',
  name: { 'zh-CN': '串口控制脚上的人体感应', en: 'Detector on a control pin of a serial port' },
  schemes: ['serial'],
  bauds: [9600],
  options: [
    {
      key: 'pin',
      label: { 'zh-CN': '接在哪个脚', en: 'Input pin' },
      values: PINS,
      fallback: 'cts',
    },
    CONTACT_OPTION,
    ...KIOSK_OPTIONS,
  ],
  create: ({ transport, clock, options }) => {
    const pin = PINS.find((one) => one === options['pin']) ?? 'cts';
    return new PolledSensor(DRIVER_ID, clock, new ContactLine(transport, (lines) => contactSays(options, lines[pin])));
  },
};
