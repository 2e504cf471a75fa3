import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPin } from '../../electron/services/pin.ts';
import { systemRandom } from '../../native/transport/system-clock.ts';
import { TEST_PIN } from '../dev/kiosk-config.ts';
import { TestKiosk } from './app-kit.ts';
import { codeOf, fileCase } from './steps.ts';

const SECOND_PIN = '975310';

describe('giving a parked entry up', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.prepare();
    Object.assign(kiosk.stack.config.technician, { secondPinHash: await hashPin(SECOND_PIN, systemRandom) });
    await kiosk.open();
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  it('needs two people, is on record, and takes it out of the queue', async () => {
    kiosk.stack.platform.faults.refuse('urn:hall24:malformed', { routes: ['submitCase'], times: 1 });
    const { result } = await fileCase(kiosk);
    expect(result.state).toBe('parked');
    const { token } = await kiosk.must('technician.unlock', { pin: TEST_PIN });
    const [entry] = (await kiosk.must('technician.outbox', { token })).entries;
    expect(entry).toMatchObject({ state: 'parked', owner: 'duty-staff' });
    const order = { token, entryId: entry?.entryId ?? '', reason: 'filed again on paper' };

    expect(await kiosk.must('technician.discard', { ...order, secondPin: TEST_PIN })).toEqual({
      discarded: false,
      why: 'no-second-person',
    });
    expect(codeOf(await kiosk.call('technician.discard', { ...order, secondPin: '111111' }))).toBe('T601-pin-wrong');
    expect((await kiosk.must('technician.outbox', { token })).parked).toBe(1);
    expect(await kiosk.must('technician.discard', { ...order, secondPin: SECOND_PIN })).toEqual({
      discarded: true,
      why: null,
    });
    expect(await kiosk.must('technician.outbox', { token })).toMatchObject({ waiting: 0, parked: 0, entries: [] });
    expect(await kiosk.must('technician.discard', { ...order, secondPin: SECOND_PIN })).toMatchObject({
      why: 'not-parked',
    });
    const { lines } = await kiosk.must('technician.logs', { token, limit: 100 });
    const words = lines.filter(({ event }) => event.startsWith('audit outbox-discard'));
    expect(words.map(({ detail }) => detail.split(' ')[0])).toEqual(expect.arrayContaining(['technician', 'second']));
    expect(words[0]?.detail).toContain('filed again on paper');
    expect((await kiosk.stack.platform.holdings()).cases).toEqual([]);
    expect(
      codeOf(await kiosk.call('technician.discard', { ...order, token: 'x'.repeat(32), secondPin: SECOND_PIN })),
    ).toBe('T603-not-unlocked');
    expect(kiosk.bugs).toEqual([]);
  });
});
