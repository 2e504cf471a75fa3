import type { z } from 'zod';
import {
  Acknowledged,
  AttachmentStatus,
  Batch,
  BatchAnswer,
  CaseStatus,
  CaseSubmission,
  CatalogueAnswer,
  Heartbeat,
  HeartbeatAnswer,
  PickupEvent,
  PickupList,
  Rating,
  SealingKeys,
  SubmissionStatus,
  type PlatformProblemType,
} from './messages.ts';

/** One call of the platform's API. `{name}` in a path is a parameter; `query` are required query parameters. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  readonly query: readonly string[];
  /** Whether the header `Idempotency-Key` is required. */
  readonly idempotent: boolean;
  readonly request: z.ZodType | null;
  readonly answer: z.ZodType;
  /** Status of the answer when it went well. */
  readonly status: 200 | 201;
  /** Problems of its own, besides `COMMON_PROBLEMS`. */
  readonly problems: readonly PlatformProblemType[];
}

/** Problems that every route may answer with. */
export const COMMON_PROBLEMS = ['urn:hall24:unauthorised', 'urn:hall24:busy', 'urn:hall24:malformed'] as const;

/** Problems of the routes that take an idempotency key. */
export const IDEMPOTENCY_PROBLEMS = ['urn:hall24:in-progress', 'urn:hall24:key-reused'] as const;

/** HTTP status of each problem type. */
export const PROBLEM_STATUS = {
  'urn:hall24:busy': 503,
  'urn:hall24:in-progress': 409,
  'urn:hall24:sequence-gap': 409,
  'urn:hall24:unauthorised': 401,
  'urn:hall24:malformed': 400,
  'urn:hall24:unreadable-envelope': 422,
  'urn:hall24:item-unknown': 422,
  'urn:hall24:item-version-withdrawn': 422,
  'urn:hall24:key-reused': 422,
  'urn:hall24:already-rated': 409,
  'urn:hall24:pickup-unknown': 404,
  'urn:hall24:not-found': 404,
  'urn:hall24:offset-differs': 409,
  'urn:hall24:chunk-damaged': 460,
  'urn:hall24:attachment-unknown': 404,
  'urn:hall24:attachment-differs': 422,
  'urn:hall24:tus-version': 412,
} as const satisfies Record<PlatformProblemType, number>;

