import { problem, type Problem } from '../contract/problems.ts';
import {
  LARGEST_ATTACHMENT,
  MOST_ATTACHMENTS,
  PLAIN_CHUNK_BYTES,
  sealedSize,
  type AttachmentType,
} from '../domain/attachment.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { FileSeal } from './attachment-seal.ts';
import type { AttachmentFileError, AttachmentFiles, AttachmentWriter, WrittenAttachment } from './attachment-ports.ts';
import { newId } from './ids.ts';
import type { Ports } from './kiosk.ts';
import type { NewAttachment, SealingKey } from './ports.ts';
import type { Visit, Visits } from './visits.ts';

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

/**
 * `open` belongs to the visit alone; while `submitting` the submit decides what becomes of it; `unknown`: the store may have
 * it, so its file stays.
 */
interface Draft {
  readonly visitId: string;
  readonly itemId: string;
  readonly slot: string;
  readonly seal: FileSeal;
  readonly writer: AttachmentWriter;
  received: number;
  written: WrittenAttachment | null;
  state: 'open' | 'submitting' | 'unknown';
  busy: boolean;
}

type AttachmentPorts = Pick<Ports, 'clock' | 'random' | 'catalogue' | 'space' | 'log' | 'sealer'>;

const problemOfFile = (error: AttachmentFileError): Problem =>
  error.code === 'full' ? problem('K104-no-space') : problem('K103-store-unavailable', { reason: error.code });

/**
 * Files of a visit on their way into a case. They are sealed as they come and lie on disk unreadable for this kiosk; what is
 * not submitted goes with the visit: its key at once, its file right after.
 */
export class Attachments {
  readonly #ports: AttachmentPorts;
  readonly #files: AttachmentFiles;
  readonly #visits: Visits;
  readonly #drafts = new Map<string, Draft>();
  readonly #unsubscribe: () => void;
  #clearing: Promise<void> = Promise.resolve();

