import { hash } from 'node:crypto';

/** SHA-256 in hex; a text is hashed as UTF-8. Done at once: an object for each of the five hashes of a case would cost as much as they do. */
export function sha256(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}
