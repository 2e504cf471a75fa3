import { encodeReport } from '../../native/document-camera/window-camera.ts';
import type { CameraReport } from '../../native/model/document-camera.ts';
import { Emitter } from '../../native/model/events.ts';
import { ok } from '../../native/model/result.ts';
import type { Transport, TransportOpener } from '../../native/model/transport.ts';
import { TransportCore } from '../../native/transport/transport-core.ts';
import type { CameraGate } from './kiosk-devices.ts';

/**
 * Where the window's camera and the main process meet. The window tells how its camera is and that it took a picture; the
 * picture itself never comes here. Whether the window may use the camera is decided here and asked by the shell.
 */
export class CameraDesk implements CameraGate {
  readonly pictures = new Emitter<{ readonly width: number; readonly height: number }>();
  readonly #lines = new Set<TransportCore>();
  #last: CameraReport | null = null;
  #allowed = false;

  /** Whether a screen that takes pictures is open. */
  get allowed(): boolean {
    return this.#allowed;
  }

  allow(on: boolean): void {
    this.#allowed = on;
  }

  /** The window tells of its camera, and of a picture when one was taken. */
  report(report: CameraReport, picture: { readonly width: number; readonly height: number } | null): void {
    this.#last = report;
    for (const line of this.#lines) line.deliver(encodeReport(report));
    if (picture && this.#allowed) this.pictures.emit(picture);
  }

  /** Opens `camera://` here and every other address as before. */
  opener(others: TransportOpener): TransportOpener {
    return async (address) => (address.trim().startsWith('camera:') ? ok(this.#open(address)) : others(address));
  }

  #open(address: string): Transport {
    const core = new TransportCore();
    this.#lines.add(core);
    return {
      kind: 'reports',
      address,
      baud: null,
      onData: (listener) => {
        const forget = core.onData(listener);
        // What was told before the line was opened.
        const last = this.#last;
        if (last) listener(encodeReport(last));
        return forget;
      },
      onClosed: (listener) => core.onClosed(listener),
      // Nothing is ever asked of the window this way.
      write: async () => ok(undefined),
      close: async () => {
        this.#lines.delete(core);
        core.end(null);
      },
    };
  }
}
