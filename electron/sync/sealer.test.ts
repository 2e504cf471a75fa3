import { createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SealingKey } from '../platform-api/envelope.ts';
import { hpkeSealer, isUsableKey, unseal } from './sealer.ts';

/* An HPKE recipient of its own, from RFC 9180 over node:crypto, so that the sealer is not checked by itself. */

const X25519_PRIVATE = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_PUBLIC = Buffer.from('302a300506032b656e032100', 'hex');

function publicOf(privateKey: Buffer): Buffer {
  const key = createPrivateKey({ key: Buffer.concat([X25519_PRIVATE, privateKey]), format: 'der', type: 'pkcs8' });
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
}

function sharedSecret(privateKey: Buffer, publicKey: Buffer): Buffer {
  return diffieHellman({
    privateKey: createPrivateKey({ key: Buffer.concat([X25519_PRIVATE, privateKey]), format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: Buffer.concat([X25519_PUBLIC, publicKey]), format: 'der', type: 'spki' }),
  });
}

const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest();
const extract = (suite: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer =>
  hmac(
    salt.length === 0 ? Buffer.alloc(32) : salt,
    Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm]),
  );

function expand(suite: Buffer, prk: Buffer, label: string, info: Buffer, length: number): Buffer {
  const head = Buffer.from([length >> 8, length & 0xff]);
  const labeled = Buffer.concat([head, Buffer.from('HPKE-v1'), suite, Buffer.from(label), info]);
  return hmac(prk, Buffer.concat([labeled, Buffer.from([1])])).subarray(0, length);
}

/** Opens the first message of a base-mode context. `aead` 1: AES-128-GCM, 2: AES-256-GCM. */
function openByHand(input: {
  readonly aead: 1 | 2;
  readonly privateKey: Buffer;
  readonly enc: Buffer;
  readonly ct: Buffer;
  readonly info: Buffer;
  readonly aad: Buffer;
}): Buffer {
  const kem = Buffer.concat([Buffer.from('KEM'), Buffer.from([0, 0x20])]);
  const kemContext = Buffer.concat([input.enc, publicOf(input.privateKey)]);
  const eae = extract(kem, Buffer.alloc(0), 'eae_prk', sharedSecret(input.privateKey, input.enc));
  const secret = expand(kem, eae, 'shared_secret', kemContext, 32);
  const suite = Buffer.concat([Buffer.from('HPKE'), Buffer.from([0, 0x20, 0, 1, 0, input.aead])]);
  const none = Buffer.alloc(0);
  const context = Buffer.concat([
    Buffer.from([0]),
    extract(suite, none, 'psk_id_hash', none),
    extract(suite, none, 'info_hash', input.info),
  ]);
  const prk = extract(suite, secret, 'secret', none);
  const key = expand(suite, prk, 'key', context, input.aead === 1 ? 16 : 32);
  const nonce = expand(suite, prk, 'base_nonce', context, 12);
  const cipher = input.aead === 1 ? 'aes-128-gcm' : 'aes-256-gcm';
  const decipher = createDecipheriv(cipher, key, nonce, { authTagLength: 16 });
  decipher.setAAD(input.aad);
  decipher.setAuthTag(input.ct.subarray(-16));
  return Buffer.concat([decipher.update(input.ct.subarray(0, -16)), decipher.final()]);
}

const PRIVATE = Buffer.from('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8', 'hex');
const KEY: SealingKey = {
  kid: 'k1',
  alg: 'HPKE-X25519-SHA256-AES256GCM',
  publicKey: publicOf(PRIVATE).toString('base64url'),
  notAfter: null,
};
const AAD = 'case:01990000-0000-7000-8000-000000000001:1';

describe('sealer', () => {
  it('is checked by a recipient that opens the vector of RFC 9180 A.1.1', () => {
    expect(publicOf(PRIVATE).toString('hex')).toBe('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d');
    const plain = openByHand({
      aead: 1,
      privateKey: PRIVATE,
      enc: Buffer.from('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431', 'hex'),
      ct: Buffer.from(
        'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
        'hex',
      ),
      info: Buffer.from('4f6465206f6e2061204772656369616e2055726e', 'hex'),
      aad: Buffer.from('Count-0'),
    });
    expect(plain.toString()).toBe('Beauty is truth, truth beauty');
  });

  it('seals what the documented recipient opens', async () => {
    const envelope = await hpkeSealer.seal(KEY, Buffer.from('{"schema":"hall24.case/1"}'), AAD);
    const plain = openByHand({
      aead: 2,
      privateKey: PRIVATE,
      enc: Buffer.from(envelope.enc, 'base64url'),
      ct: Buffer.from(envelope.ct, 'base64url'),
      info: Buffer.from('hall24 case 1'),
      aad: Buffer.from(AAD),
    });
    expect(plain.toString()).toBe('{"schema":"hall24.case/1"}');
    expect(envelope).toMatchObject({ alg: KEY.alg, kid: 'k1' });
  });

  it('opens what was sealed, whatever it is, and nothing that was touched', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.nat(), async (plain, place) => {
        const envelope = await hpkeSealer.seal(KEY, plain, AAD);
        expect(await unseal(PRIVATE, envelope, AAD)).toEqual({ ok: true, value: plain });
        const ct = Buffer.from(envelope.ct, 'base64url');
        ct[place % ct.length]! ^= 1 << (place % 8);
        const touched = { ...envelope, ct: ct.toString('base64url') };
        expect(await unseal(PRIVATE, touched, AAD)).toEqual({ ok: false, error: 'unreadable' });
      }),
      { numRuns: 15 },
    );
  });

  it('binds an envelope to its key and its case', async () => {
    const envelope = await hpkeSealer.seal(KEY, Buffer.from('x'), AAD);
    const unreadable = { ok: false, error: 'unreadable' };
    expect(await unseal(PRIVATE, envelope, AAD.replace(/1$/, '2'))).toEqual(unreadable);
    expect(await unseal(Buffer.alloc(32, 7), envelope, AAD)).toEqual(unreadable);
    expect(await unseal(PRIVATE, { ...envelope, enc: 'AAAA' }, AAD)).toEqual(unreadable);
  });

  it('never seals twice alike', async () => {
    const [one, two] = [
      await hpkeSealer.seal(KEY, Buffer.from('x'), AAD),
      await hpkeSealer.seal(KEY, Buffer.from('x'), AAD),
    ];
    expect(one.ct).not.toBe(two.ct);
  });

  it('knows a key that cannot be used', () => {
    expect(isUsableKey(KEY, 0)).toBe(true);
    expect(isUsableKey({ ...KEY, publicKey: 'AAAA' }, 0)).toBe(false);
    // A point of low order: sealing to it throws.
    expect(isUsableKey({ ...KEY, publicKey: Buffer.alloc(32).toString('base64url') }, 0)).toBe(false);
    expect(isUsableKey({ ...KEY, notAfter: '2026-01-01T00:00:00Z' }, Date.UTC(2026, 0, 2))).toBe(false);
  });
});
