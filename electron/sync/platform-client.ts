import { Pool } from 'undici';
import { ProblemDetails, type PlatformProblemType } from '../platform-api/messages.ts';
import { pathOf, ROUTES, type AnswerOf, type RouteName } from '../platform-api/routes.ts';
import type { Clock } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { failureOf } from './outcomes.ts';

/**
 * Why a call gave nothing. `unreachable`: what came back, if anything, was not the platform's (no connection, no answer,
 * a portal's page, a truncated or foreign body); whether the platform took the request is not known. `later`: the
 * platform says so. `refused`: for good, by problem type. `retryAfterMs` is the wait that the other side asked for.
 */
export type CallFailure =
  | { readonly kind: 'unreachable'; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'refused'; readonly type: PlatformProblemType };

export interface CallInput {
  readonly parameters?: Readonly<Record<string, string>>;
  /** Sent as it is: JSON text in UTF-8. */
  readonly body?: Uint8Array | string;
  readonly idempotencyKey?: string;
  /** Milliseconds until the whole answer must be there. */
  readonly deadlineMs?: number;
}

/** Calls one route of the platform. */
export type Call = <N extends RouteName>(route: N, input?: CallInput) => Promise<Result<AnswerOf<N>, CallFailure>>;

/** One HTTP exchange: the whole answer, or a rejection. Ends early when `signal` is aborted. */
export type Exchange = (request: {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
  readonly signal: AbortSignal;
}) => Promise<{
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}>;

/** A call that is no route of the table (uploads): only status, headers and text matter. */
export interface RawInput {
  readonly method: 'POST' | 'HEAD' | 'PATCH';
  /** Path from `/v1` on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Milliseconds until the whole answer must be there. */
  readonly deadlineMs: number;
}

/** What came back, whatever it means. Header names are in small letters. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Makes such a call; fails when nothing, or not all of an answer, came back. Never rejects. */
export type RawCall = (input: RawInput) => Promise<Result<RawAnswer, CallFailure>>;

export interface PlatformClientOptions {
  /** e.g. `https://platform.example:8443`; a path before `/v1` is kept. */
  readonly baseUrl: string;
  /** Empty when the kiosk lost it: then every call is `unreachable`, and nothing goes out. */
  readonly token: string;
  readonly clock: Clock;
  /** Milliseconds; 5,000 for a connection and 15,000 for a whole answer unless told. */
  readonly connectMs?: number;
  readonly deadlineMs?: number;
  /** What carries requests; HTTP over the network unless told. */
  readonly exchange?: Exchange;
}

/** Longest answer that is read, in bytes. A catalogue is the longest; a page that never ends is none. */
const LONGEST_ANSWER = 8 << 20;

/** The platform's API over HTTP. Keeps no state: a platform that went away is found again by the next call. */
export class PlatformClient {
  readonly #pool: Pool;
  readonly #prefix: string;
  readonly #token: string;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #exchange: Exchange;
  readonly #closing = new AbortController();

