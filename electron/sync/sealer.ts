import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519';
import type { Envelope, SealingKey } from '../platform-api/envelope.ts';
import type { Sealer } from '../services/ports.ts';
import { err, ok, type Result } from '../../native/model/result.ts';

/** Length of an X25519 key in bytes. */
export const KEY_BYTES = 32;
const INFO = 'hall24 case 1';

/** X25519 in this module is plain script: the WebCrypto of the oldest runtime does not promise it. */
function newSuite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

/** Copies into an ArrayBuffer of its own: a Buffer's memory may be shared with others. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return owned(new TextEncoder().encode(text));
}

/**
 * Seals payloads for the platform as platform-api/envelope.ts says (HPKE base mode, RFC 9180). The kiosk holds no key
 * that opens them. Rejects when the key is not one of 32 bytes: keys are checked when they are taken over.
 */
export const hpkeSealer: Sealer = {
  async seal(key: SealingKey, plaintext: Uint8Array, aad: string): Promise<Envelope> {
    const suite = newSuite();
    const sender = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.deserializePublicKey(owned(Buffer.from(key.publicKey, 'base64url'))),
      info: utf8(INFO),
    });
    const sealed = await sender.seal(owned(plaintext), utf8(aad));
    return {
      alg: key.alg,
      kid: key.kid,
      enc: Buffer.from(sender.enc).toString('base64url'),
      ct: Buffer.from(sealed).toString('base64url'),
    };
  },
};

/**
 * Opens an envelope; the platform's side, used by tests.
 * @param privateKey 32 bytes
 * @param aad the idempotency key that it was sealed with
 */
export async function unseal(
  privateKey: Uint8Array,
  envelope: Envelope,
  aad: string,
): Promise<Result<Uint8Array, 'unreadable'>> {
  const suite = newSuite();
  try {
    const recipient = await suite.createRecipientContext({
      recipientKey: await suite.kem.deserializePrivateKey(owned(privateKey)),
      enc: owned(Buffer.from(envelope.enc, 'base64url')),
      info: utf8(INFO),
    });
    return ok(new Uint8Array(await recipient.open(owned(Buffer.from(envelope.ct, 'base64url')), utf8(aad))));
  } catch {
    return err('unreadable');
  }
}

/** An X25519 key as SubjectPublicKeyInfo begins with these bytes (RFC 8410); its 32 follow. */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** Whether a payload can be sealed to this key now. */
export function isUsableKey(key: SealingKey, now: number): boolean {
  const raw = Buffer.from(key.publicKey, 'base64url');
  return raw.length === KEY_BYTES && (key.notAfter === null || Date.parse(key.notAfter) > now) && isPoint(raw);
}

/** Some of 32 bytes are no key: nothing can be agreed with them (RFC 7748, section 6.1), and so nothing sealed. */
function isPoint(raw: Buffer): boolean {
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
    diffieHellman({ privateKey: generateKeyPairSync('x25519').privateKey, publicKey });
    return true;
  } catch {
    return false;
  }
}
