import type { Rating } from '../../electron/platform-api/messages.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Queries } from './database.ts';
import { refusal, type Refusal } from './problem.ts';

/** Keeps a rating, one a subject; runs within the transaction of its request. */
export async function keepRating(queries: Queries, rating: Rating, now: number): Promise<Result<void, Refusal>> {
  const kept = await queries.query<{ rating_id: string }>(
    `INSERT INTO rating (rating_id, subject, subject_id, body, received_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING rating_id`,
    [rating.ratingId, rating.subject, rating.subjectId, JSON.stringify(rating), now],
  );
  if (kept.length > 0) return ok(undefined);
  return err(refusal('urn:hall24:already-rated', `${rating.subject} ${rating.subjectId}`));
}
