import type { EvidenceHead } from '../domain/evidence.ts';
import type { StoreLossKind } from '../services/ports.ts';
import type { FoundWitness } from './witness-files.ts';

/** What a database says of itself at its opening. */
export interface StoreFacts {
  /** How the opening found it; see `OpenReport`. */
  readonly kind: 'new' | 'opened' | 'migrated' | 'salvaged';
  readonly storeId: string | null;
  readonly commits: number;
  readonly head: EvidenceHead | null;
  /** Hash of the evidence record with that number; null when there is none. */
  readonly hashAt: (seq: number) => string | null;
}

/**
 * `begin`: the first opening with a witness; `sound`: nothing is gone as far as both know; a kind of loss otherwise. A
 * salvage has said by itself that something may be gone.
 */
export type Judgement = 'begin' | 'sound' | 'salvaged' | Exclude<StoreLossKind, 'platform-newer'>;

/** Holds what the last opening left against the database that is there. */
export function judgeStore({ record, mark, marksLost, damaged }: FoundWitness, facts: StoreFacts): Judgement {
  if (facts.kind === 'salvaged') return 'salvaged';
  if (record === null || mark === null) return facts.storeId !== null || damaged ? 'witness-lost' : 'begin';
  // The witness of a new store is written before its name stands in the database.
  if (mark.commits === 0 && facts.storeId === null) return 'begin';
  if (facts.kind === 'new') return 'database-gone';
  const { evidence } = mark;
  const behind = facts.commits < mark.commits;
  const another = evidence !== null && facts.hashAt(evidence.seq) !== evidence.hash;
  if (facts.storeId !== record.storeId || behind || another) return 'rolled-back';
  return marksLost ? 'witness-lost' : 'sound';
}
