import { createHash } from 'node:crypto';
import { canonicalEnvelope } from '../../../electron/platform-api/canonical.ts';
import {
  Batch,
  CaseSubmission,
  PickupEvent,
  Rating,
  type PickupList,
} from '../../../electron/platform-api/messages.ts';
import type { OutboxKind } from '../../../electron/services/ports.ts';
import type { Recorded } from './history.ts';
import { fileSubject, MemoryFiles } from './memory-files.ts';

/** An HTTP answer as data. */
export interface Answer {
  readonly status: number;
  /** Null where there is none. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A central platform that remembers. It takes whatever comes under a key that it does not know, in any order and as often
 * as it comes, so that every mistake of the kiosk stays visible on its record. It never opens an envelope.
 */
export class MemoryPlatform {
  /** Every commit in order. */
  readonly record: Recorded[] = [];
  /** Problem types for single keys, given instead of taking. */
  readonly refused = new Map<string, string>();
  /** Whether every message is answered with `busy`. */
  busy = false;
  /** Milliseconds since 1970 on the platform's clock. */
  now: () => number = () => Date.now();
  pickups: PickupList = { version: 1, codeSalt: 'salt', pickups: [] };
  publicKey = Buffer.alloc(32, 9).toString('base64url');
  /** The files of its cases. */
  readonly files = new MemoryFiles((attachmentId, sha256) => {
    this.record.push({ key: `attachment:${attachmentId}`, subjectId: fileSubject(attachmentId), sequence: 1, sha256 });
  });
  readonly #known = new Map<string, { readonly body: string; readonly answer: unknown }>();

  /** What it has taken so far, to go on from without touching this. */
  fork(): MemoryPlatform {
    const other = new MemoryPlatform();
    other.record.push(...this.record);
    for (const [key, known] of this.#known) other.#known.set(key, known);
    other.files.takeOver(this.files);
    return other;
  }

  /** Takes one message: puts it on record, or gives the first answer again. */
  take(kind: OutboxKind, key: string, body: Uint8Array): Answer {
    const refusal = this.refused.get(key);
    if (refusal !== undefined) return problem(refusal, 422);
    if (this.busy) return problem('urn:hall24:busy', 503);
    const text = Buffer.from(body).toString('utf8');
    const known = this.#known.get(key);
    if (known) return known.body === text ? { status: 200, body: known.answer } : problem('urn:hall24:key-reused', 422);
    const read = readMessage(kind, text);
    if (read === null) return problem('urn:hall24:malformed', 422);
    this.record.push({ key, ...read });
    if (kind === 'case') this.files.announce(JSON.parse(text) as CaseSubmission);
    const answer = kind === 'case' ? this.#status(text, read.sha256) : { key, receivedAt: this.#moment() };
    this.#known.set(key, { body: text, answer });
    return { status: 201, body: answer };
  }

  /** Answers one request of the platform's API. `headers` by names in small letters. */
  answer(
    method: string,
    path: string,
    key: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Answer {
    if (path.startsWith('/v1/uploads')) return this.files.answer(method, path, headers, body);
    const route = `${method} ${path.split('?')[0]}`;
    switch (route) {
      case 'POST /v1/heartbeats':
        return {
          status: 200,
          body: {
            now: this.#moment(),
            catalogueVersion: 0,
            pickupsVersion: this.pickups.version,
            batch: { entries: 50, bytes: 1 << 20 },
          },
        };
      case 'POST /v1/cases':
        return this.take('case', key, body);
      case 'POST /v1/pickup-events':
        return this.take('pickup', key, body);
      case 'POST /v1/ratings':
        return this.take('rating', key, body);
      case 'POST /v1/batches':
        return this.#batch(body);
      case 'GET /v1/catalogue':
        return { status: 200, body: { version: 0, items: [] } };
      case 'GET /v1/sealing-keys':
        return {
          status: 200,
          body: {
            keys: [{ kid: 'k1', alg: 'HPKE-X25519-SHA256-AES256GCM', publicKey: this.publicKey, notAfter: null }],
          },
        };
      case 'GET /v1/cases':
        return this.#find(path);
      default:
        if (route.startsWith('GET /v1/attachments/')) return this.fileStatus(path.slice('/v1/attachments/'.length));
        if (/^GET \/v1\/kiosks\/[^/]+\/pickups$/u.test(route)) return { status: 200, body: this.pickups };
        return problem('urn:hall24:not-found', 404);
    }
  }

  /** Has all of a file, of which this is the hash. */
  holdFile(attachmentId: string, sha256: string): void {
    this.files.hold(attachmentId, sha256);
  }

  /** What it holds of a file and of its case. */
  fileStatus(attachmentId: string): Answer {
    const file = this.files.status(attachmentId);
    const known = this.#known.get(`case:${this.files.caseOf(attachmentId)}:1`);
    if (!file || !known) return problem('urn:hall24:attachment-unknown', 404);
    return { status: 200, body: { attachmentId, ...file, case: known.answer } };
  }

  #batch(body: Uint8Array): Answer {
    const batch = Batch.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
    if (!batch.success) return problem('urn:hall24:malformed', 422);
    const answers = batch.data.entries.map(({ kind, key, body: text }) => {
      const { status, body: answer } = this.take(kind, key, Buffer.from(text, 'utf8'));
      return { key, status, replayed: status === 200, answer };
    });
    return { status: 200, body: { answers } };
  }

  #find(path: string): Answer {
    const number = new URLSearchParams(path.slice(path.indexOf('?'))).get('number');
    for (const { answer } of this.#known.values()) {
      if ((answer as { trackingNumber?: string }).trackingNumber === number) return { status: 200, body: answer };
    }
    return problem('urn:hall24:not-found', 404);
  }

  #status(text: string, sha256: string): unknown {
    const { caseId, trackingNumber, itemId } = JSON.parse(text) as CaseSubmission;
    const at = this.#moment();
    return {
      caseId,
      trackingNumber,
      itemId,
      state: 'received',
      caseNumber: `P-${trackingNumber}`,
      receivedAt: at,
      decidedAt: null,
      outcome: null,
      sha256,
    };
  }

  #moment(): string {
    return new Date(this.now()).toISOString();
  }
}

function readMessage(kind: OutboxKind, text: string): Omit<Recorded, 'key'> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (kind === 'case') {
    const read = CaseSubmission.safeParse(value);
    if (!read.success) return null;
    return {
      subjectId: read.data.caseId,
      sequence: read.data.sequence,
      sha256: hash(canonicalEnvelope(read.data.envelope)),
    };
  }
  if (kind === 'pickup') {
    const read = PickupEvent.safeParse(value);
    return read.success ? { subjectId: read.data.pickupId, sequence: read.data.sequence, sha256: hash(text) } : null;
  }
  const read = Rating.safeParse(value);
  if (!read.success) return null;
  const { subject, subjectId } = read.data;
  // A rating follows its case; with a locker's content it may come between the events of the door.
  return subject === 'case'
    ? { subjectId, sequence: 2, sha256: hash(text) }
    : { subjectId: ratingSubject(subjectId), sequence: 1, sha256: hash(text) };
}

/** Under which subject the record keeps the rating of a pick-up. */
export function ratingSubject(pickupId: string): string {
  return `rating:${pickupId}`;
}

/** SHA-256 in lower-case hexadecimal digits. */
export function hash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function problem(type: string, status: number): Answer {
  return { status, body: { type, title: type, status } };
}
