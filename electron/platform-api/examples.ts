import type { ProblemDetails } from './messages.ts';
import type { AnswerOf, RequestOf, RouteName } from './routes.ts';

/** An example of a call: parameters, body and answer belong together. */
export interface RouteExample<N extends RouteName> {
  readonly parameters: Readonly<Record<string, string>>;
  /** Value of the header `Idempotency-Key`, when the route takes one. */
  readonly key: string | null;
  readonly request: RequestOf<N>;
  readonly answer: AnswerOf<N>;
}

const CASE_ID = '0199a4c2-5b1e-7c40-9d2a-6f1e0b7c3d51';
const PICKUP_ID = '0199a4c9-0c77-7a12-8e5b-2d90c4a6f318';
const RATING_ID = '0199a4ce-91d0-7f6b-b3c4-08e7d5a1c926';
const ACT_ID = '0199a4cb-7e25-7d08-a1f9-5c3b8e60d742';
const ATTACHMENT_ID = '0199a4c4-3d2f-7b61-a8c7-94e0d15f6b23';
const HASH = '5f0c1d8e7a6b4c3d2e1f00112233445566778899aabbccddeeff0123456789ab';

const CASE_STATUS: AnswerOf<'submitCase'> = {
  caseId: CASE_ID,
  trackingNumber: 'CH03 260318 0042 1',
  itemId: 'rent-filing',
  state: 'approved',
  caseNumber: '990001-2026-0000123',
  receivedAt: '2026-03-18T02:14:07.412Z',
  decidedAt: '2026-03-18T02:14:07.412Z',
  outcome: {
    'zh-CN': '房屋租赁登记备案：已办结，准予备案。',
    en: 'Filing of a rental contract: done, entered in the register.',
  },
  sha256: HASH,
};