  constructor(options: PlatformClientOptions) {
    const base = new URL(options.baseUrl);
    this.#prefix = base.pathname.replace(/\/+$/, '');
    this.#token = options.token;
    this.#clock = options.clock;
    this.#deadlineMs = options.deadlineMs ?? 15_000;
    this.#pool = new Pool(base.origin, {
      connections: 8,
      pipelining: 1,
      connect: { timeout: options.connectMs ?? 5_000 },
      headersTimeout: this.#deadlineMs,
      bodyTimeout: this.#deadlineMs,
      maxResponseSize: LONGEST_ANSWER,
    });
    this.#exchange =
      options.token === '' ? withoutCredential : (options.exchange ?? ((request) => this.#overNetwork(request)));
  }

  /** Calls a route; never rejects. */
  readonly call: Call = (route, input = {}) =>
    this.#within(input.deadlineMs ?? this.#deadlineMs, (signal) => this.#call(route, input, signal));

  readonly raw: RawCall = ({ method, path, headers, body, deadlineMs }) =>
    this.#within(deadlineMs, async (signal) => {
      try {
        const response = await this.#exchange({
          method,
          path: this.#prefix + path,
          headers: { authorization: `Bearer ${this.#token}`, ...headers },
          body: body ?? null,
          signal,
        });
        return ok({ status: response.statusCode, headers: response.headers, text: response.text });
      } catch (thrown) {
        return unreachable(signal.aborted ? 'no-answer' : codeOf(thrown), null);
      }
    });

  async #within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const stop = (): void => over.abort();
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    if (this.#closing.signal.aborted) stop();
    const deadline = this.#deadline(over, ms);
    try {
      return await work(over.signal);
    } finally {
      this.#closing.signal.removeEventListener('abort', stop);
      await deadline.end();
    }
  }

  /** Ends all calls under way as `unreachable` and closes the connections. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#pool.destroy();
  }

  #deadline(over: AbortController, ms: number): { end(): Promise<void> } {
    const answered = new AbortController();
    const waiting = this.#clock.sleep(ms, answered.signal).then(() => {
      if (!answered.signal.aborted) over.abort();
    });
    return {
      end: () => {
        answered.abort();
        return waiting;
      },
    };
  }

  async #call<N extends RouteName>(
    route: N,
    input: CallInput,
    signal: AbortSignal,
  ): Promise<Result<AnswerOf<N>, CallFailure>> {
    let response: Awaited<ReturnType<Exchange>>;
    try {
      response = await this.#exchange({
        method: ROUTES[route].method,
        path: this.#prefix + pathOf(route, input.parameters),
        headers: this.#headers(input),
        body: input.body ?? null,
        signal,
      });
    } catch (thrown) {
      return unreachable(signal.aborted ? 'no-answer' : codeOf(thrown), null);
    }
    return this.#read(route, response);
  }

  async #overNetwork(request: Parameters<Exchange>[0]): ReturnType<Exchange> {
    // The deadline of the call counts: on a slow line a long body alone takes longer than an answer may.
    const { statusCode, headers, body } = await this.#pool.request({ ...request, headersTimeout: 0 });
    return { statusCode, headers, text: await body.text() };
  }

  #headers(input: CallInput): Record<string, string> {
    return {
      accept: 'application/json, application/problem+json',
      authorization: `Bearer ${this.#token}`,
      ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
    };
  }

  #read<N extends RouteName>(
    route: N,
    { statusCode, headers, text }: Awaited<ReturnType<Exchange>>,
  ): Result<AnswerOf<N>, CallFailure> {
    const retryAfterMs = readRetryAfter(headers['retry-after'], dateOf(headers['date']) ?? this.#clock.now());
    // Capitals and blanks mean nothing in a media type (RFC 9110).
    const type = String(headers['content-type'] ?? '')
      .split(';')[0]
      ?.trim()
      .toLowerCase();
    if (type !== 'application/json' && type !== 'application/problem+json') {
      return unreachable(`status-${statusCode}-not-json`, retryAfterMs);
    }
    const body = parseJson(text);
    if (body === undefined) return unreachable(`status-${statusCode}-broken-json`, retryAfterMs);
    if (statusCode >= 200 && statusCode < 300) {
      const answer = ROUTES[route].answer.safeParse(body);
      return answer.success ? ok(answer.data as AnswerOf<N>) : unreachable('answer-malformed', retryAfterMs);
    }
    const problem = ProblemDetails.safeParse(body);
    if (!problem.success) return unreachable(`status-${statusCode}-no-problem`, retryAfterMs);
    return err(failureOf(problem.data.type, retryAfterMs));
  }
}

/** Nobody is asked by a kiosk that cannot say who it is. */
const withoutCredential: Exchange = () => {
  const refused: NodeJS.ErrnoException = new Error('no credential');
  refused.code = 'no-credential';
  return Promise.reject(refused);
};

function unreachable(reason: string, retryAfterMs: number | null): { ok: false; error: CallFailure } {
  return err({ kind: 'unreachable', reason, retryAfterMs });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The platform's own time of an answer, so that a date in `Retry-After` means what it says on a kiosk whose clock is wrong. */
function dateOf(header: string | string[] | undefined): number | null {
  const date = typeof header === 'string' && header.endsWith('GMT') ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? null : date;
}

/** `Retry-After` (RFC 9110) in milliseconds from now: seconds or a date; null when there is none or it is not readable. */
export function readRetryAfter(header: string | string[] | undefined, now: number): number | null {
  const value = Array.isArray(header) ? header[0] : header;
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  // Date.parse makes a date of almost anything; an HTTP date ends in GMT.
  const date = value.endsWith('GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Name of a network failure, e.g. `ECONNREFUSED` or `UND_ERR_HEADERS_TIMEOUT`. */
function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return code ?? 'broken-off';
}
