import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../domain/case-payload.ts';
import type { OutboxKind } from '../services/ports.ts';
import { uuidV7FromSeed } from './ids.ts';
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
    .prepare('SELECT seq, body FROM outbox_payloads WHERE seq NOT IN (SELECT seq FROM outbox) ORDER BY seq')
    .all() as { seq: number; body: Uint8Array }[];
  const insert = db.prepare(
    `INSERT OR IGNORE INTO outbox (seq, entry_id, kind, subject_id, sequence, idempotency_key, act_id, sha256, size, label,
       state, head, created_at)
     VALUES (?, ?, ?, ?, coalesce(?, (SELECT 1 + max(sequence) FROM outbox WHERE subject_id = ?)), ?,
       (SELECT act_id FROM cases WHERE case_id = ?), ?, ?, ?, 'ready', 0, 0)`,
  );
  let adopted = 0;
  for (const { seq, body } of orphans) {
    const message = describe(body);
    if (!message) continue;
    const { kind, subjectId, key, label } = message;
    const sha256 = createHash('sha256').update(body).digest('hex');
    // Its own number fits unless a rating of the same subject stood between; then it goes last.
    for (const sequence of [message.sequence, null]) {
      const act = kind === 'case' ? subjectId : null;
      const id = uuidV7FromSeed(key);
      const { changes } = insert.run(
        seq,
        id,
        kind,
        subjectId,
        sequence,
        subjectId,
        key,
        act,
        sha256,
        body.length,
        label,
      );
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
  const { caseId, trackingNumber, envelope, pickupId, cell, sequence, ratingId, subjectId } = message;
  if (typeof caseId === 'string' && typeof trackingNumber === 'string' && typeof sequence === 'number') {
    // The envelope carries its own hash: the sealed content is what it was.
    if (envelope === undefined || hashOf(envelope) !== message['sha256']) return null;
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

function hashOf(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');
}
