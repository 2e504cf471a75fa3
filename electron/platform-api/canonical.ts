import type { Envelope } from './envelope.ts';

/**
 * Canonical JSON of an envelope: members in the order of their names, no white space (RFC 8785). Its SHA-256 over the
 * UTF-8 bytes is `sha256` of a submission and of a case's status.
 */
export function canonicalEnvelope(envelope: Envelope): string {
  return JSON.stringify({ alg: envelope.alg, ct: envelope.ct, enc: envelope.enc, kid: envelope.kid });
}

/** Idempotency key of a case's submission, and the additional data of its envelope. */
export function caseKey(caseId: string, sequence: number): string {
  return `case:${caseId}:${sequence}`;
}

/** Idempotency key of a pick-up event. */
export function pickupKey(pickupId: string, sequence: number): string {
  return `pickup:${pickupId}:${sequence}`;
}

/** Idempotency key of a rating. */
export function ratingKey(ratingId: string): string {
  return `rating:${ratingId}`;
}
