import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { request } from 'undici';
import { buildOpenApi } from '../../electron/platform-api/openapi.ts';
import { pathOf, ROUTES, type RouteName } from '../../electron/platform-api/routes.ts';
import {
  UPLOAD_ROUTES,
  type UploadHeader,
  type UploadRoute,
  type UploadRouteName,
} from '../../electron/platform-api/uploads.ts';

/** An answer whose status, content type and body are as the document says. */
export interface CheckedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // Its shape was checked by the document; tests compare it with what they expect.
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CallParts {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Buffer;
  readonly token?: string | null;
  readonly contentType?: string;
}

export interface UploadParts {
  readonly attachmentId?: string;
  readonly headers?: Partial<Record<UploadHeader, string>>;
  readonly body?: Uint8Array;
  readonly token?: string;
}

/** An answer to a call of an upload; `problem` is null when it went well, and for HEAD. */
export interface UploadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly problem: Readonly<Record<string, unknown>> | null;
}

interface ResponseObject {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, { readonly schema: { readonly pattern: string } }>>;
}
type Responses = Readonly<Record<string, ResponseObject>>;
interface DocumentShape {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
  readonly components: { readonly responses: Responses };
}

const DOCUMENT_ID = 'platform.json';

/** Calls the platform and holds every answer against the OpenAPI document. */
export class CheckedClient {
  readonly #url: string;
  readonly #token: string;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
  readonly #document = buildOpenApi() as unknown as DocumentShape;
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
    this.#ajv.addSchema({ $id: DOCUMENT_ID, ...this.#document });
  }

  /** Throws when the answer is not one that the document allows. */
  async call(name: RouteName, parts: CallParts = {}): Promise<CheckedAnswer> {
    const route = ROUTES[name];
    const token = parts.token === undefined ? this.#token : parts.token;
    const body = parts.raw ?? (parts.body === undefined ? null : JSON.stringify(parts.body));
    const response = await request(this.#url + pathOf(name, parts.parameters), {
      method: route.method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === null ? {} : { 'content-type': parts.contentType ?? 'application/json' }),
        ...(parts.key === undefined ? {} : { 'idempotency-key': parts.key }),
      },
      body,
    });
    const text = await response.body.text();
    const answer = JSON.parse(text) as Record<string, unknown>;
    const { path, method } = { path: route.path, method: route.method.toLowerCase() };
    const type = String(response.headers['content-type']).split(';')[0] ?? '';
    const validate = this.#validator(path, method, response.statusCode, type);
    if (!validate(answer)) {
      throw new Error(`${name} ${response.statusCode}: ${this.#ajv.errorsText(validate.errors)} in ${text}`);
    }
    return { status: response.statusCode, headers: response.headers, text, body: answer };
  }

  /** A call of an upload. Throws when the answer's status, headers or problem are not ones that the document allows. */
  async upload(name: UploadRouteName, parts: UploadParts = {}): Promise<UploadAnswer> {
    const route: UploadRoute = UPLOAD_ROUTES[name];
    const method = route.method.toLowerCase();
    const response = await request(this.#url + route.path.replace('{attachmentId}', parts.attachmentId ?? ''), {
      method: route.method,
      headers: {
        authorization: `Bearer ${parts.token ?? this.#token}`,
        'Tus-Resumable': '1.0.0',
        ...(route.contentType === null ? {} : { 'content-type': route.contentType }),
        ...parts.headers,
      },
      body: parts.body ?? null,
    });
    const text = await response.body.text();
    const { statusCode: status, headers } = response;
    const described = this.#document.paths[route.path]?.[method]?.responses[String(status)];
    if (described === undefined) throw new Error(`${name} must not answer ${status}`);
    for (const [header, { schema }] of Object.entries(described.headers ?? {})) {
      const value = headers[header.toLowerCase()];
      if (typeof value !== 'string' || !new RegExp(schema.pattern).test(value)) {
        throw new Error(`${name} ${status}: ${header} is ${String(value)}`);
      }
    }
    if (text === '') {
      if (status >= 400 && method !== 'head') throw new Error(`${name} ${status} without a problem`);
      return { status, headers, problem: null };
    }
    const problem = JSON.parse(text) as Record<string, unknown>;
    const validate = this.#validator(route.path, method, status, String(headers['content-type']).split(';')[0] ?? '');
    if (!validate(problem)) throw new Error(`${name} ${status}: ${this.#ajv.errorsText(validate.errors)} in ${text}`);
    return { status, headers, problem };
  }

  #validator(path: string, method: string, status: number, type: string): ValidateFunction {
    const found = this.#document.paths[path]?.[method]?.responses[String(status)];
    if (found === undefined) throw new Error(`${method} ${path} must not answer ${status}`);
    const place = found.$ref?.slice(1) ?? `/paths/${escaped(path)}/${method}/responses/${status}`;
    const response =
      found.$ref === undefined ? found : this.#document.components.responses[place.split('/').at(-1) ?? ''];
    if (response?.content?.[type] === undefined) throw new Error(`${method} ${path} ${status} must not be ${type}`);
    const pointer = `${DOCUMENT_ID}#${place}/content/${escaped(type)}/schema`;
    const known = this.#validators.get(pointer);
    if (known !== undefined) return known;
    const made = this.#ajv.compile({ $ref: pointer });
    this.#validators.set(pointer, made);
    return made;
  }
}

/** A name as a step of a JSON pointer within a URI. */
function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
