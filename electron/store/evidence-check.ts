import { setImmediate as breathe } from 'node:timers/promises';
import { EvidenceVerifier, type EvidenceRecord, type EvidenceVerdict } from '../domain/evidence.ts';
import { storeFiles } from './files.ts';
import { loadSqlite } from './sqlite.ts';
import { sha256 } from './sha256.ts';

/** Records that are gone over at once, about two milliseconds. */
const SLICE = 200;

/**
 * Goes over the evidence chain of a store that is in use, in slices, on a connection of its own that can only read. What is
 * added meanwhile is gone over too. Null when the database cannot be read.
 * @param dir folder of the store
 */
export async function verifyInUse(dir: string): Promise<EvidenceVerdict | null> {
  const verifier = new EvidenceVerifier(sha256);
  try {
    const db = new (loadSqlite())(storeFiles(dir).database, { readonly: true, fileMustExist: true });
    try {
      // Read first: numbers given out later belong to records that are read later.
      const given = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'evidence'").get() as
        | { readonly seq: number }
        | undefined;
      const page = db.prepare(
        'SELECT seq, at, who, what, subject, detail, hash FROM evidence WHERE seq > ? ORDER BY seq LIMIT ?',
      );
      for (let last = 0; ;) {
        const records = page.all(last, SLICE) as EvidenceRecord[];
        for (const record of records) verifier.add(record);
        const end = records.at(-1);
        if (end === undefined) return verifier.end(given?.seq ?? 0);
        last = end.seq;
        await breathe();
      }
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}
