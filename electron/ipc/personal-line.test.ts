import { describe, expect, it } from 'vitest';
import { PersonalLine, type PortLike } from './personal-line.ts';

function port() {
  const sent: { id: number; name: string }[] = [];
  let close = (): void => undefined;
  const fake: PortLike = {
    onmessage: null,
    postMessage: (message) => void sent.push(message as { id: number; name: string }),
    addEventListener: (_type, listener) => {
      close = listener;
    },
  };
  return { fake, sent, close: () => close() };
}

describe('the line for personal calls', () => {
  it('carries what is personal, and that only', () => {
    const line = new PersonalLine();
    expect(['card.read', 'case.submit', 'visit.end'].map((name) => line.carries(name))).toEqual([true, true, false]);
  });

  it('sends what was asked before the line was there, and gives each answer to its question', async () => {
    const line = new PersonalLine();
    const { fake, sent } = port();
    const first = line.ask('card.read', {});
    line.use(fake);
    const second = line.ask('case.submit', {});
    expect(sent.map(({ name }) => name)).toEqual(['card.read', 'case.submit']);
    fake.onmessage?.({ data: { id: sent[1]?.id, answer: { ok: true, value: 2 } } });
    fake.onmessage?.({ data: { id: sent[0]?.id, answer: { ok: true, value: 1 } } });
    expect([await first, await second]).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 2 },
    ]);
  });

  it('answers everything when the process at the other end is gone', async () => {
    const line = new PersonalLine();
    const { fake, close } = port();
    line.use(fake);
    const asked = line.ask('card.read', {});
    close();
    expect(await asked).toMatchObject({ ok: false, error: { code: 'K105-internal' } });
  });
});
