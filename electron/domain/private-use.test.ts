import { describe, expect, it } from 'vitest';
import { shownText } from './private-use.ts';

describe('a name with characters of a private-use area', () => {
  it('is shown with their public characters where they have one, else with a mark', () => {
    expect(shownText('林\uE81E')).toBe('林\u9FB4');
    expect(shownText('林\uE000夏\u{F0000}')).toBe('林〓夏〓');
    expect(shownText('林测夏𠮷')).toBe('林测夏𠮷');
  });
});
