import { canonicalJson } from './case-payload.ts';

/** Something that happened, to be kept for good: who did what to which subject, when, with the hashes that prove it. */
export interface EvidenceEntry {
  /** Milliseconds since 1970 on the kiosk's corrected clock; the order is the sequence's, not the clock's. */
  readonly at: number;
  /** `kiosk`, `technician`, `second person`; never a person's name. */
  readonly who: string;
  readonly what: string;
  /** Id of a case, pick-up or rating; empty for the kiosk itself. */
  readonly subject: string;
  /** Hashes, keys, numbers and reasons; nothing personal. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** An entry at its place in the chain. `detail` is the text that was hashed, byte for byte. */
export interface EvidenceRecord extends Omit<EvidenceEntry, 'detail'> {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly detail: string;
  /** SHA-256 in hex over the hash before and this record, see `evidenceText`. */
  readonly hash: string;
}

/** The last record: whoever holds it can tell whether a chain was cut or rewritten. */
export interface EvidenceHead {
  readonly seq: number;
  readonly hash: string;
}

/** What stands in the place of the hash before the first record. */
export const EVIDENCE_ROOT = 'hall24 evidence 1';

/** The text whose SHA-256 is a record's hash. */
export function evidenceText(previous: string, record: Omit<EvidenceRecord, 'hash'>): string {
  const { seq, at, who, what, subject, detail } = record;
  return canonicalJson([previous, seq, at, who, what, subject, detail]);
}

/** Text of an entry's detail, the same for the same content. */
export function evidenceDetail(detail: EvidenceEntry['detail']): string {
  return canonicalJson(detail);
}

/**
 * What is wrong with a chain. `changed`: the record is not what was written, or stands in another's place; `missing`: records
 * before this one are gone; `order`: a record comes twice or out of its place; `tail-missing`: records after the last one
 * are gone; `head-differs`: the record with this number is not the one that somebody else knows by its hash.
 */
export interface EvidenceFault {
  readonly seq: number;
  readonly kind: 'changed' | 'missing' | 'order' | 'tail-missing' | 'head-differs';
}

/** What a look over the whole chain came to. */
export interface EvidenceVerdict {
  readonly sound: boolean;
  readonly records: number;
  readonly head: EvidenceHead | null;
  /** The first hundred faults. */
  readonly faults: readonly EvidenceFault[];
}

const FAULTS_TOLD = 100;

/** Goes over a chain record by record, in the order in which they lie. */
export class EvidenceVerifier {
  readonly #hash: (text: string) => string;
  readonly #known: ReadonlyMap<number, string>;
  readonly #faults: EvidenceFault[] = [];
  #faultCount = 0;
  #records = 0;
  #head: EvidenceHead | null = null;

  /**
   * @param hash SHA-256 of a text in UTF-8, in hex
   * @param known heads that others hold, e.g. the platform from the heartbeats
   */
  constructor(hash: (text: string) => string, known: readonly EvidenceHead[] = []) {
    this.#hash = hash;
    this.#known = new Map(known.map((head) => [head.seq, head.hash]));
  }

  add(record: EvidenceRecord): void {
    this.#records += 1;
    const last = this.#head?.seq ?? 0;
    const inOrder = record.seq > last;
    if (!inOrder) this.#fault(record.seq, 'order');
    else if (record.seq > last + 1) this.#fault(record.seq, 'missing');
    // After a gap nobody can tell what the hash before was: the record is judged by its successors.
    const joined = record.seq === last + 1;
    if (joined && this.#hash(evidenceText(this.#head?.hash ?? EVIDENCE_ROOT, record)) !== record.hash) {
      this.#fault(record.seq, 'changed');
    }
    const known = this.#known.get(record.seq);
    if (known !== undefined && known !== record.hash) this.#fault(record.seq, 'head-differs');
    if (inOrder) this.#head = { seq: record.seq, hash: record.hash };
  }

  /** @param last highest number ever given, where that is known besides the records */
  end(last = 0): EvidenceVerdict {
    const wanted = Math.max(last, ...this.#known.keys());
    const head = this.#head?.seq ?? 0;
    if (wanted > head) this.#fault(head + 1, 'tail-missing');
    return {
      sound: this.#faultCount === 0,
      records: this.#records,
      head: this.#head,
      faults: this.#faults,
    };
  }

  #fault(seq: number, kind: EvidenceFault['kind']): void {
    this.#faultCount += 1;
    if (this.#faults.length < FAULTS_TOLD) this.#faults.push({ seq, kind });
  }
}
