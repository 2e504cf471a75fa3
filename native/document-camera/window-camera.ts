import type { DeviceState, DeviceStatus } from '../model/device.ts';
import { CAMERA_STATES } from '../model/document-camera.ts';
import type { CameraReport, CameraState, DocumentCamera, DocumentCameraEvent } from '../model/document-camera.ts';
import { Emitter } from '../model/events.ts';
import type { Transport } from '../model/transport.ts';

const WORDS: Readonly<Record<CameraState, readonly [status: DeviceStatus, detail: string]>> = {
  ready: ['online', ''],
  none: ['offline', 'no camera is plugged in'],
  refused: ['hardwareError', 'the system does not allow the use of the camera'],
  'in-use': ['deviceBusy', 'another program has the camera'],
  unplugged: ['offline', 'the camera was unplugged'],
  failed: ['hardwareError', 'the camera gives no picture'],
};

/** The camera of the window, as far as the main process may know it: each piece of data is one report as JSON text. */
export class WindowCamera implements DocumentCamera {
  readonly deviceClass = 'document-camera';
  readonly driverId = 'window-camera';
  readonly #events = new Emitter<DocumentCameraEvent>();
  readonly #forget: readonly (() => void)[];
  #report: CameraReport | null = null;
  #gone = false;

  constructor(transport: Transport) {
    this.#forget = [
      transport.onData((bytes) => this.#hear(bytes)),
      transport.onClosed(() => {
        this.#gone = true;
      }),
    ];
  }

  readonly events = { subscribe: (listener: (event: DocumentCameraEvent) => void) => this.#events.subscribe(listener) };

  get report(): CameraReport | null {
    return this.#report;
  }

  async probe(): Promise<DeviceState> {
    const report = this.#gone ? null : this.#report;
    const [status, detail] = report
      ? WORDS[report.state]
      : (['offline', 'the window has told nothing of a camera'] as const);
    return { status, detail, paper: null, identity: report?.label ? report.label : null };
  }

  dispose(): void {
    for (const forget of this.#forget) forget();
  }

  #hear(bytes: Uint8Array): void {
    const report = parseReport(new TextDecoder().decode(bytes));
    if (!report) return;
    this.#report = report;
    this.#events.emit({ type: 'state-changed', report });
  }
}

/** Writes a report as the line carries it. */
export function encodeReport(report: CameraReport): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(report));
}

function parseReport(text: string): CameraReport | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { state, label, size, abilities } = value as Partial<Record<keyof CameraReport, unknown>>;
  const known = CAMERA_STATES.find((one) => one === state);
  if (known === undefined || typeof label !== 'string' || typeof abilities !== 'object') return null;
  const { focus, lamp } = (abilities ?? {}) as Partial<Record<'focus' | 'lamp', unknown>>;
  return {
    state: known,
    label: label.slice(0, 80),
    size: sizeOf(size),
    abilities: { focus: focus === true, lamp: lamp === true },
  };
}

function sizeOf(value: unknown): CameraReport['size'] {
  if (typeof value !== 'object' || value === null) return null;
  const { width, height } = value as Partial<Record<'width' | 'height', unknown>>;
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : null;
}
