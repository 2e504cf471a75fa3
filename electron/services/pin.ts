import { timingSafeEqual } from 'node:crypto';
import type { Random } from '../../native/model/clock.ts';
import { isStretchCost, stretch } from './stretch.ts';

/** Cost for new hashes: about 100 ms on kiosk hardware, 32 MiB. */
const COST = { N: 32_768, r: 8, p: 1 } as const;
const HASH_BYTES = 32;

/** Wrong PINs that cost nothing; each further one doubles the wait, up to an hour. */
const FREE_FAILURES = 3;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 60 * 60_000;

/** Text form of a PIN's hash: `scrypt$N$r$p$salt$hash`, base64url. */
export async function hashPin(pin: string, random: Random): Promise<string> {
  const salt = random.bytes(16);
  const hash = await stretch(pin, salt, HASH_BYTES, COST);
  return [
    'scrypt',
    COST.N,
    COST.r,
    COST.p,
    Buffer.from(salt).toString('base64url'),
    Buffer.from(hash).toString('base64url'),
  ].join('$');
}

/** Compares in constant time; a hash text that cannot be understood fits no PIN. */
export async function pinFits(pin: string, text: string): Promise<boolean> {
  if (!/^scrypt\$\d{4,7}\$\d{1,2}\$\d{1,2}\$[\w-]+\$[\w-]+$/.test(text)) return false;
  const [, cost, blocks, lanes, salt = '', wanted = ''] = text.split('$');
  const expected = Buffer.from(wanted, 'base64url');
  if (expected.length !== HASH_BYTES) return false;
  const how = { N: Number(cost), r: Number(blocks), p: Number(lanes) };
  if (!isStretchCost(how)) return false;
  // A thread that fails says nothing about the PIN: that throws, and costs nobody a try.
  return timingSafeEqual(await stretch(pin, Buffer.from(salt, 'base64url'), HASH_BYTES, how), expected);
}

/** Milliseconds to wait after `count` wrong PINs in a row before the next one is looked at. */
export function pinWaitMs(count: number): number {
  if (count < FREE_FAILURES) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES), LONGEST_WAIT_MS);
}
