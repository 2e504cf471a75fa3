import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestKiosk, until } from './app-kit.ts';
import { announce, lockOf, openDoors, steelDoor, toldEvents, typeCode } from './steps.ts';

/** The same work over the other family of lock boards: 9600 baud, boards counted from 1, doors that report by themselves. */
describe('a pick-up from a locker of 8A boards', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start({ locker: 'bcc-8a', keypad: 'hid' });
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  it.each(['01', '12', '13', '19'])('opens door %s, and only it, and hears it closed', async (cell) => {
    const { code, pickupId } = await announce(kiosk, cell);
    const { visitId, checked } = await typeCode(kiosk, `HP1:${code}`);
    expect(checked).toMatchObject({ value: { cell, pickupId } });
    expect(await kiosk.must('pickup.open', { visitId, pickupId })).toMatchObject({ outcome: 'opened', door: 'open' });
    expect(openDoors(kiosk, 'locker-8a')).toEqual([cell]);
    expect(steelDoor(kiosk, cell, 'locker-8a').pulses).toBe(1);
    kiosk.stack.bench.actions.closeDoor('locker-8a', lockOf(kiosk, cell));
    await until('closed', () =>
      kiosk.events('door-changed').some((event) => event.pickupId === pickupId && event.door === 'closed'),
    );
    await kiosk.drained();
    expect(await toldEvents(kiosk, pickupId)).toEqual(['opened', 'closed']);
  });

  it('says of a stuck door that it did not open', async () => {
    const { code, pickupId } = await announce(kiosk, '02');
    kiosk.stack.bench.actions.setDoor('locker-8a', lockOf(kiosk, '02'), 'stuck');
    const { visitId } = await typeCode(kiosk, code);
    expect(await kiosk.must('pickup.open', { visitId, pickupId })).toEqual({
      outcome: 'refused',
      door: 'closed',
      mayTryAgain: true,
    });
    expect(steelDoor(kiosk, '02', 'locker-8a').pulses).toBe(1);
  });

  it('leaves no bug in the log', () => {
    expect(kiosk.bugs).toEqual([]);
  });
});
