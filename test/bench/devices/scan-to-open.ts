import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ScannerSimulator } from '../../../native/code-scanner/simulator.ts';
import { systemClock } from '../../../native/transport/system-clock.ts';
import { Cu48Simulator } from '../../../native/pickup-locker/simulator-cu48.ts';
import { TestKiosk } from '../../integration/app-kit.ts';
import { announce, beginVisit, lockOf } from '../../integration/steps.ts';
import { FarEnd } from './far-end.ts';
import { Samples, findThreads, pause, until, waitedForCpuMs } from './figures.ts';
import type { Measured } from './figures.ts';

/** Byte 3 of a KERONG CU48 request that opens a lock (protocols: KERONG CU48 v2.1). */
const OPEN_COMMAND = 0x51;

/** Times from the last byte of a scanned code to the opening command at the far end of the locker's line. */
export interface ScanToOpen {
  /** Beyond the simulated wire and board, and beyond the check of the code: what the product adds. */
  readonly ours: readonly Measured[];
  /** The check of the code alone: its hash is slow on purpose, so that a stolen database gives no codes away. */
  readonly codeCheck: Measured;
  /** Beyond the simulated wire and board only. */
  readonly beyondWire: Measured;
  /** All of it: two looks at the door's sensor at 19,200 baud are in it. */
  readonly whole: Measured;
}

/**
 * The whole main process: scanner's driver, event to the page, the page's calls through the checked channel (played by
 * this program), code looked up, opening written down, sensor read, pulse. Store, sync and platform run as ever.
 */
export async function scanToOpen(dir: string, rounds: number, scans: number): Promise<ScanToOpen> {
  const lines = await mkdtemp(join(dir, 'scan-'));
  await mkdir(lines, { recursive: true });
  const scanner = new ScannerSimulator();
  const locker = new Cu48Simulator({ clock: systemClock, boards: [0, 1], closesAfterMs: null });
  const scannerEnd = await FarEnd.open({ dir: lines, name: 'scanner', baud: 9_600, simulator: scanner });
  const lockerEnd = await FarEnd.open({ dir: lines, name: 'locker', baud: 19_200, simulator: locker });
  const kiosk = await TestKiosk.start({
    ownDevices: [
      {
        deviceClass: 'code-scanner',
        driver: 'serial-scanner',
        address: scannerEnd.address,
        options: { tail: 'cr' },
      },
      { deviceClass: 'pickup-locker', driver: 'kerong-cu48', address: lockerEnd.address, options: { boards: '2' } },
    ],
  });
  try {
    await until('all devices online', () =>
      kiosk.app.useCases.devices.reports().every(({ status }) => status === 'online' || status === 'noDevice'),
    );
    await kiosk.link('up');
    findThreads();
    const whole = new Samples();
    const beyond = new Samples();
    const checks = new Samples();
    const ours = Array.from({ length: rounds }, () => new Samples());
    const cells = Object.keys(kiosk.stack.config.locker?.cells ?? {});
    while (whole.length < scans) {
      const cell = cells[whole.length % cells.length] ?? '';
      const { code, pickupId } = await announce(kiosk, cell);
      const visitId = await beginVisit(kiosk);
      await until(`pick-up of cell ${cell} known`, async () => {
        const checked = await kiosk.call('pickup.check', { visitId, code });
        return checked.ok;
      });
      await kiosk.must('scanner.listen', { visitId, on: true });
      // No health question on the line: it would give way, but the wire would be taken for its answer.
      await pause(60);
      let openedAt = 0;
      let waited = 0;
      let wire = { ms: 0, waited: 0 };
      let check = { ms: 0, waited: 0 };
      lockerEnd.reset();
      lockerEnd.onHeard = (bytes) => {
        if (bytes[3] !== OPEN_COMMAND) return;
        openedAt = performance.now();
        waited = waitedForCpuMs();
        wire = { ms: lockerEnd.wireMs, waited: lockerEnd.wireWaitedMs };
      };
      const opening = new Promise<boolean>((resolve) => {
        const forget = kiosk.app.events.subscribe((event) => {
          if (event.name !== 'code-scanned') return;
          forget();
          void (async () => {
            const [asked, before] = [performance.now(), waitedForCpuMs()];
            const checked = await kiosk.call('pickup.check', { visitId, code: event.payload.text });
            check = { ms: performance.now() - asked, waited: waitedForCpuMs() - before };
            resolve(checked.ok && (await kiosk.call('pickup.open', { visitId, pickupId })).ok);
          })();
        });
      });
      scanner.scan(code);
      if (!(await opening) || openedAt === 0) throw new Error(`cell ${cell} was not opened`);
      const took = openedAt - scannerEnd.lastSentAt;
      const waitedMs = waited - scannerEnd.lastSentWaited;
      whole.add(took, waitedMs);
      ours[whole.length % rounds]?.add(took - wire.ms - check.ms, waitedMs - wire.waited - check.waited);
      checks.add(check.ms, check.waited);
      beyond.add(took - wire.ms, waitedMs - wire.waited);
      locker.doors.closeDoor(lockOf(kiosk, cell));
      await kiosk.must('visit.end', { visitId, reason: 'finished' });
    }
    return {
      ours: ours.map((one) => one.measured),
      codeCheck: checks.measured,
      beyondWire: beyond.measured,
      whole: whole.measured,
    };
  } finally {
    await kiosk.stop();
    locker.dispose();
    await scannerEnd.stop();
    await lockerEnd.stop();
    await rm(lines, { recursive: true, force: true });
  }
}
