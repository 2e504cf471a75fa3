import { describe, expect, it } from 'vitest';
import { SCREENS } from '../flow/types.ts';
import { chimeOf } from './chime-of.ts';
import { CHIMES } from './tones.ts';

const at = (screen: (typeof SCREENS)[number], more: { card?: boolean; asking?: boolean } = {}) => ({
  ...{ screen, card: false, asking: false },
  ...more,
});

describe('what is heard of a visit', () => {
  it('is a card that was read, a case that is done, trouble, and a question', () => {
    expect(chimeOf(at('card'), at('card', { card: true }))).toBe('card');
    expect(chimeOf(at('submitting', { card: true }), at('done', { card: true }))).toBe('done');
    expect(chimeOf(at('card'), at('problem'))).toBe('wrong');
    expect(chimeOf(at('form'), at('form', { asking: true }))).toBe('attention');
  });

  it('is nothing else, and nothing twice', () => {
    for (const screen of SCREENS) {
      expect(chimeOf(at(screen), at(screen))).toBeNull();
      if (screen !== 'done' && screen !== 'problem') expect(chimeOf(at('home'), at(screen))).toBeNull();
      expect(chimeOf(at(screen, { asking: true }), at(screen))).toBeNull();
      expect(chimeOf(at(screen, { card: true }), at('attract'))).toBeNull();
    }
  });
});

describe('the tones', () => {
  it('are shorter than a second, and tell each other apart', () => {
    const [done, attention] = [CHIMES.done, CHIMES.attention];
    for (const tones of Object.values(CHIMES)) {
      expect(Math.max(...tones.map(({ at: from, seconds }) => from + seconds))).toBeLessThan(1);
    }
    expect(CHIMES.card).toHaveLength(1);
    expect(done.map(({ hertz }) => hertz)).toEqual(done.map(({ hertz }) => hertz).toSorted((a, b) => a - b));
    expect(new Set(done.map(({ hertz }) => hertz)).size).toBe(2);
    expect(new Set(attention.map(({ hertz }) => hertz)).size).toBe(1);
    expect(attention).toHaveLength(2);
    expect(CHIMES.wrong[0]?.hertz).toBeLessThan(300);
  });
});