/** All calls by name (the OpenAPI operation id). */
export const ROUTES = {
  getCatalogue: {
    method: 'GET',
    path: '/v1/catalogue',
    summary: 'Item packs in force, the newest version of each.',
    query: [],
    idempotent: false,
    request: null,
    answer: CatalogueAnswer,
    status: 200,
    problems: [],
  },
  getSealingKeys: {
    method: 'GET',
    path: '/v1/sealing-keys',
    summary: 'Public keys that payloads are sealed to; the first one is to be used.',
    query: [],
    idempotent: false,
    request: null,
    answer: SealingKeys,
    status: 200,
    problems: [],
  },
  submitCase: {
    method: 'POST',
    path: '/v1/cases',
    summary: 'Submits a case. The answer is its status; it is final at once for items that are decided instantly.',
    query: [],
    idempotent: true,
    request: CaseSubmission,
    answer: CaseStatus,
    status: 201,
    problems: [
      'urn:hall24:sequence-gap',
      'urn:hall24:unreadable-envelope',
      'urn:hall24:item-unknown',
      'urn:hall24:item-version-withdrawn',
    ],
  },
  findCase: {
    method: 'GET',
    path: '/v1/cases',
    summary: 'Status of a case by its tracking number or case number.',
    query: ['number'],
    idempotent: false,
    request: null,
    answer: CaseStatus,
    status: 200,
    problems: ['urn:hall24:not-found'],
  },
  getSubmission: {
    method: 'GET',
    path: '/v1/submissions/{key}',
    summary:
      'What became of a request with this idempotency key: its first answer, or `not-found` when nothing was kept.',
    query: [],
    idempotent: false,
    request: null,
    answer: SubmissionStatus,
    status: 200,
    problems: ['urn:hall24:not-found', 'urn:hall24:in-progress'],
  },
  getPickups: {
    method: 'GET',
    path: '/v1/kiosks/{kioskCode}/pickups',
    summary: 'Locker contents announced to this kiosk, the whole list.',
    query: [],
    idempotent: false,
    request: null,
    answer: PickupList,
    status: 200,
    problems: [],
  },
  reportPickup: {
    method: 'POST',
    path: '/v1/pickup-events',
    summary: 'Reports what happened at the door of a pick-up.',
    query: [],
    idempotent: true,
    request: PickupEvent,
    answer: Acknowledged,
    status: 201,
    problems: ['urn:hall24:sequence-gap', 'urn:hall24:pickup-unknown'],
  },
  rate: {
    method: 'POST',
    path: '/v1/ratings',
    summary: 'Hands in a rating; one a subject.',
    query: [],
    idempotent: true,
    request: Rating,
    answer: Acknowledged,
    status: 201,
    problems: ['urn:hall24:already-rated'],
  },
  getAttachment: {
    method: 'GET',
    path: '/v1/attachments/{attachmentId}',
    summary:
      'What the platform holds of a file and of its case. Only the hash in this answer lets a kiosk delete its copy.',
    query: [],
    idempotent: false,
    request: null,
    answer: AttachmentStatus,
    status: 200,
    problems: ['urn:hall24:attachment-unknown'],
  },
  submitBatch: {
    method: 'POST',
    path: '/v1/batches',
    summary:
      'Hands in several messages of different subjects. The answer names each by its key, in order; one that is refused changes nothing for the others.',
    query: [],
    idempotent: false,
    request: Batch,
    answer: BatchAnswer,
    status: 200,
    problems: [],
  },
  heartbeat: {
    method: 'POST',
    path: '/v1/heartbeats',
    summary: 'Sign of life of a kiosk, every 30 s, never queued. The answer has the time and what is new.',
    query: [],
    idempotent: false,
    request: Heartbeat,
    answer: HeartbeatAnswer,
    status: 200,
    problems: [],
  },
} as const satisfies Record<string, Route>;

/** The route that a message of a batch would go to by itself. */
export const ROUTE_OF_KIND = { case: 'submitCase', pickup: 'reportPickup', rating: 'rate' } as const;

export type RouteName = keyof typeof ROUTES;
/** Parsed answer of a route. */
export type AnswerOf<N extends RouteName> = z.infer<(typeof ROUTES)[N]['answer']>;
/** Body of a route; `null` when it takes none. */
export type RequestOf<N extends RouteName> = (typeof ROUTES)[N]['request'] extends z.ZodType
  ? z.infer<(typeof ROUTES)[N]['request']>
  : null;

/** Every route's name, in the order of the document. */
export const ROUTE_NAMES = Object.keys(ROUTES) as readonly RouteName[];

/** All problem types that a route may answer with. */
export function problemsOf(name: RouteName): readonly PlatformProblemType[] {
  const route: Route = ROUTES[name];
  return [...COMMON_PROBLEMS, ...(route.idempotent ? IDEMPOTENCY_PROBLEMS : []), ...route.problems];
}

/**
 * Path and query of a call, escaped: `pathOf('findCase', { number: 'CH03 260318 0042 7' })`. A parameter that the
 * route needs and that is missing is a bug and throws.
 */
export function pathOf(name: RouteName, parameters: Readonly<Record<string, string>> = {}): string {
  const route: Route = ROUTES[name];
  const value = (parameter: string): string => {
    const found = parameters[parameter];
    if (found === undefined) throw new RangeError(`${name} needs ${parameter}`);
    return encodeURIComponent(found);
  };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => value(parameter));
  const query = route.query.map((parameter) => `${parameter}=${value(parameter)}`).join('&');
  return query === '' ? path : `${path}?${query}`;
}

/** Names of the parameters in a route's path. */
export function pathParametersOf(name: RouteName): readonly string[] {
  return [...ROUTES[name].path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}
