import { describe, expect, it } from 'vitest';
import { LOCKER_DRIVERS, lockerOf } from '../simulators/index.ts';
import { TestKiosk } from './app-kit.ts';
import { announce, openDoors, steelDoor, typeCode } from './steps.ts';

const OTHERS = Object.values(LOCKER_DRIVERS).filter((driver) => driver !== 'kerong-cu48' && driver !== 'bcc-8a');

/** The boards that the other tests do not work with, over a real line. */
describe.each(OTHERS)('a pick-up from a locker of %s boards', (driver) => {
  it('opens a door of the first and one of the second board, with one pulse each', async () => {
    const locker = lockerOf(driver)!;
    const kiosk = await TestKiosk.start({ locker: driver });
    try {
      await kiosk.devicesReady();
      await kiosk.link('up');
      for (const cell of ['01', '19']) {
        const { code, pickupId } = await announce(kiosk, cell);
        const { visitId } = await typeCode(kiosk, code);
        expect(await kiosk.must('pickup.open', { visitId, pickupId })).toMatchObject({ outcome: 'opened' });
        expect(steelDoor(kiosk, cell, locker).pulses).toBe(1);
      }
      expect(openDoors(kiosk, locker).toSorted()).toEqual(['01', '19']);
      expect(kiosk.bugs).toEqual([]);
    } finally {
      await kiosk.stop();
    }
  });
});
