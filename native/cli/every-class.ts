import { EXIT, exitOf, showHealth, showStatus, waitSeconds, withHint } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';

/** What every device class can, unless its own file has a command of the same word. */
export const EVERY_CLASS: readonly DeviceCommand[] = [
  {
    word: 'status',
    summary: 'opens the device and says how it is',
    more: 'JSON: {"ok": true, "status": "online"|..., "detail", "identity"}',
    prepare: () => async (session) => showStatus(session.health(), {}, session),
  },
  {
    word: 'watch',
    summary: 'shows health and what the device tells, until Ctrl-C',
    more: 'A line an event: {"event": NAME, ...}. --wait ends it after so many seconds.',
    takes: ['wait'],
    prepare: (options) => {
      const seconds = waitSeconds(options, null);
      return (session) => watch(session, seconds);
    },
  },
];

/** Shows what the device tells until it is stopped. @param seconds when to end; null: only by Ctrl-C */
export async function watch(session: Session, seconds: number | null): Promise<number> {
  const { manager, deviceClass, health, options, ports } = session;
  const { events, healthChanged } = manager.slot(deviceClass);
  const stops = [
    events.subscribe(({ type, ...rest }) => ports.out(JSON.stringify({ event: type, ...rest }))),
    healthChanged.subscribe((changed) => showHealth(changed, session)),
  ];
  showHealth(health(), session);
  if (deviceClass === 'code-scanner') await manager.codeScanner.call((driver) => driver.trigger(true));
  // Longer than any technician watches; timers cannot be set for much longer.
  await ports.clock.sleep(seconds === null ? 2_000_000_000 : seconds * 1_000, ports.stop);
  for (const stop of stops) stop();
  const { status, detail, fault } = health();
  const well = status === 'online';
  const why = well ? {} : { error: fault ?? 'not-connected', message: withHint(detail, deviceClass) };
  if (options.json) ports.out(JSON.stringify({ ok: well, status, ...why }));
  return well ? EXIT.done : exitOf(health());
}
