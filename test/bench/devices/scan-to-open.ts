import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ScannerSimulator } from '../../../native/code-scanner/simulator.ts';
import { systemClock } from '../../../native/transport/system-clock.ts';
import { Cu48Simulator } from '../../../native/pickup-locker/simulator-cu48.ts';
import { TestKiosk } from '../../integration/app-kit.ts';
import { announce, beginVisit, lockOf, taken } from '../../integration/steps.ts';
import { FarEnd } from './far-end.ts';
import { Samples, findThreads, pause, waitedForCpuMs } from './figures.ts';
import type { Measured } from './figures.ts';

/** Byte 3 of a KERONG CU48 request that opens a lock (protocols: KERONG CU48 v2.1). */
const OPEN_COMMAND = 0x51;

/** Times from the last byte of a scanned code to the opening command at the far end of the locker's line. */
export interface ScanToOpen {
  /** Beyond the simulated wire and board: what the product adds, the check of the code with its hash included. */
  readonly ours: Measured;
  /** The check of the code alone. */
  readonly codeCheck: Measured;
  /** All of it: two looks at the door's sensor at 19,200 baud are in it. */
  readonly whole: Measured;
}

/**
 * The whole main process: scanner's driver, event to the page, the page's calls through the checked channel (played by
 * this program), code looked up, opening written down, sensor read, pulse. The platform, which runs in this program too
 * and would be measured with it, is away by then: a door opens without it. Every door of the test locker once.
 */
export async function scanToOpen(dir: string): Promise<ScanToOpen> {
  const lines = await mkdtemp(join(dir, 'scan-'));
  const scanner = new ScannerSimulator();
  const locker = new Cu48Simulator({ clock: systemClock, boards: [0, 1], closesAfterMs: null });
  const scannerEnd = await FarEnd.open({ dir: lines, name: 'scanner', baud: 9_600, simulator: scanner });
  const lockerEnd = await FarEnd.open({ dir: lines, name: 'locker', baud: 19_200, simulator: locker });
  const kiosk = await TestKiosk.start({
    ownDevices: [
      { deviceClass: 'code-scanner', driver: 'serial-scanner', address: scannerEnd.address, options: { tail: 'cr' } },
      { deviceClass: 'pickup-locker', driver: 'kerong-cu48', address: lockerEnd.address, options: { boards: '2' } },
    ],
  });
  const [ours, checks, whole] = [new Samples(), new Samples(), new Samples()];
  try {
    await kiosk.devicesReady();
    await kiosk.link('up');
    const cells = Object.keys(kiosk.stack.config.locker?.cells ?? {});
    const announced: { readonly cell: string; readonly code: string; readonly pickupId: string }[] = [];
    for (const cell of cells) announced.push({ cell, ...(await announce(kiosk, cell)) });
    for (const { code } of announced) await taken(kiosk, code);
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    findThreads();
    for (const { cell, code, pickupId } of announced) {
      const visitId = await beginVisit(kiosk);
      await kiosk.must('scanner.listen', { visitId, on: true });
      // What the last door left behind is done by now: its closing is believed after four answers of its board.
      await pause(600);
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
      ours.add(took - wire.ms, waitedMs - wire.waited);
      checks.add(check.ms, check.waited);
      whole.add(took, waitedMs);
      locker.doors.closeDoor(lockOf(kiosk, cell));
      await kiosk.must('visit.end', { visitId, reason: 'finished' });
    }
    return { ours: ours.measured, codeCheck: checks.measured, whole: whole.measured };
  } finally {
    await kiosk.stop();
    locker.dispose();
    await scannerEnd.stop();
    await lockerEnd.stop();
    await rm(lines, { recursive: true, force: true });
  }
}
