import { z } from 'zod';
import { AttachmentManifest, AttachmentSecret, HeldAttachment } from './attachments.ts';
import { Envelope, SealingKey } from './envelope.ts';
import { EXAMPLES, PROBLEM_EXAMPLE, type RouteExample } from './examples.ts';
import { ItemPackSchema } from './item-pack-schema.ts';
import * as messages from './messages.ts';
import {
  COMMON_PROBLEMS,
  PROBLEM_STATUS,
  ROUTES,
  ROUTE_NAMES,
  pathParametersOf,
  problemsOf,
  type Route,
  type RouteName,
} from './routes.ts';
import { UPLOAD_HEADERS, UPLOAD_ROUTE_NAMES, UPLOAD_ROUTES, type UploadRoute } from './uploads.ts';

/** JSON as far as the document needs it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument extends JsonObject {
  readonly openapi: '3.1.0';
}

/** Schemas that the document names; every other one stands where it is used. */
const NAMED = {
  Envelope,
  SealingKey,
  SealingKeys: messages.SealingKeys,
  ItemPack: ItemPackSchema,
  CatalogueAnswer: messages.CatalogueAnswer,
  CaseSubmission: messages.CaseSubmission,
  CaseStatus: messages.CaseStatus,
  SubmissionStatus: messages.SubmissionStatus,
  AttachmentManifest,
  AttachmentSecret,
  HeldAttachment,
  AttachmentStatus: messages.AttachmentStatus,
  PickupAnnouncement: messages.PickupAnnouncement,
  PickupList: messages.PickupList,
  PickupEvent: messages.PickupEvent,
  Rating: messages.Rating,
  Acknowledged: messages.Acknowledged,
  Batch: messages.Batch,
  BatchAnswer: messages.BatchAnswer,
  Heartbeat: messages.Heartbeat,
  HeartbeatAnswer: messages.HeartbeatAnswer,
  ProblemDetails: messages.ProblemDetails,
} as const satisfies Record<string, z.ZodType>;

const IDEMPOTENCY = [
  'The key names one act of the kiosk for ever: the platform keeps it as long as the case.',
  'Same key and same body (byte for byte): the first answer again, with the header `Idempotency-Replayed: true`.',
  'Same key and another body: `urn:hall24:key-reused`. First request still being handled: `urn:hall24:in-progress`.',
  'A refused request (any problem) keeps nothing, its key stays free: it may be sent again when the reason is gone.',
].join(' ');

const DESCRIPTION = [
  'What a kiosk and the central platform say to each other.',
  'Every request carries the bearer token of its kiosk. Members that are not described are to be ignored.',
  'Problems are `application/problem+json` (RFC 9457); whether to try again is decided by `type` alone (`x-retry`):',
  '`retry` with full jitter and not before `Retry-After`, `permanent` parks the entry for a person.',
  'An answer that is not JSON of this document (a captive portal, a broken gateway) says nothing: ask again.',
  'Within a subject (a case, a pick-up) requests are numbered by `sequence` from 1; the platform refuses a gap and names',
  'the number that is next (`expectedSequence`).',
  'Files of a case are announced with the case and follow by tus 1.0.0 (`/v1/uploads`, extensions creation and checksum),',
  'sealed in chunks of 256 KiB: AES-256-GCM, nonce = index in 12 bytes (big end first), additional data',
  '`hall24 attachment 1 <attachmentId> <index> <count>`, the key in the envelope of the announcement (`AttachmentSecret`).',
  "The difference of the clocks comes with every heartbeat's answer (`now`).",
].join(' ');

/** Builds the document from the schemas and the table of routes. */
export function buildOpenApi(): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: { title: 'hall24 central platform', version: '1', description: DESCRIPTION },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    security: [{ kiosk: [] }],
    paths: paths(),
    components: {
      securitySchemes: { kiosk: { type: 'http', scheme: 'bearer', description: 'Token of one kiosk.' } },
      schemas: componentSchemas(),
      responses: problemResponses(),
    },
  };
}

function paths(): JsonObject {
  const result: Record<string, Record<string, Json>> = {};
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    (result[route.path] ??= {})[route.method.toLowerCase()] = operation(name);
  }
  for (const name of UPLOAD_ROUTE_NAMES) {
    const route: UploadRoute = UPLOAD_ROUTES[name];
    (result[route.path] ??= {})[route.method.toLowerCase()] = uploadOperation(name, route);
  }
  return result;
}

function uploadOperation(name: string, route: UploadRoute): JsonObject {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const example = UPLOAD_HEADERS.Location.example.split('/').at(-1);
  return {
    operationId: name,
    summary: route.summary,
    parameters: [
      ...inPath.map((parameter) => textParameter(parameter, 'path', example)),
      ...route.sends.map((header) => ({ ...headerObject(header), name: header, in: 'header', required: true })),
    ],
    ...(route.contentType === null
      ? {}
      : { requestBody: { required: true, content: { [route.contentType]: { schema: {} } } } }),
    responses: {
      [String(route.status)]: {
        description: 'Done.',
        headers: Object.fromEntries(
          route.answers.map((header) => [header, { ...headerObject(header), required: true }]),
        ),
      },
      ...(route.method === 'HEAD' ? bareProblems(route) : problemReferences([...COMMON_PROBLEMS, ...route.problems])),
    },
  };
}

function headerObject(header: keyof typeof UPLOAD_HEADERS): JsonObject {
  const { pattern, description, example } = UPLOAD_HEADERS[header];
  return { description, schema: { type: 'string', pattern }, example };
}

