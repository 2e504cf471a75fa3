import type { Random } from '../../native/model/clock.ts';
import type { Opening } from './losses.ts';
import { readWitness, writeWitness, type ReservedNumbers, type WitnessMark } from './witness-files.ts';
import { judgeStore, type StoreFacts } from './witness-judgement.ts';
import { Witness } from './witness.ts';

/** What an opening goes on with. */
export interface Met {
  readonly witness: Witness;
  /** How far the store got: commits are counted on from there. */
  readonly mark: WitnessMark;
  /** What must be brought into the database before anything else; null when all is as it was left. */
  readonly opening: Opening | null;
}

/** Holds the witness of the last opening against the database. Throws what file system and SQLite throw. */
export function meetWitness(dir: string, facts: StoreFacts, random: Random, boot: string | null): Met {
  const found = readWitness(dir);
  const { record } = found;
  const judged = judgeStore(found, facts);
  const storeId = record?.storeId ?? facts.storeId ?? Buffer.from(random.bytes(16)).toString('hex');
  const lost = judged !== 'begin' && judged !== 'sound';
  // Cut off together with the machine: the last marks may be as lost as what they told of.
  const cutOff = record?.state === 'running' && (boot === null || record.boot !== boot);
  const reserved: ReservedNumbers[] = (record?.reserved ?? []).map((day) =>
    lost || cutOff ? { ...day, floor: day.upTo } : day,
  );
  const commits = Math.max(facts.commits, found.mark?.commits ?? 0);
  const mark: WitnessMark = { commits, evidence: facts.head };
  const generation = record?.generation ?? 0;
  const witness = new Witness(dir, { storeId, boot, generation, mark, reserved });
  if (judged === 'sound') return { witness, mark, opening: null };
  if (judged === 'begin') {
    // Before the name stands in the database, so that a death in between leaves no database whose witness is missing.
    if (record === null) writeBeginning(dir, storeId, boot);
    return { witness, mark, opening: { storeId, loss: null, floors: [], gap: false } };
  }
  const loss = judged === 'salvaged' ? null : { kind: judged, had: found.mark?.evidence ?? null };
  // Where the last reservation may be unknown, numbers of every day go on behind a gap.
  const gap = judged === 'witness-lost' || found.damaged;
  return { witness, mark, opening: { storeId, loss, floors: reserved, gap } };
}

/** A disk that refuses now refuses the name in the database too, or the next opening says that the witness is lost. */
function writeBeginning(dir: string, storeId: string, boot: string | null): void {
  const mark: WitnessMark = { commits: 0, evidence: null };
  try {
    writeWitness(dir, { generation: 0, storeId, boot, state: 'ended', marked: false, mark, reserved: [] });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === undefined) throw thrown;
  }
}
