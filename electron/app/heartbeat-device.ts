import type { Heartbeat } from '../platform-api/messages.ts';
import type { DeviceReport } from '../services/device-ports.ts';

/** A device as the platform hears of it: nothing that changes without something having happened at it. */
export function heartbeatDevice(report: DeviceReport): Heartbeat['devices'][number] {
  const { deviceClass, status, fault, supplies, counters } = report;
  return {
    deviceClass,
    status,
    since: new Date(report.since).toISOString(),
    ...(fault ? { fault } : {}),
    ...(supplies !== undefined && supplies.length > 0 ? { supplies: [...supplies] } : {}),
    ...(counters !== undefined && Object.keys(counters).length > 0 ? { counters: { ...counters } } : {}),
  };
}
