import {
  Acknowledged,
  CaseStatus,
  CaseSubmission,
  PROBLEM_TYPES,
  ProblemDetails,
  type PlatformProblemType,
} from '../platform-api/messages.ts';
import type { DeliveryOutcome, OutboxEntry } from '../services/ports.ts';
import type { CallFailure } from './platform-client.ts';

/** What an answer means for a message: settled, or not what we asked for (`foreign`), to be tried again. */
export type Read = DeliveryOutcome | 'foreign';

/** What an answer is compared with. The bytes were compared with their hash when they were claimed. */
const Sent = CaseSubmission.pick({ caseId: true, trackingNumber: true, sha256: true });

/**
 * What a platform's good answer to a message means. The hash that it names for a case must be ours: sending again what it
 * holds otherwise under our key would not change it.
 * @param now milliseconds since 1970 on the platform's clock
 */
export function readAnswer(entry: OutboxEntry, answer: CaseStatus | Acknowledged, now: number): Read {
  if (entry.kind !== 'case') {
    return 'key' in answer && answer.key === entry.idempotencyKey ? { kind: 'acknowledged', at: now } : 'foreign';
  }
  const sent = Sent.safeParse(readWithoutEnvelope(entry.body));
  if (!sent.success) return { kind: 'parked', reason: 'message-malformed' };
  if (!('caseId' in answer)) return 'foreign';
  if (answer.caseId !== sent.data.caseId || answer.trackingNumber !== sent.data.trackingNumber) return 'foreign';
  if (answer.sha256 !== sent.data.sha256) return { kind: 'parked', reason: 'hash-differs' };
  const { state, caseNumber, receivedAt, decidedAt, outcome } = answer;
  return {
    kind: 'acknowledged',
    at: now,
    case: {
      state,
      caseNumber,
      receivedAt: Date.parse(receivedAt),
      decidedAt: decidedAt === null ? null : Date.parse(decidedAt),
      outcome,
    },
  };
}

const ENVELOPE = '"envelope":{';

/**
 * A message as JSON, its first envelope left out: that is nearly all of it, says nothing here and would be most of the work
 * for an answer. An envelope is flat, so it ends at the first brace; where that is not so all of the message is read.
 */
export function readWithoutEnvelope(body: Uint8Array): unknown {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const begin = bytes.indexOf(ENVELOPE);
  const end = begin === -1 ? -1 : bytes.indexOf('}', begin);
  if (end !== -1) {
    try {
      return JSON.parse(`${bytes.toString('utf8', 0, begin)}"envelope":{${bytes.toString('utf8', end)}`) as unknown;
    } catch {
      // A brace within a text of the envelope.
    }
  }
  return JSON.parse(bytes.toString()) as unknown;
}

/** One entry's part of a batch answer, sorted as an answer of its own route would be. */
export function readBatchEntry(
  entry: OutboxEntry,
  part: { readonly status: number; readonly answer?: unknown; readonly retryAfter?: number | undefined },
  now: number,
): Read | CallFailure {
  if (part.status >= 200 && part.status < 300) {
    const parsed = (entry.kind === 'case' ? CaseStatus : Acknowledged).safeParse(part.answer);
    return parsed.success ? readAnswer(entry, parsed.data, now) : 'foreign';
  }
  const retryAfterMs = part.retryAfter === undefined ? null : part.retryAfter * 1000;
  const problem = ProblemDetails.safeParse(part.answer);
  if (!problem.success) return { kind: 'later', reason: `status-${part.status}-no-problem`, retryAfterMs };
  return failureOf(problem.data.type, retryAfterMs);
}

/** By type, never by status or prose; a type of tomorrow is tried again rather than given up. */
export function failureOf(type: string, retryAfterMs: number | null): CallFailure {
  if (!isKnownProblem(type)) return { kind: 'later', reason: 'unknown-problem', retryAfterMs };
  return PROBLEM_TYPES[type] === 'permanent'
    ? { kind: 'refused', type }
    : { kind: 'later', reason: type, retryAfterMs };
}

function isKnownProblem(type: string): type is PlatformProblemType {
  return Object.hasOwn(PROBLEM_TYPES, type);
}
