import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestKiosk, until } from './app-kit.ts';

/** Calling duty staff over the whole App: "sent" is said only when the platform has it. */
describe('a call for help', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start({});
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  /** How often the platform's roster holds a request. */
  async function atRoster(requestId: string): Promise<number> {
    const { keys } = await kiosk.stack.platform.holdings();
    return keys.filter(({ key }) => key === `help:${requestId}`).length;
  }

  async function sent(requestId: string): Promise<void> {
    await until('help sent', async () => (await kiosk.must('help.standing', { requestId })).state === 'sent');
  }

  it('reaches the roster at once, and is sent only when it has', async () => {
    const asked = await kiosk.must('help.ask', { reason: 'person', screen: 'form' });
    expect(asked.state).toBe('kept');
    await sent(asked.requestId);
    expect(await atRoster(asked.requestId)).toBe(1);
  });

  it('is kept while the network is down, also over a restart, and goes out when it is back; twice pressed is one', async () => {
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    const asked = await kiosk.must('help.ask', { reason: 'card-not-read', screen: 'card' });
    const again = await kiosk.must('help.ask', { reason: 'card-not-read', screen: 'card' });
    expect(again).toEqual({ requestId: asked.requestId, state: 'kept' });
    await kiosk.close();
    await kiosk.open();
    expect((await kiosk.must('help.standing', { requestId: asked.requestId })).state).toBe('kept');
    expect(await atRoster(asked.requestId)).toBe(0);
    await kiosk.stack.platform.faults.restore();
    await sent(asked.requestId);
    expect(await atRoster(asked.requestId)).toBe(1);
  });

  it('is another one for another reason', async () => {
    const one = await kiosk.must('help.ask', { reason: 'cannot-find', screen: 'find' });
    const other = await kiosk.must('help.ask', { reason: 'machine-slow', screen: 'find' });
    expect(other.requestId).not.toBe(one.requestId);
    await sent(one.requestId);
    await sent(other.requestId);
  });
});
