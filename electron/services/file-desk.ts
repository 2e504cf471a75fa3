import { problem, type Problem } from '../contract/problems.ts';
import type { AttachmentType } from '../domain/attachment.ts';
import type { Random } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { FileSeal } from './attachment-seal.ts';
import type { Envelope, Sealer, SealingKey } from './ports.ts';

/** A file that a screen wants to hand in; `size` is its plain bytes. */
export interface NewFile {
  readonly visitId: string;
  readonly itemId: string;
  readonly slot: string;
  readonly type: AttachmentType;
  readonly size: number;
}

/** What a screen may know of a file: never what is in it. `received` of `size` plain bytes are here. */
export interface DraftSummary {
  readonly attachmentId: string;
  readonly slot: string;
  readonly size: number;
  readonly received: number;
  readonly complete: boolean;
}

/** Why a file is not taken. */
export type NotAdded = 'no-such-slot' | 'too-many' | 'too-large';

/** `chunkBytes` is how many bytes each call of `chunk` brings; the last one brings the rest. */
export type Added =
  | { readonly added: true; readonly attachmentId: string; readonly chunkBytes: number }
  | { readonly added: false; readonly why: NotAdded };

/** Where the keys of files are, sealed or not: beside their plain bytes, and nowhere else. */
export interface FileVault {
  /** The key of a complete file, sealed for the platform and bound to a case. */
  envelope(attachmentId: string, key: SealingKey, caseId: string): Promise<Result<Envelope, Problem>>;
  /** Ends the key of a file; what was sealed by it is unreadable from then on. */
  forget(attachmentId: string): void;
}

/** Where sealed files are kept; it never sees a plain byte. */
export interface FileKeeper {
  add(file: NewFile): Promise<Result<Added, Problem>>;
  /** The next chunk, sealed. With the last one the file is complete and durable. */
  append(visitId: string, attachmentId: string, sealed: Uint8Array): Promise<Result<DraftSummary, Problem>>;
  remove(visitId: string, attachmentId: string): Promise<Result<void, Problem>>;
}

/** The seals of the files of one visit. */
export class FileSeals implements FileVault {
  readonly #random: Random;
  readonly #sealer: Sealer;
  readonly #seals = new Map<string, FileSeal>();

  constructor(random: Random, sealer: Sealer) {
    this.#random = random;
    this.#sealer = sealer;
  }

  begin(file: { readonly attachmentId: string; readonly type: AttachmentType; readonly size: number }): void {
    this.#seals.set(file.attachmentId, new FileSeal(file, this.#random));
  }

  /** Plain bytes that the next chunk of a file must have; 0 when there is none to come. */
  wanted(attachmentId: string): number {
    return this.#seals.get(attachmentId)?.wanted ?? 0;
  }

  /** Seals the next chunk, as long as `wanted` says; `plain` is overwritten. */
  seal(attachmentId: string, plain: Uint8Array): Uint8Array {
    const seal = this.#seals.get(attachmentId);
    if (!seal) throw new RangeError('a file that was never begun');
    return seal.seal(plain);
  }

  async envelope(attachmentId: string, key: SealingKey, caseId: string): Promise<Result<Envelope, Problem>> {
    const seal = this.#seals.get(attachmentId);
    if (seal?.complete !== true) return err(problem('S501-form-incomplete', { fields: 'attachments' }));
    return ok(await seal.envelope(this.#sealer, key, caseId));
  }

  forget(attachmentId: string): void {
    this.#seals.get(attachmentId)?.wipe();
    this.#seals.delete(attachmentId);
  }
}

const NOTHING = new Uint8Array(0);

/** Takes the plain bytes of files, seals them here and hands them on sealed. */
export class FileDesk {
  readonly #seals: FileSeals;
  readonly #keeper: FileKeeper;
  readonly #busy = new Set<string>();

  constructor(seals: FileSeals, keeper: FileKeeper) {
    this.#seals = seals;
    this.#keeper = keeper;
  }

  async add(file: NewFile): Promise<Result<Added, Problem>> {
    const added = await this.#keeper.add(file);
    if (added.ok && added.value.added) {
      this.#seals.begin({ attachmentId: added.value.attachmentId, type: file.type, size: file.size });
    }
    return added;
  }

  /** The next chunk of a file; `plain` is overwritten. A failure ends the file: it is taken anew. */
  async chunk(visitId: string, attachmentId: string, plain: Uint8Array): Promise<Result<DraftSummary, Problem>> {
    if (plain.length === 0 || this.#busy.has(attachmentId) || plain.length !== this.#seals.wanted(attachmentId)) {
      plain.fill(0);
      // The keeper knows whether it is the visit or the chunk that is wrong, and takes nothing.
      return this.#keeper.append(visitId, attachmentId, NOTHING);
    }
    this.#busy.add(attachmentId);
    try {
      const appended = await this.#keeper.append(visitId, attachmentId, this.#seals.seal(attachmentId, plain));
      if (appended.ok) return appended;
      this.#seals.forget(attachmentId);
      await this.#keeper.remove(visitId, attachmentId);
      return appended;
    } finally {
      this.#busy.delete(attachmentId);
    }
  }

  remove(visitId: string, attachmentId: string): Promise<Result<void, Problem>> {
    return this.#keeper.remove(visitId, attachmentId);
  }
}