/** An answer to HEAD has no body: the status tells. */
function bareProblems(route: UploadRoute): JsonObject {
  const types = [...COMMON_PROBLEMS, ...route.problems];
  return Object.fromEntries(
    [...new Set(types.map((type) => PROBLEM_STATUS[type]))]
      .sort((a, b) => a - b)
      .map((status) => [
        String(status),
        {
          description: types
            .filter((type) => PROBLEM_STATUS[type] === status)
            .map((type) => `\`${type}\``)
            .join(', '),
        },
      ]),
  );
}

function operation(name: RouteName): JsonObject {
  const route: Route = ROUTES[name];
  const example: RouteExample<RouteName> = EXAMPLES[name];
  const parameters: JsonObject[] = [
    ...pathParametersOf(name).map((parameter) => textParameter(parameter, 'path', example.parameters[parameter])),
    ...route.query.map((parameter) => textParameter(parameter, 'query', example.parameters[parameter])),
  ];
  if (route.idempotent) {
    parameters.push({
      ...textParameter('Idempotency-Key', 'header', example.key ?? undefined),
      description: IDEMPOTENCY,
    });
  }
  const answer = content(schemaRef(route.answer), example.answer as Json);
  return {
    operationId: name,
    summary: route.summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.request === null
      ? {}
      : { requestBody: { required: true, content: content(schemaRef(route.request), example.request) } }),
    responses: {
      [String(route.status)]: {
        description: 'Done.',
        ...(route.idempotent ? { headers: REPLAYED } : {}),
        content: answer,
      },
      ...problemReferences(problemsOf(name)),
    },
  };
}

const REPLAYED: JsonObject = {
  'Idempotency-Replayed': {
    description: '`true` when this is the first answer to an earlier request with the same key.',
    schema: { type: 'string', const: 'true' },
  },
};

function textParameter(name: string, place: 'path' | 'query' | 'header', example: string | undefined): JsonObject {
  return {
    name,
    in: place,
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 128 },
    ...(example === undefined ? {} : { example }),
  };
}

function content(schema: JsonObject, example: Json): JsonObject {
  return { 'application/json': { schema, example } };
}

/** Several problem types may share one status: then the answer is one of them. */
function problemReferences(all: readonly messages.PlatformProblemType[]): JsonObject {
  const byStatus = new Map<number, string[]>();
  for (const type of all) {
    const status = PROBLEM_STATUS[type];
    byStatus.set(status, [...(byStatus.get(status) ?? []), type]);
  }
  const entries = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(
    entries.map(([status, types]) => {
      const [only, ...others] = types;
      if (only !== undefined && others.length === 0) {
        return [String(status), { $ref: `#/components/responses/${responseName(only)}` }];
      }
      const retry = types.map(
        (type) => `\`${type}\` (${messages.PROBLEM_TYPES[type as messages.PlatformProblemType]})`,
      );
      return [String(status), { description: `One of ${retry.join(', ')}.`, content: problemContent(types) }];
    }),
  );
}

function problemResponses(): JsonObject {
  const types = Object.keys(messages.PROBLEM_TYPES) as messages.PlatformProblemType[];
  return Object.fromEntries(
    types.map((type) => [
      responseName(type),
      {
        description: `\`${type}\` (${messages.PROBLEM_TYPES[type]})`,
        'x-retry': messages.PROBLEM_TYPES[type] === 'retry',
        ...(type === 'urn:hall24:busy' ? { headers: RETRY_AFTER } : {}),
        content: problemContent([type]),
      },
    ]),
  );
}

const RETRY_AFTER: JsonObject = {
  'Retry-After': { description: 'Whole seconds to wait.', schema: { type: 'string', pattern: '^[0-9]+$' } },
};

function problemContent(types: readonly string[]): JsonObject {
  const [first = ''] = types;
  const status = PROBLEM_STATUS[first as messages.PlatformProblemType];
  return {
    'application/problem+json': {
      schema: {
        allOf: [{ $ref: '#/components/schemas/ProblemDetails' }, { properties: { type: { enum: [...types] } } }],
      },
      example: (types.includes(PROBLEM_EXAMPLE.type)
        ? PROBLEM_EXAMPLE
        : { type: first, title: 'Refused for this reason', status }) as Json,
    },
  };
}

function responseName(type: string): string {
  return type.slice(type.lastIndexOf(':') + 1);
}

function schemaRef(schema: z.ZodType): JsonObject {
  const found = Object.entries(NAMED).find(([, named]) => named === schema);
  if (found === undefined) throw new RangeError('a route uses a schema that the document does not name');
  return { $ref: `#/components/schemas/${found[0]}` };
}

function componentSchemas(): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === messages.CatalogueAnswer.shape.items) {
        jsonSchema.description =
          'Each an `ItemPack`; a kiosk leaves out those that it cannot read and uses the others.';
      }
      if (zodSchema === messages.Batch.shape.entries.element.shape.body)
        jsonSchema.contentMediaType = 'application/json';
      if (zodSchema === messages.BatchAnswer.shape.answers.element.shape.answer) {
        jsonSchema.description =
          "The answer of the entry's own route: `CaseStatus`, `Acknowledged` or `ProblemDetails`.";
      }
      // The bounds of exact integers in JavaScript are no rule of the API.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => {
      const { $schema: _schema, $id: _id, ...rest } = schema;
      return [id, rest as JsonObject];
    }),
  );
}