/** One example for every route, all data invented. */
export const EXAMPLES: { readonly [N in RouteName]: RouteExample<N> } = {
  getCatalogue: {
    parameters: {},
    key: null,
    request: null,
    answer: { version: 3, items: [{ id: 'rent-filing', version: 2, code: '11990001MB99000012199000100100001' }] },
  },
  getSealingKeys: {
    parameters: {},
    key: null,
    request: null,
    answer: {
      keys: [
        {
          kid: 'platform-1',
          alg: 'HPKE-X25519-SHA256-AES256GCM',
          publicKey: 'Nzq2XkVcJ0bM3m1pQqN8y2r0s4t6u8w0yAzCdEfGhIk',
          notAfter: null,
        },
      ],
    },
  },
  submitCase: {
    parameters: {},
    key: `case:${CASE_ID}:1`,
    request: {
      caseId: CASE_ID,
      trackingNumber: 'CH03 260318 0042 1',
      kioskCode: 'CH03',
      itemId: 'rent-filing',
      itemVersion: 2,
      itemCode: '11990001MB99000012199000100100001',
      language: 'zh-CN',
      sequence: 1,
      keptAt: '2026-03-18T02:14:06.908Z',
      sha256: HASH,
      envelope: {
        alg: 'HPKE-X25519-SHA256-AES256GCM',
        kid: 'platform-1',
        enc: 'pQ0VbW1n2c3d4e5f6g7h8i9j0kAlBmCnDoEpFqGrHsI',
        ct: 'c2VhbGVkLXBheWxvYWQtb2YtdGhlLWNhc2U',
      },
    },
    answer: CASE_STATUS,
  },
  findCase: { parameters: { number: 'CH03 260318 0042 1' }, key: null, request: null, answer: CASE_STATUS },
  getSubmission: {
    parameters: { key: `case:${CASE_ID}:1` },
    key: null,
    request: null,
    answer: { key: `case:${CASE_ID}:1`, status: 201, answer: CASE_STATUS },
  },
  getPickups: {
    parameters: { kioskCode: 'CH03' },
    key: null,
    request: null,
    answer: {
      version: 5,
      codeSalt: 'q1bK5m0Yd2sT7uVwXyZaBg',
      pickups: [
        {
          pickupId: PICKUP_ID,
          cell: '07',
          codeDigest: 'kJ3n5pR7t9vBxDzFhHjKlMnOpQrStUvWxYz01234567',
          holder: '山月****店',
          contents: [{ name: { 'zh-CN': '公司印章', en: 'Company seal' }, count: 4 }],
          validFrom: '2026-03-18T02:20:00.000Z',
          validTo: '2026-04-17T02:20:00.000Z',
          withdrawn: false,
          openedAt: null,
        },
      ],
    },
  },
  reportPickup: {
    parameters: {},
    key: `pickup:${PICKUP_ID}:1`,
    request: {
      pickupId: PICKUP_ID,
      kioskCode: 'CH03',
      sequence: 1,
      event: 'opened',
      cell: '07',
      at: '2026-03-19T19:03:44.120Z',
      actId: ACT_ID,
    },
    answer: { key: `pickup:${PICKUP_ID}:1`, receivedAt: '2026-03-19T19:03:44.518Z' },
  },
  rate: {
    parameters: {},
    key: `rating:${RATING_ID}`,
    request: {
      ratingId: RATING_ID,
      kioskCode: 'CH03',
      subject: 'case',
      subjectId: CASE_ID,
      level: 5,
      channel: '4',
      at: '2026-03-18T02:14:31.006Z',
    },
    answer: { key: `rating:${RATING_ID}`, receivedAt: '2026-03-18T02:14:31.240Z' },
  },
  getAttachment: {
    parameters: { attachmentId: ATTACHMENT_ID },
    key: null,
    request: null,
    answer: {
      attachmentId: ATTACHMENT_ID,
      size: 812_496,
      offset: 812_496,
      sha256: HASH,
      case: { ...CASE_STATUS, attachments: [{ attachmentId: ATTACHMENT_ID, sha256: HASH }] },
    },
  },
  submitBatch: {
    parameters: {},
    key: null,
    request: {
      entries: [
        {
          kind: 'rating',
          key: `rating:${RATING_ID}`,
          body: `{"at":"2026-03-18T02:14:31.006Z","channel":"4","kioskCode":"CH03","level":5,"ratingId":"${RATING_ID}","subject":"case","subjectId":"${CASE_ID}"}`,
        },
        { kind: 'pickup', key: `pickup:${PICKUP_ID}:2`, body: '{}' },
      ],
    },
    answer: {
      answers: [
        {
          key: `rating:${RATING_ID}`,
          status: 201,
          replayed: false,
          answer: { key: `rating:${RATING_ID}`, receivedAt: '2026-03-18T02:14:31.240Z' },
        },
        {
          key: `pickup:${PICKUP_ID}:2`,
          status: 400,
          replayed: false,
          answer: { type: 'urn:hall24:malformed', title: 'The request is not as the document says', status: 400 },
        },
      ],
    },
  },
  heartbeat: {
    parameters: {},
    key: null,
    request: {
      kioskCode: 'CH03',
      at: '2026-03-18T02:14:30.000Z',
      version: '0.1.0',
      waiting: 2,
      parked: 0,
      devices: [
        {
          deviceClass: 'receipt-printer',
          status: 'online',
          since: '2026-03-18T00:02:11.000Z',
          supplies: [{ name: 'paper', state: 'low', left: 1840, lowAt: 2000, unit: 'millimetres' }],
          counters: { prints: 212, cuts: 212, paperUsedMm: 28160 },
        },
      ],
    },
    answer: {
      now: '2026-03-18T02:14:30.204Z',
      catalogueVersion: 3,
      held: {
        evidence: { seq: 1204, hash: 'b1946ac92492d2347c6235b4d2611184a4b1946ac92492d2347c6235b4d26111' },
        numbers: [{ localDate: '2026-03-18', last: 42 }],
      },
      pickupsVersion: 5,
      batch: { entries: 50, bytes: 1_048_576 },
    },
  },
};

/** What a refusal looks like. */
export const PROBLEM_EXAMPLE: ProblemDetails = {
  type: 'urn:hall24:sequence-gap',
  title: 'An earlier entry of this subject is missing',
  status: 409,
  detail: 'entry 2 came before entry 1',
  expectedSequence: 1,
};
