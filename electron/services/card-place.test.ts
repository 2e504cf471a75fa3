import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { CardPlace } from './card-place.ts';

const MANNER = { language: 'zh-CN', spoken: false } as const;

function place(reopens = true) {
  const clock = new FakeClock();
  const logged: string[] = [];
  const cards = new CardPlace({
    clock,
    reopens,
    log: { event: (_level, event) => void logged.push(event), tail: () => [] },
  });
  const hear = (change: 'laid' | 'moved' | 'removed' | 'absent', reader = 'id-card-reader' as const): boolean =>
    cards.heard({ type: 'card', reader, change });
  /** A visit in which a card was laid down and read. */
  const visit = (): void => {
    cards.visitBegan();
    hear('laid');
    cards.cardFound();
  };
  return { clock, cards, hear, visit, logged };
}

describe('a card that lies there when its visit ends', () => {
  it('is asked for at once, stays asked for while the reader is opened anew, and is forgotten when it is taken', async () => {
    const { clock, cards, hear, visit, logged } = place();
    visit();
    cards.visitEnded({ language: 'en', spoken: true });
    expect(cards.current).toMatchObject({ state: 'take', language: 'en', spoken: true });
    await clock.advance(900);
    // It is seen again, and is nobody's new card.
    expect(hear('laid')).toBe(false);
    expect([cards.current?.state, cards.former]).toEqual(['take', true]);
    hear('removed');
    expect([cards.current, cards.former, logged]).toEqual([null, false, []]);
  });

  it('is waited for a moment, in which it may be seen to be lifted: then none is left, and the next one is news', async () => {
    const { clock, cards, hear, visit } = place();
    visit();
    let ended = false;
    const end = cards.lifted().then(() => {
      ended = true;
      cards.visitEnded(MANNER);
    });
    await clock.advance(500);
    expect(ended).toBe(false);
    hear('removed');
    await clock.advance(100);
    await end;
    expect([cards.current, cards.former]).toEqual([null, false]);
    cards.visitBegan();
    expect(hear('laid')).toBe(true);
  });

  it('is waited for no longer than a reader needs', async () => {
    const { clock, cards, visit } = place();
    visit();
    let ended = false;
    const end = cards.lifted().then(() => (ended = true));
    await clock.advance(1_000);
    expect(ended).toBe(true);
    await end;
  });

  it('is for duty staff after 20 s, on record, and until it is taken', async () => {
    const { clock, cards, hear, visit, logged } = place();
    visit();
    cards.visitEnded(MANNER);
    hear('laid');
    await clock.advance(19_000);
    expect(cards.current?.state).toBe('take');
    await clock.advance(1_500);
    expect([cards.current?.state, logged]).toEqual(['left', ['card-left-on-reader']]);
    await clock.advance(3_600_000);
    expect(cards.current?.state).toBe('left');
    hear('removed');
    expect([cards.current, logged.at(-1)]).toEqual([null, 'card-left-taken']);
    expect(hear('laid')).toBe(true);
  });

  it('is not asked of the next person, and stays somebody else’s until it is gone', () => {
    const { cards, hear, visit } = place();
    visit();
    cards.visitEnded(MANNER);
    hear('laid');
    cards.visitBegan();
    expect([cards.current?.state, cards.former]).toEqual(['left', true]);
    // Asked for its presence, the reader shows it again.
    expect(hear('laid')).toBe(false);
    expect(cards.former).toBe(true);
    cards.visitEnded(MANNER);
    expect([cards.current?.state, cards.former]).toEqual(['left', true]);
  });

  it('is the next person’s own as soon as a card was found that may be read', () => {
    const { cards, hear, visit } = place();
    visit();
    cards.visitEnded(MANNER);
    hear('laid');
    cards.visitBegan();
    hear('removed');
    hear('laid');
    cards.cardFound();
    cards.visitEnded(MANNER);
    expect(cards.current?.state).toBe('take');
  });
});

describe('a card that was taken while the reader was opened anew', () => {
  it('is not asked for any more once the reader has looked; a slip of that look is no new card', async () => {
    const { clock, cards, hear, visit, logged } = place();
    visit();
    cards.visitEnded(MANNER);
    await clock.advance(700);
    hear('absent');
    // Its reader may hide it, so it must not be read; but nobody is asked for what is not seen.
    expect([cards.current, cards.former]).toEqual([null, true]);
    await clock.advance(300);
    expect(hear('laid')).toBe(false);
    // It lies there after all.
    expect(cards.current?.state).toBe('take');
    hear('removed');
    expect(cards.current).toBeNull();
    await clock.advance(2_000);
    expect([hear('laid'), cards.former, logged]).toEqual([true, false, []]);
  });

  it('may be mistaken for one that is laid early in the next visit, whose holder is told', async () => {
    const { clock, cards, hear, visit, logged } = place();
    visit();
    cards.visitEnded(MANNER);
    hear('absent');
    cards.visitBegan();
    await clock.advance(5_000);
    expect(hear('laid')).toBe(false);
    expect([cards.current?.state, cards.former]).toEqual(['unsure', true]);
    hear('removed');
    expect([cards.current, cards.former]).toEqual([null, false]);
    expect([hear('laid'), cards.current, logged]).toEqual([true, null, []]);
  });

  it('is for staff when its visitor goes without lifting it', () => {
    const { cards, hear, visit, logged } = place();
    visit();
    cards.visitEnded(MANNER);
    hear('absent');
    cards.visitBegan();
    hear('laid');
    cards.visitEnded(MANNER);
    expect([cards.current?.state, logged]).toEqual(['left', ['card-left-on-reader']]);
  });

  it('makes way for a card that is laid down later', async () => {
    const { clock, cards, hear, visit } = place();
    visit();
    cards.visitEnded(MANNER);
    hear('absent');
    await clock.advance(5_000);
    expect([hear('laid'), cards.former]).toEqual([true, false]);
  });

  it('is not asked for when the reader does not come back', async () => {
    const { clock, cards, visit } = place();
    visit();
    cards.visitEnded(MANNER);
    await clock.advance(10_100);
    expect([cards.current, cards.former]).toEqual([null, true]);
  });
});

describe('a reader that stays open', () => {
  it('need not say again what it has said', async () => {
    const { clock, cards, hear, visit } = place(false);
    visit();
    cards.visitEnded(MANNER);
    await clock.advance(15_000);
    expect(cards.current?.state).toBe('take');
    hear('removed');
    expect(cards.current).toBeNull();
  });
});

it('a visit without a card leaves nothing, and whoever lays one down on the attract screen is new', () => {
  const { cards, hear } = place();
  cards.visitBegan();
  cards.visitEnded(MANNER);
  expect([cards.current, cards.former]).toEqual([null, false]);
  expect(hear('laid')).toBe(true);
  expect(hear('laid')).toBe(false);
});

it('a chip card is watched like an identity card', () => {
  const { cards, logged } = place();
  cards.visitBegan();
  cards.heard({ type: 'card', reader: 'social-security-card-reader', change: 'laid' });
  cards.visitEnded(MANNER);
  expect(cards.current?.state).toBe('take');
  cards.heard({ type: 'card', reader: 'id-card-reader', change: 'absent' });
  expect(cards.current?.state).toBe('take');
  cards.heard({ type: 'card', reader: 'social-security-card-reader', change: 'removed' });
  expect([cards.current, logged]).toEqual([null, []]);
});
