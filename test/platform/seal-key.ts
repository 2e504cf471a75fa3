import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { createHash } from 'node:crypto';
import { canonicalEnvelope } from '../../electron/platform-api/canonical.ts';
import type { Envelope, SealingKey } from '../../electron/platform-api/envelope.ts';
import type { Database } from './database.ts';

// Written from the document (platform-api/envelope.ts), not shared with the kiosk's sealer: two readings must agree.
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const INFO = new TextEncoder().encode('hall24 case 1');

/** A key pair of the platform. */
export interface SealKey {
  readonly public: SealingKey;
  /** The plaintext of an envelope, or null when it was not sealed to this key with this additional data. */
  open(envelope: Envelope, aad: string): Promise<Uint8Array | null>;
}

/** The platform's key; made on first use and kept with the rest, so that old envelopes stay readable. */
export async function loadSealKey(database: Database, now: number): Promise<SealKey> {
  const [row] = await database.query<KeyRow>(SELECT_KEY);
  if (row !== undefined) return sealKeyOf(row);
  const pair = await suite.kem.generateKeyPair();
  const publicKey = base64Url(await suite.kem.serializePublicKey(pair.publicKey));
  const privateKey = base64Url(await suite.kem.serializePrivateKey(pair.privateKey));
  const kid = `platform-${createHash('sha256').update(publicKey).digest('hex').slice(0, 12)}`;
  await database.query('INSERT INTO sealing_key (kid, public_key, private_key, created_at) VALUES ($1, $2, $3, $4)', [
    kid,
    publicKey,
    privateKey,
    now,
  ]);
  return sealKeyOf({ kid, public_key: publicKey, private_key: privateKey });
}

const SELECT_KEY = 'SELECT kid, public_key, private_key FROM sealing_key ORDER BY created_at LIMIT 1';
interface KeyRow {
  readonly kid: string;
  readonly public_key: string;
  readonly private_key: string;
}

async function sealKeyOf(row: KeyRow): Promise<SealKey> {
  const recipientKey = await suite.kem.deserializePrivateKey(bytesOf(row.private_key));
  return {
    public: { kid: row.kid, alg: 'HPKE-X25519-SHA256-AES256GCM', publicKey: row.public_key, notAfter: null },
    async open(envelope, aad) {
      if (envelope.kid !== row.kid) return null;
      try {
        const sealed = { recipientKey, info: INFO, enc: bytesOf(envelope.enc) };
        return new Uint8Array(await suite.open(sealed, bytesOf(envelope.ct), new TextEncoder().encode(aad)));
      } catch {
        return null;
      }
    },
  };
}

/** Seals as a kiosk does; for tests that bring no kiosk. */
export async function sealFor(key: SealingKey, plaintext: Uint8Array<ArrayBuffer>, aad: string): Promise<Envelope> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(bytesOf(key.publicKey));
  const { enc, ct } = await suite.seal({ recipientPublicKey, info: INFO }, plaintext, new TextEncoder().encode(aad));
  return { alg: 'HPKE-X25519-SHA256-AES256GCM', kid: key.kid, enc: base64Url(enc), ct: base64Url(ct) };
}

/** SHA-256 of an envelope, lower-case hex. */
export function envelopeSha256(envelope: Envelope): string {
  return createHash('sha256').update(canonicalEnvelope(envelope)).digest('hex');
}

function base64Url(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('base64url');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
