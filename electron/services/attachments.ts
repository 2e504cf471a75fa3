import { problem, type Problem } from '../contract/problems.ts';
import {
  CHUNK_TAG_BYTES,
  LARGEST_ATTACHMENT,
  MOST_ATTACHMENTS,
  PLAIN_CHUNK_BYTES,
  sealedSize,
} from '../domain/attachment.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { AttachmentFileError, AttachmentFiles, AttachmentWriter, WrittenAttachment } from './attachment-ports.ts';
import type { Added, DraftSummary, FileKeeper, FileVault, NewFile } from './file-desk.ts';
import { newId } from './ids.ts';
import type { Ports } from './kiosk.ts';
import type { NewAttachment, SealingKey } from './ports.ts';
import type { Visit, Visits } from './visits.ts';

/**
 * `open` belongs to the visit alone; while `submitting` the submit decides what becomes of it; `unknown`: the store may have
 * it, so its file stays.
 */
interface Draft {
  readonly attachmentId: string;
  readonly visitId: string;
  readonly itemId: string;
  readonly slot: string;
  /** Plain bytes of the whole file, and of what has come. */
  readonly size: number;
  readonly writer: AttachmentWriter;
  received: number;
  written: WrittenAttachment | null;
  state: 'open' | 'submitting' | 'unknown';
  busy: boolean;
}

type AttachmentPorts = Pick<Ports, 'clock' | 'random' | 'catalogue' | 'space' | 'log'>;

const problemOfFile = (error: AttachmentFileError): Problem =>
  error.code === 'full' ? problem('K104-no-space') : problem('K103-store-unavailable', { reason: error.code });

/**
 * Files of a visit on their way into a case. They come sealed and lie on disk unreadable for this kiosk; their keys are in
 * the vault. What is not submitted goes with the visit: its key at once, its file right after.
 */
export class Attachments implements FileKeeper {
  readonly #ports: AttachmentPorts;
  readonly #files: AttachmentFiles;
  readonly #vault: FileVault;
  readonly #visits: Visits;
  readonly #drafts = new Map<string, Draft>();
  readonly #unsubscribe: () => void;
  #clearing: Promise<void> = Promise.resolve();

  constructor(ports: AttachmentPorts, files: AttachmentFiles, vault: FileVault, visits: Visits) {
    this.#ports = ports;
    this.#files = files;
    this.#vault = vault;
    this.#visits = visits;
    this.#unsubscribe = visits.events.subscribe((event) => {
      if (event.type === 'ended') this.#clear(event.visitId);
    });
  }

  /** Begins a file. `size` is its plain bytes. */
  async add(file: NewFile): Promise<Result<Added, Problem>> {
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
    const { visitId, itemId, slot: slotId, size } = file;
    this.#drafts.set(attachmentId, {
      attachmentId,
      visitId,
      itemId,
      slot: slotId,
      size,
      writer: begun.value,
      received: 0,
      written: null,
      state: 'open',
      busy: false,
    });
    return ok({ added: true, attachmentId, chunkBytes: PLAIN_CHUNK_BYTES });
  }

  /** The next chunk of a file, sealed. With the last one the file is complete and durable. A failure ends the file. */
  async append(visitId: string, attachmentId: string, sealed: Uint8Array): Promise<Result<DraftSummary, Problem>> {
    const draft = this.#draft(visitId, attachmentId);
    const length = draft ? Math.min(PLAIN_CHUNK_BYTES, draft.size - draft.received) : 0;
    const next = length > 0 && sealed.length === length + CHUNK_TAG_BYTES;
    if (!draft || draft.busy || draft.state !== 'open' || !next) {
      return err(problem(this.#visits.require(visitId).ok ? 'K101-bad-request' : 'K102-no-visit'));
    }
    draft.busy = true;
    try {
      const appended = await draft.writer.append(sealed);
      if (!appended.ok) return err(await this.#giveUp(draft, appended.error));
      draft.received += length;
      if (draft.received === draft.size) {
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

  /**
   * The complete files of a case that is about to be kept, their keys sealed and bound to it. Refused while one is not
   * complete, or a paper that the item requires is not there.
   */
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
    const missing = pack.attachments?.some(
      ({ id, required }) => required === true && !drafts.some(({ slot }) => slot === id),
    );
    if (missing === true) return err(problem('S501-form-incomplete', { fields: 'attachments' }));
    for (const draft of drafts) draft.state = 'submitting';
    const files: NewAttachment[] = [];
    for (const { attachmentId, slot, written } of drafts) {
      if (!written) continue;
      const envelope = await this.#vault.envelope(attachmentId, key, caseId);
      if (!envelope.ok) {
        this.settle(drafts, 'refused');
        return envelope;
      }
      files.push({ attachmentId, actId: newId(this.#ports), slot, envelope: envelope.value, ...written });
    }
    return ok(files);
  }

  /**
   * What the submit came to. `kept`: the store has them. `refused`: it does not, they are the visit's again. `unknown`: it may
   * have them; nothing is deleted, the next start looks.
   */
  settle(files: readonly { readonly attachmentId: string }[], outcome: 'kept' | 'refused' | 'unknown'): void {
    for (const { attachmentId } of files) {
      const draft = this.#drafts.get(attachmentId);
      if (!draft) continue;
      draft.state = outcome === 'unknown' ? 'unknown' : 'open';
      const over = this.#visits.current?.id !== draft.visitId;
      if (outcome === 'kept' || over) this.#drafts.delete(attachmentId);
      if (outcome === 'kept' || over) this.#vault.forget(attachmentId);
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
      this.#vault.forget(attachmentId);
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
    this.#vault.forget(draft.attachmentId);
    if (draft.written) await this.#files.remove(draft.written.sha256);
    else await draft.writer.abandon();
  }

  async #giveUp(draft: Draft, error: AttachmentFileError): Promise<Problem> {
    this.#drafts.delete(draft.attachmentId);
    await this.#remove(draft);
    return this.#failed(error);
  }

  #failed(error: AttachmentFileError): Problem {
    this.#ports.log.event('error', 'attachment-not-written', { code: error.code, detail: error.detail });
    return problemOfFile(error);
  }
}

function summaryOf({ attachmentId, size, slot, received, written }: Draft): DraftSummary {
  return { attachmentId, slot, size, received, complete: written !== null };
}
