import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { START, claim, must, newCase, openForTest, pickupList, withFolder } from './test-kit.ts';

const CASES = 25;
const PAGE = 4096;
/** Where `user_version` stands in the file. */
const VERSION_AT = 60;

/** Something that happens to a file; places are shares of its length. */
type Damage =
  | { readonly kind: 'bit'; readonly at: number; readonly bit: number }
  | { readonly kind: 'page'; readonly at: number; readonly fill: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'scattered'; readonly places: readonly { readonly at: number; readonly byte: number }[] };

const at = fc.double({ min: 0, max: 0.999999, noNaN: true });
const byte = fc.nat(255);
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('bit' as const), at, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('page' as const), at, fill: byte }),
  fc.record({ kind: fc.constant('cut' as const), at }),
  fc.record({ kind: fc.constant('scattered' as const), places: fc.array(fc.record({ at, byte }), { maxLength: 64 }) }),
);

function damaged(clean: Buffer, how: Damage): Buffer {
  const bytes = Buffer.from(clean);
  const place = (share: number): number => Math.floor(share * bytes.length);
  switch (how.kind) {
    case 'bit':
      bytes[place(how.at)]! ^= 1 << how.bit;
      return bytes;
    case 'page': {
      const start = Math.floor(place(how.at) / PAGE) * PAGE;
      return bytes.fill(how.fill, start, start + PAGE);
    }
    case 'cut':
      return bytes.subarray(0, place(how.at));
    case 'scattered':
      for (const { at, byte } of how.places) bytes[place(at)] = byte;
      return bytes;
  }
}

describe('any damage to the file', () => {
  let dir: string;
  let clean: Buffer;
  /** Bytes of every message by its key, as they were written. */
  const written = new Map<string, string>();

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hall24-clean-'));
    const { store } = openForTest(dir);
    for (let number = 1; number <= CASES; number += 1) {
      const ct = Buffer.alloc(2500, number).toString('base64url');
      must(await store.submitCase(newCase(number, { envelope: { ...newCase(number).envelope, ct } })));
    }
    must(await store.announcePickups(pickupList({})));
    for (const { idempotencyKey, body } of must(await claim(store, START, 100))) {
      written.set(idempotencyKey, Buffer.from(body).toString('hex'));
    }
    must(await store.releaseClaims());
    await store.close();
    clean = readFileSync(join(dir, 'kiosk.sqlite'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('leaves a kiosk that opens, sends nothing but what was written, and takes new cases', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        await withFolder(async (folder) => {
          const bytes = damaged(clean, how);
          // A higher version number is a newer database, which is refused rather than opened.
          if (bytes.length >= VERSION_AT + 4) clean.copy(bytes, VERSION_AT, VERSION_AT, VERSION_AT + 4);
          writeFileSync(join(folder, 'kiosk.sqlite'), bytes);
          const { store } = openForTest(folder);
          const claimed = must(await claim(store, START, 100));
          for (const { idempotencyKey, body } of claimed) {
            expect(Buffer.from(body).toString('hex')).toBe(written.get(idempotencyKey));
          }
          must(await store.submitCase(newCase(900)));
          await store.close();
        })();
      }),
      { numRuns: 40 },
    );
  });
});
