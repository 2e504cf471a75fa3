import { describe, expect, it } from 'vitest';
import { hashPin, pinFits, pinWaitMs } from './pin.ts';

const random = { bytes: (count: number): Uint8Array => new Uint8Array(count).fill(7) };

describe('a PIN', () => {
  it('fits its own hash and no other', async () => {
    const hash = await hashPin('246810', random);
    expect(hash).toMatch(/^scrypt\$32768\$8\$1\$/u);
    expect(hash).not.toContain('246810');
    expect(await pinFits('246810', hash)).toBe(true);
    for (const wrong of ['246811', '24681', '2468100', '', ' 246810']) expect(await pinFits(wrong, hash)).toBe(false);
  });

  it.each([
    '',
    'scrypt',
    'scrypt$32768$8$1$$',
    'scrypt$1$8$1$c2FsdA$aGFzaA',
    'plain$246810',
    'scrypt$32768$8$1$c2FsdA$aGFzaA',
    `scrypt$1000$8$1$c2FsdA$${'A'.repeat(43)}`,
    `scrypt$4194304$8$1$c2FsdA$${'A'.repeat(43)}`,
  ])('fits no hash that cannot be understood: %s', async (text) => {
    expect(await pinFits('246810', text)).toBe(false);
  });

  it('wrong costs nothing at first, then twice as long each time, an hour at most', () => {
    expect([0, 1, 2, 3, 4, 5].map(pinWaitMs)).toEqual([0, 0, 0, 30_000, 60_000, 120_000]);
    expect(pinWaitMs(50)).toBe(3_600_000);
    expect(pinWaitMs(2_000)).toBe(3_600_000);
  });
});
