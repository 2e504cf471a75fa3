import type { JsonValue } from '../domain/case-payload.ts';
import type { OutboxKind } from '../services/ports.ts';
import { uuidV7FromSeed } from './ids.ts';
import { rowHash } from './outbox.ts';
import { sha256 as hashOf } from './sha256.ts';
import type { Sqlite } from './sqlite.ts';

type Message = Readonly<Record<string, JsonValue>>;

interface Described {
  readonly kind: OutboxKind;
  readonly subjectId: string;
  readonly sequence: number;
  readonly key: string;
  readonly label: string;
}

/**
 * Gives payloads whose state row was lost a new one, made from what they say themselves: a payload is there only while
 * the platform has not acknowledged it, and its key makes a repeat harmless. One that is damaged itself is left alone.
 * @returns how many were taken up again
 */
export function adoptOrphans(db: Sqlite): number {
  const orphans = db
    .prepare(
      `SELECT seq, sha256, body FROM outbox_payloads
       WHERE seq NOT IN (SELECT seq FROM outbox) AND seq NOT IN (SELECT seq FROM intake) ORDER BY seq`,
    )
    .all() as { seq: number; sha256: string; body: Uint8Array }[];
  const insert = db.prepare(
    `INSERT OR IGNORE INTO outbox (seq, entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256, size,
       row_sha256, label, state, head, created_at)
     VALUES (?, ?, ?, ?, ?, ?, (SELECT act_id FROM cases WHERE case_id = ?), ?, ?, ?, ?, 'ready', 0, 0)`,
  );
  const last = db.prepare('SELECT coalesce(max(sequence), 0) AS n FROM outbox WHERE subject_id = ?');
  const known = db.prepare('SELECT 1 FROM outbox WHERE subject_id = ? AND idempotency_key = ?');
  let adopted = 0;
  for (const { seq, sha256, body } of orphans) {
    const message = hashOf(body) === sha256 ? describe(body) : null;
    if (!message) continue;
    const { kind, subjectId, key, label } = message;
    if (known.get(subjectId, key)) continue;
    // Its own number fits unless a rating of the same subject stood between; then it goes last.
    const after = (last.get(subjectId) as { n: number }).n + 1;
    for (const sequence of new Set([message.sequence, after])) {
      const act = kind === 'case' ? subjectId : null;
      const row = rowHash({ kind, subjectId, sequence, key, sha256 });
      const id = uuidV7FromSeed(key);
      const { changes } = insert.run(seq, id, kind, subjectId, sequence, key, act, sha256, body.length, row, label);
      adopted += changes;
      if (changes > 0) break;
    }
  }
  return adopted;
}

/** Which entry these bytes were, or null when they are no whole message. */
function describe(body: Uint8Array): Described | null {
  const message = parse(body);
  if (!message) return null;
  const { caseId, trackingNumber, pickupId, cell, sequence, ratingId, subjectId } = message;
  if (typeof caseId === 'string' && typeof trackingNumber === 'string' && typeof sequence === 'number') {
    return { kind: 'case', subjectId: caseId, sequence, key: `case:${caseId}:${sequence}`, label: trackingNumber };
  }
  if (typeof pickupId === 'string' && typeof cell === 'string' && typeof sequence === 'number') {
    return { kind: 'pickup', subjectId: pickupId, sequence, key: `pickup:${pickupId}:${sequence}`, label: cell };
  }
  if (typeof ratingId === 'string' && typeof subjectId === 'string') {
    return { kind: 'rating', subjectId, sequence: 2, key: `rating:${ratingId}`, label: '' };
  }
  return null;
}

function parse(body: Uint8Array): Message | null {
  try {
    const value = JSON.parse(Buffer.from(body).toString('utf8')) as JsonValue;
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Message) : null;
  } catch {
    return null;
  }
}
