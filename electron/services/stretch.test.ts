import { scryptSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { isStretchCost, stretch } from './stretch.ts';

const SALT = Buffer.from('SodiumChloride');

it('derives what RFC 7914 says', async () => {
  const derived = await stretch('pleaseletmein', SALT, 64, { N: 16_384, r: 8, p: 1 });
  expect(Buffer.from(derived).toString('hex')).toBe(
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
  );
});

it('derives several at once, each its own', async () => {
  const cost = { N: 1_024, r: 8, p: 1 };
  const texts = ['246810', '975310', ''];
  const derived = await Promise.all(texts.map((text) => stretch(text, SALT, 32, cost)));
  expect(derived.map((one) => Buffer.from(one))).toEqual(texts.map((text) => scryptSync(text, SALT, 32, cost)));
});

it.each([
  { N: 1, r: 8, p: 1 },
  { N: 1_000, r: 8, p: 1 },
  { N: 131_072, r: 8, p: 1 },
  { N: 1_024, r: 0, p: 1 },
  { N: 1_024, r: 8, p: 0 },
])('refuses a cost that cannot be, or is too dear: %j', async (cost) => {
  expect(isStretchCost(cost)).toBe(false);
  await expect(stretch('246810', SALT, 32, cost)).rejects.toThrow(RangeError);
});

it('takes the dearest that stays within 128 MiB', async () => {
  const cost = { N: 65_536, r: 8, p: 1 };
  expect(isStretchCost(cost)).toBe(true);
  expect(await stretch('246810', SALT, 32, cost)).toHaveLength(32);
});
