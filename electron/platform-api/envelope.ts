import { z } from 'zod';

/** Lower-case hex SHA-256. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Base64url without padding. */
export const Base64Url = z.string().regex(/^[A-Za-z0-9_-]*$/);

/**
 * A payload sealed for the platform: HPKE base mode (RFC 9180), DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 * `info` of the key schedule is the UTF-8 text `hall24 case 1`; the additional data is the UTF-8 text of the idempotency key.
 * What is stored in the kiosk is what is sent, byte for byte.
 */
export const Envelope = z.object({
  alg: z.literal('HPKE-X25519-SHA256-AES256GCM'),
  /** Id of the platform's key. */
  kid: z.string().min(1).max(64),
  /** Encapsulated key. */
  enc: Base64Url,
  /** Ciphertext with tag. */
  ct: Base64Url,
});
export type Envelope = z.infer<typeof Envelope>;

/** A public key that payloads are sealed to. */
export const SealingKey = z.object({
  kid: z.string().min(1).max(64),
  alg: z.literal('HPKE-X25519-SHA256-AES256GCM'),
  publicKey: Base64Url,
  notAfter: z.iso.datetime().nullable(),
});
export type SealingKey = z.infer<typeof SealingKey>;
