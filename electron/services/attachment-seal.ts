import { createCipheriv, createHash, type Hash } from 'node:crypto';
import { attachmentAad, chunkAad, chunksOf, PLAIN_CHUNK_BYTES, type AttachmentType } from '../domain/attachment.ts';
import type { Random } from '../../native/model/clock.ts';
import type { Envelope, SealingKey, Sealer } from './ports.ts';

const KEY_BYTES = 32;

/**
 * Seals one file for the platform, chunk by chunk, so that never more than a chunk of it is plain here. The key exists in
 * this object only, until it is sealed for the platform at the submit; `wipe` ends it, and with it whatever was written.
 */
export class FileSeal {
  readonly attachmentId: string;
  readonly type: AttachmentType;
  /** Plain bytes that are to come. */
  readonly size: number;
  readonly #key: Uint8Array;
  readonly #hash: Hash = createHash('sha256');
  #next = 0;
  #plainSha256: string | null = null;

  constructor(
    file: { readonly attachmentId: string; readonly type: AttachmentType; readonly size: number },
    random: Random,
  ) {
    this.attachmentId = file.attachmentId;
    this.type = file.type;
    this.size = file.size;
    this.#key = random.bytes(KEY_BYTES);
  }

  /** Whether every byte has been sealed. */
  get complete(): boolean {
    return this.#plainSha256 !== null;
  }

  /** Plain bytes that the next chunk must have; 0 when there is none. */
  get wanted(): number {
    return Math.min(PLAIN_CHUNK_BYTES, this.size - this.#next * PLAIN_CHUNK_BYTES);
  }

  /** Seals the next chunk, which must be as long as `wanted` says; `plain` is overwritten. */
  seal(plain: Uint8Array): Uint8Array {
    if (plain.length === 0 || plain.length !== this.wanted) throw new RangeError('not the next chunk');
    const count = chunksOf(this.size);
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(this.#next, 8);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(chunkAad(this.attachmentId, this.#next, count), 'utf8'));
    this.#hash.update(plain);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    plain.fill(0);
    this.#next += 1;
    if (this.#next === count) this.#plainSha256 = this.#hash.digest('hex');
    return sealed;
  }

  /** The file's key, sealed for the platform and bound to a case. The file must be complete. */
  async envelope(sealer: Sealer, key: SealingKey, caseId: string): Promise<Envelope> {
    const { attachmentId, type, size } = this;
    const secret = new TextEncoder().encode(
      JSON.stringify({
        schema: 'hall24.attachment/1',
        attachmentId,
        key: Buffer.from(this.#key).toString('base64url'),
        type,
        size,
        sha256: this.#plainSha256,
      }),
    );
    try {
      return await sealer.seal(key, secret, attachmentAad(caseId, attachmentId));
    } finally {
      secret.fill(0);
    }
  }

  wipe(): void {
    this.#key.fill(0);
  }
}
