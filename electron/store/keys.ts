import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { LocalKey, LocalKeys } from '../services/ports.ts';
import type { Random } from '../../native/model/clock.ts';

const NONCE = 12;
const TAG = 16;

/** Keys made from one local data key, one for each use. */
interface Uses {
  readonly rows: Buffer;
  readonly lookup: Buffer;
  readonly check: string;
}

function usesOf(key: LocalKey): Uses {
  const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', key.bytes, '', `hall24 local ${use} 1`, 32));
  return {
    rows: derive('rows'),
    lookup: derive('lookup'),
    check: createHmac('sha256', derive('check')).update(key.id).digest('base64url'),
  };
}

/**
 * Guards what must be readable here by the local data key: contents by AES-256-GCM, what is looked up by HMAC-SHA256. A
 * sealed text is bound to its place, so that it cannot be moved to another row.
 */
export class LocalGuard {
  readonly #random: Random;
  #current: string | null = null;
  #uses = new Map<string, Uses>();

  constructor(random: Random, keys: LocalKeys | null) {
    this.#random = random;
    if (keys) this.hold(keys);
  }

  /** Id of the key that is used for what is written; null when there is none. */
  get keyId(): string | null {
    return this.#current;
  }

  /** Holds these keys from now on instead of those it had. */
  hold(keys: LocalKeys): void {
    this.#uses = new Map([keys.current, ...keys.older].map((key) => [key.id, usesOf(key)]));
    this.#current = keys.current.id;
  }

  /** Lets go of every key. */
  drop(): void {
    this.#uses = new Map();
    this.#current = null;
  }

  holds(keyId: string): boolean {
    return this.#uses.has(keyId);
  }

  /** A value by which a key of that id is known again, which gives nothing of it away; null when it is not held. */
  check(keyId: string): string | null {
    return this.#uses.get(keyId)?.check ?? null;
  }

  /** Seals a text under the current key. Throws when there is none: ask `keyId` first. */
  seal(text: string, place: string): Buffer {
    const nonce = Buffer.from(this.#random.bytes(NONCE));
    const cipher = createCipheriv('aes-256-gcm', this.#currentUses().rows, nonce);
    cipher.setAAD(Buffer.from(place, 'utf8'));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Opens what was sealed at that place under that key; null when the key is not held or the bytes are not whole. */
  open(sealed: Uint8Array, keyId: string, place: string): string | null {
    const uses = this.#uses.get(keyId);
    if (!uses || sealed.length < NONCE + TAG) return null;
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
    const decipher = createDecipheriv('aes-256-gcm', uses.rows, bytes.subarray(0, NONCE));
    decipher.setAAD(Buffer.from(place, 'utf8'));
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }

  /** What stands in the place of a text that is looked up: the same for the same text, under the current key. */
  token(text: string): string {
    return createHmac('sha256', this.#currentUses().lookup).update(text).digest('base64url');
  }

  #currentUses(): Uses {
    const uses = this.#current === null ? undefined : this.#uses.get(this.#current);
    if (!uses) throw new Error('no local key is held');
    return uses;
  }
}

/** Whether two check values are the same, in constant time. */
export function sameCheck(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
