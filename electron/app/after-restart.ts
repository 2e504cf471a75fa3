import type { Ports } from '../services/kiosk.ts';
import type { LogPort, StorePort } from '../services/ports.ts';
import type { UseCases } from './use-cases.ts';

/** Before any visit: what the last one left is taken away; a case whose file is gone is nobody's silence. */
export async function collectAttachments(store: StorePort, log: LogPort): Promise<void> {
  const collected = await store.collectAttachments();
  if (!collected.ok) {
    log.event('error', 'attachments-not-collected', { code: collected.error.code, detail: collected.error.detail });
    return;
  }
  const { removed, aside, lost } = collected.value;
  if (removed + aside + lost === 0) return;
  log.event(aside + lost > 0 ? 'error' : 'info', 'attachments-collected', { removed, aside, lost });
}

/** Asks the door sensors about openings that a restart interrupted, once the locker answers. */
export async function resumeDoors(useCases: UseCases, ports: Ports, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const locker = ports.devices.reports().find((report) => report.deviceClass === 'pickup-locker');
    if (locker?.status === 'noDevice') return;
    // One silent board must not keep the doors of the others waiting.
    if (locker?.status === 'online' || locker?.status === 'hardwareError') {
      await useCases.pickups.resume();
      return;
    }
    await ports.clock.sleep(500, signal);
  }
}
