import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Database, Queries } from './database.ts';
import { refusal, type Refusal } from './problem.ts';

/** A kept answer; `text` is its body as it was given first. */
export interface KeptAnswer {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
}

/** What identifies a request that must happen once. */
export interface OnceRequest {
  readonly key: string;
  readonly kioskCode: string;
  /** The body as it came, byte for byte. */
  readonly body: Uint8Array;
  /** Requests of one subject wait for each other. */
  readonly subject: string;
  readonly now: number;
}

interface RequestRow {
  readonly kiosk_code: string;
  readonly body_sha256: string;
  readonly status: number;
  readonly answer: string;
}

/** Lets every request with a key happen once: the key, its answer and the business rows are one transaction. */
export class OnceOnly {
  readonly #database: Database;
  readonly #inFlight = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Does `work` unless it was done before. A refusal keeps nothing and leaves the key free. */
  async run(
    request: OnceRequest,
    work: (queries: Queries) => Promise<Result<unknown, Refusal>>,
  ): Promise<Result<KeptAnswer, Refusal>> {
    const { key } = request;
    if (this.#inFlight.has(key)) return err(refusal('urn:hall24:in-progress', 'same key, first request not done'));
    this.#inFlight.add(key);
    try {
      return await this.#database.transaction((queries) => this.#once(queries, request, work));
    } finally {
      this.#inFlight.delete(key);
    }
  }

  async #once(
    queries: Queries,
    request: OnceRequest,
    work: (queries: Queries) => Promise<Result<unknown, Refusal>>,
  ): Promise<Result<KeptAnswer, Refusal>> {
    const { key, kioskCode, subject, now } = request;
    // Another process of the platform may hold the key.
    const [lock] = await queries.query<{ free: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free',
      [`key ${key}`],
    );
    if (lock?.free !== true) return err(refusal('urn:hall24:in-progress', 'same key, first request not done'));
    const bodySha256 = createHash('sha256').update(request.body).digest('hex');
    const [earlier] = await queries.query<RequestRow>(
      'SELECT kiosk_code, body_sha256, status, answer FROM request WHERE key = $1',
      [key],
    );
    if (earlier !== undefined) {
      if (earlier.body_sha256 !== bodySha256 || earlier.kiosk_code !== kioskCode) {
        return err(refusal('urn:hall24:key-reused', 'the body differs from the first one'));
      }
      return ok({ status: earlier.status, text: earlier.answer, replayed: true });
    }
    await queries.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [subject]);
    const done = await work(queries);
    if (!done.ok) return done;
    const text = JSON.stringify(done.value);
    await queries.query(
      'INSERT INTO request (key, kiosk_code, body_sha256, status, answer, stored_at) VALUES ($1, $2, $3, 201, $4, $5)',
      [key, kioskCode, bodySha256, text, now],
    );
    return ok({ status: 201, text, replayed: false });
  }

  /** The first answer to this key of this kiosk. */
  async find(key: string, kioskCode: string): Promise<Result<KeptAnswer, Refusal>> {
    if (this.#inFlight.has(key)) return err(refusal('urn:hall24:in-progress', 'the request is being handled'));
    const [row] = await this.#database.query<RequestRow>(
      'SELECT kiosk_code, body_sha256, status, answer FROM request WHERE key = $1 AND kiosk_code = $2',
      [key, kioskCode],
    );
    if (row === undefined) return err(refusal('urn:hall24:not-found', 'no request with this key was kept'));
    return ok({ status: row.status, text: row.answer, replayed: true });
  }
}