  constructor(ports: AttachmentPorts, files: AttachmentFiles, visits: Visits) {
    this.#ports = ports;
    this.#files = files;
    this.#visits = visits;
    this.#unsubscribe = visits.events.subscribe((event) => {
      if (event.type === 'ended') this.#clear(event.visitId);
    });
  }

  /** Begins a file. `size` is its plain bytes. */
  async add(file: {
    readonly visitId: string;
    readonly itemId: string;
    readonly slot: string;
    readonly type: AttachmentType;
    readonly size: number;
  }): Promise<Result<Added, Problem>> {
    const visit = this.#visits.require(file.visitId);
    if (!visit.ok) return visit;
    const pack = this.#ports.catalogue.find(file.itemId);
    if (!pack) return err(problem('S502-item-unknown'));
    const slot = pack.attachments?.find(({ id }) => id === file.slot);
    if (!slot) return ok({ added: false, why: 'no-such-slot' });
    if (file.size < 1 || file.size > LARGEST_ATTACHMENT) return ok({ added: false, why: 'too-large' });
    const mine = this.#of(file.visitId, file.itemId);
    const full = mine.length >= MOST_ATTACHMENTS || mine.filter((one) => one.slot === file.slot).length >= slot.max;
    if (full) return ok({ added: false, why: 'too-many' });
    if (!this.#ports.space.hasRoom(sealedSize(file.size))) return err(problem('K104-no-space'));
    const attachmentId = newId(this.#ports);
    const begun = await this.#files.begin(attachmentId);
    if (!begun.ok) return err(this.#failed(begun.error));
    if (visit.value.ended.signal.aborted) {
      await begun.value.abandon();
      return err(problem('K102-no-visit'));
    }
    const seal = new FileSeal({ attachmentId, type: file.type, size: file.size }, this.#ports.random);
    const { visitId, itemId } = file;
    this.#drafts.set(attachmentId, {
      visitId,
      itemId,
      slot: file.slot,
      seal,
      writer: begun.value,
      received: 0,
      written: null,
      state: 'open',
      busy: false,
    });
    return ok({ added: true, attachmentId, chunkBytes: PLAIN_CHUNK_BYTES });
  }

  /**
   * The next chunk of a file; `plain` is overwritten. With the last one the file is complete and durable. A failure ends
   * the file: it is taken anew.
   */
  async chunk(visitId: string, attachmentId: string, plain: Uint8Array): Promise<Result<DraftSummary, Problem>> {
    const draft = this.#draft(visitId, attachmentId);
    if (!draft || draft.busy || draft.state !== 'open' || plain.length === 0 || plain.length !== draft.seal.wanted) {
      plain.fill(0);
      return err(problem(this.#visits.require(visitId).ok ? 'K101-bad-request' : 'K102-no-visit'));
    }
    draft.busy = true;
    try {
      const length = plain.length;
      const appended = await draft.writer.append(draft.seal.seal(plain));
      if (!appended.ok) return err(await this.#giveUp(draft, appended.error));
      draft.received += length;
      if (draft.seal.complete) {
        const finished = await draft.writer.finish();
        if (!finished.ok) return err(await this.#giveUp(draft, finished.error));
        draft.written = finished.value;
      }
    } finally {
      draft.busy = false;
    }
    if (this.#drafts.get(attachmentId) === draft) return ok(summaryOf(draft));
    // The visit ended meanwhile.
    await this.#remove(draft);
    return err(problem('K102-no-visit'));
  }

  async remove(visitId: string, attachmentId: string): Promise<Result<void, Problem>> {
    const visit = this.#visits.require(visitId);
    if (!visit.ok) return visit;
    const draft = this.#draft(visitId, attachmentId);
    if (draft?.state === 'open' && !draft.busy) {
      this.#drafts.delete(attachmentId);
      await this.#remove(draft);
    }
    return ok(undefined);
  }

  /** Files of the visit for an item, in the order in which they were begun. */
  list(visitId: string, itemId: string): Result<readonly DraftSummary[], Problem> {
    const visit = this.#visits.require(visitId);
    return visit.ok ? ok(this.#of(visitId, itemId).map(summaryOf)) : visit;
  }

  /** The complete files of a case that is about to be kept, their keys sealed and bound to it. */
  async forCase(
    visit: Visit,
    pack: ItemPack,
    caseId: string,
    key: SealingKey,
  ): Promise<Result<readonly NewAttachment[], Problem>> {
    const drafts = this.#of(visit.id, pack.id);
    if (drafts.some((draft) => draft.written === null)) {
      return err(problem('S501-form-incomplete', { fields: 'attachments' }));
    }
    for (const draft of drafts) draft.state = 'submitting';
    const files: NewAttachment[] = [];
    for (const { seal, slot, written } of drafts) {
      if (!written) continue;
      const envelope = await seal.envelope(this.#ports.sealer, key, caseId);
      files.push({ attachmentId: seal.attachmentId, actId: newId(this.#ports), slot, envelope, ...written });
    }
    return ok(files);
  }

  /**
   * What the submit came to. `kept`: the store has them. `refused`: it does not, they are the visit's again. `unknown`: it may
   * have them; nothing is deleted, the next start looks.
   */
  settle(files: readonly NewAttachment[], outcome: 'kept' | 'refused' | 'unknown'): void {
    for (const { attachmentId } of files) {
      const draft = this.#drafts.get(attachmentId);
      if (!draft) continue;
      draft.state = outcome === 'unknown' ? 'unknown' : 'open';
      const over = this.#visits.current?.id !== draft.visitId;
      if (outcome === 'kept' || over) this.#drafts.delete(attachmentId);
      if (outcome === 'kept' || over) draft.seal.wipe();
      if (outcome === 'refused' && over) this.#later(() => this.#remove(draft));
    }
  }

  /** Waits until files of ended visits are gone. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#clearing;
  }

  #draft(visitId: string, attachmentId: string): Draft | null {
    const draft = this.#drafts.get(attachmentId);
    return draft?.visitId === visitId ? draft : null;
  }

  #of(visitId: string, itemId: string): Draft[] {
    return [...this.#drafts.values()].filter((draft) => draft.visitId === visitId && draft.itemId === itemId);
  }

  #clear(visitId: string): void {
    for (const [attachmentId, draft] of this.#drafts) {
      // What is being submitted is the submit's: its outcome decides.
      if (draft.visitId !== visitId || draft.state === 'submitting') continue;
      this.#drafts.delete(attachmentId);
      draft.seal.wipe();
      // A chunk under way takes its file away itself.
      if (!draft.busy && draft.state === 'open') this.#later(() => this.#remove(draft));
    }
  }

  #later(step: () => Promise<void>): void {
    const before = this.#clearing;
    this.#clearing = (async () => {
      await before;
      await step();
    })();
  }

  async #remove(draft: Draft): Promise<void> {
    draft.seal.wipe();
    if (draft.written) await this.#files.remove(draft.written.sha256);
    else await draft.writer.abandon();
  }

  async #giveUp(draft: Draft, error: AttachmentFileError): Promise<Problem> {
    this.#drafts.delete(draft.seal.attachmentId);
    await this.#remove(draft);
    return this.#failed(error);
  }

  #failed(error: AttachmentFileError): Problem {
    this.#ports.log.event('error', 'attachment-not-written', { code: error.code, detail: error.detail });
    return problemOfFile(error);
  }
}

function summaryOf({ seal, slot, received, written }: Draft): DraftSummary {
  return { attachmentId: seal.attachmentId, slot, size: seal.size, received, complete: written !== null };
}
