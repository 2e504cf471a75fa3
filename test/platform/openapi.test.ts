import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { caseKey, canonicalEnvelope, pickupKey, ratingKey } from '../../electron/platform-api/canonical.ts';
import { EXAMPLES, PROBLEM_EXAMPLE } from '../../electron/platform-api/examples.ts';
import { PROBLEM_TYPES, ProblemDetails } from '../../electron/platform-api/messages.ts';
import { buildOpenApi } from '../../electron/platform-api/openapi.ts';
import {
  PROBLEM_STATUS,
  ROUTES,
  ROUTE_NAMES,
  pathOf,
  pathParametersOf,
  problemsOf,
  type Route,
} from '../../electron/platform-api/routes.ts';
import { canonicalJson } from '../../electron/domain/case-payload.ts';
import { OPENAPI_FILE } from './write-openapi.ts';

const document = buildOpenApi() as unknown as {
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

describe('the OpenAPI document', () => {
  it('is kept up to date in openapi.json (else: node test/platform/write-openapi.ts)', () => {
    expect(JSON.parse(readFileSync(OPENAPI_FILE, 'utf8'))).toEqual(document);
  });

  it('is one, by the schema of OpenAPI 3.1 itself', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(readFileSync(OPENAPI_FILE, 'utf8'));
    expect(errors ?? []).toEqual([]);
    expect([valid, validator.version]).toEqual([true, '3.1']);
    // The validator is no yes-man.
    expect((await new Validator().validate({ ...document, paths: { 'no-slash': {} } })).valid).toBe(false);
  });

  it('has only references that lead somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(30);
    for (const reference of references) {
      const target = reference
        .split('/')
        .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
      expect(target, reference).toBeDefined();
    }
  });

  it('has schemas that a JSON Schema 2020-12 validator takes', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'platform.json', ...document });
    for (const name of Object.keys(document.components.schemas)) {
      expect(() => ajv.compile({ $ref: `platform.json#/components/schemas/${name}` }), name).not.toThrow();
    }
  });
});

describe.each(ROUTE_NAMES)('the example of %s', (name) => {
  const route: Route = ROUTES[name];
  const example = EXAMPLES[name];

  it('is parsed by the schemas and loses nothing', () => {
    const parts: [z.ZodType | null, unknown][] = [
      [route.request, example.request],
      [route.answer, example.answer],
    ];
    for (const [schema, value] of parts) {
      if (schema === null) expect(value).toBeNull();
      else expect(schema.parse(value)).toEqual(value);
    }
  });

  it('has every parameter, and a key just when one is needed', () => {
    expect(Object.keys(example.parameters).sort()).toEqual([...pathParametersOf(name), ...route.query].sort());
    expect(pathOf(name, example.parameters)).not.toMatch(/[{} ]/);
    expect(example.key !== null).toBe(route.idempotent);
  });

  it('may answer only with problems that have a status and are known to the kiosk', () => {
    for (const type of problemsOf(name)) {
      expect(PROBLEM_TYPES[type]).toMatch(/^(retry|permanent)$/);
      expect(PROBLEM_STATUS[type]).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('keys and canonical text', () => {
  it('are those of the examples', () => {
    const { submitCase, reportPickup, rate } = EXAMPLES;
    expect(caseKey(submitCase.request.caseId, 1)).toBe(submitCase.key);
    expect(pickupKey(reportPickup.request.pickupId, 1)).toBe(reportPickup.key);
    expect(ratingKey(rate.request.ratingId)).toBe(rate.key);
  });

  it('do not depend on the order of members', () => {
    const envelope = { kid: 'k', ct: 'c', alg: 'HPKE-X25519-SHA256-AES256GCM', enc: 'e' } as const;
    expect(canonicalEnvelope(envelope)).toBe('{"alg":"HPKE-X25519-SHA256-AES256GCM","ct":"c","enc":"e","kid":"k"}');
    expect(canonicalEnvelope(envelope)).toBe(canonicalJson(envelope));
  });

  it('throws when a parameter of a path is missing, and escapes those that are there', () => {
    expect(() => pathOf('getPickups')).toThrow(RangeError);
    expect(pathOf('getSubmission', { key: 'case:1/2:1' })).toBe('/v1/submissions/case%3A1%2F2%3A1');
    expect(pathOf('findCase', { number: 'CH03 260318 0042 7' })).toBe('/v1/cases?number=CH03%20260318%200042%207');
  });

  it('has an example of a problem that is one', () => {
    expect(ProblemDetails.parse(PROBLEM_EXAMPLE)).toEqual(PROBLEM_EXAMPLE);
    expect(PROBLEM_STATUS['urn:hall24:sequence-gap']).toBe(PROBLEM_EXAMPLE.status);
  });
});
