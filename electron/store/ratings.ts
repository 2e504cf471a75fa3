import { canonicalJson } from '../domain/case-payload.ts';
import type { RatingMessage, RatingRecord, StoreError } from '../services/ports.ts';
import { ok, type Result } from '../../native/model/result.ts';
import type { Acts } from './acts.ts';
import { conflict, type Database } from './database.ts';
import type { Outbox } from './outbox.ts';

/** Evaluation channel codes of the platform. */
const CHANNEL_CODES = { keypad: '4', screen: '5' } as const;

interface RatingRow extends Omit<RatingRecord, 'ratingId' | 'subjectId'> {
  readonly rating_id: string;
  readonly subject_id: string;
}

/** Ratings as rows, one a subject. */
export class RatingRows {
  readonly #db: Database;
  readonly #acts: Acts;
  readonly #outbox: Outbox;

  constructor(db: Database, acts: Acts, outbox: Outbox) {
    this.#db = db;
    this.#acts = acts;
    this.#outbox = outbox;
  }

  /** The message follows those of its subject: the platform hears of the case before its rating. */
  rate(entry: RatingRecord & { readonly actId: string; readonly kioskCode: string }): Result<RatingRecord, StoreError> {
    if (this.of(entry.subjectId)) return conflict('already-rated');
    const { ratingId, subject, subjectId, level, channel, at } = entry;
    this.#acts.begin({ actId: entry.actId, kind: 'rate', subjectId, at, detail: { level, channel } });
    this.#db.run(
      'INSERT INTO ratings (rating_id, subject, subject_id, level, channel, at, act_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ratingId,
      subject,
      subjectId,
      level,
      channel,
      at,
      entry.actId,
    );
    const message: RatingMessage = {
      ratingId,
      kioskCode: entry.kioskCode,
      subject,
      subjectId,
      level,
      channel: CHANNEL_CODES[channel],
      at: new Date(at).toISOString(),
    };
    this.#outbox.add({
      kind: 'rating',
      subjectId,
      key: () => `rating:${ratingId}`,
      actId: entry.actId,
      label: String(level),
      at,
      message: (_sequence, into) => into.write(canonicalJson(message)),
    });
    return ok({ ratingId, subject, subjectId, level, channel, at });
  }

  /** The rating that counts for a subject. */
  of(subjectId: string): RatingRecord | null {
    const row = this.#db.get<RatingRow>(
      'SELECT rating_id, subject, subject_id, level, channel, at FROM ratings WHERE subject_id = ?',
      subjectId,
    );
    if (!row) return null;
    const { rating_id: ratingId, subject_id, ...rest } = row;
    return { ratingId, subjectId: subject_id, ...rest };
  }
}
