import type { DeviceSettings } from '../../../native/manager/driver-types.ts';

/**
 * A program whose processor time is measured while nothing happens: with the devices in its first argument connected, or
 * bare. Run by idle.ts; speaks by messages to its parent.
 */
const settings = JSON.parse(process.argv[2] ?? '[]') as readonly DeviceSettings[];
const keep = setInterval(() => undefined, 60_000);
let stop = async (): Promise<void> => undefined;

if (settings.length > 0) {
  const { DeviceManager } = await import('../../../native/manager/device-manager.ts');
  const { driverRegistry } = await import('../../../native/manager/registry.ts');
  const { openTransport } = await import('../../../native/transport/open.ts');
  const { watchSystemPorts } = await import('../../../native/transport/port-watch.ts');
  const { systemClock, systemRandom } = await import('../../../native/transport/system-clock.ts');
  const manager = new DeviceManager({
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    watchPort: watchSystemPorts,
    registry: driverRegistry,
  });
  const configured = await manager.configure(settings);
  if (!configured.ok) throw new Error(configured.error.detail);
  await manager.start();
  stop = () => manager.stop();
  const online = (): boolean =>
    settings.every(({ deviceClass }) => manager.slot(deviceClass).health().status === 'online');
  while (!online()) await new Promise((resolve) => setTimeout(resolve, 20));
}

process.on('message', (message) => {
  if (message === 'measure') {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000 });
    return;
  }
  clearInterval(keep);
  void stop().then(() => process.disconnect());
});
process.send?.({ ready: true });
