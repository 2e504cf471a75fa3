import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import { JOB_COMMANDS, SPOOLER_DATATYPES, SPOOLER_ERRORS } from '../model/spooler.ts';
import type { JobCommand, SpoolerDatatype, SpoolerError, SpoolerJob, SpoolerPrinter } from '../model/spooler.ts';

/**
 * Messages between a driver and a printer of the Windows spooler, which has no wire of its own: each is one line of JSON;
 * bytes of a document follow it.
 */
export type SpoolerRequest =
  | { readonly ask: 'printer' }
  | { readonly ask: 'start'; readonly document: string; readonly datatype: SpoolerDatatype }
  | { readonly ask: 'write'; readonly bytes: Uint8Array }
  | { readonly ask: 'end' }
  | { readonly ask: 'abort' }
  | { readonly ask: 'job'; readonly id: number }
  | { readonly ask: 'jobs'; readonly document: string }
  | { readonly ask: 'control'; readonly id: number; readonly command: JobCommand };

/** What an answer holds beyond yes or no. */
export type SpoolerValue =
  | null
  | { readonly printer: SpoolerPrinter }
  | { readonly started: number }
  | { readonly job: SpoolerJob | null }
  | { readonly jobs: readonly number[] };

export type SpoolerAnswer = Result<SpoolerValue, SpoolerError>;

/** A message with the number that its answer carries too. */
export interface Numbered<T> {
  readonly number: number;
  readonly message: T;
}

/** Longest piece of a document in one message, in bytes: with its line it stays below what any line carries. */
export const SPOOLER_PIECE = 3_584;
/** Jobs of one list; more of one kiosk are nonsense. */
const MAX_JOBS = 256;
const NEWLINE = 0x0a;
const toBytes = new TextEncoder();

/** Writes a request. */
export function encodeSpoolerRequest(number: number, request: SpoolerRequest): Uint8Array {
  if (request.ask !== 'write') return toBytes.encode(`${JSON.stringify({ number, ...request })}\n`);
  const line = toBytes.encode(`${JSON.stringify({ number, ask: 'write' })}\n`);
  const bytes = new Uint8Array(line.length + request.bytes.length);
  bytes.set(line);
  bytes.set(request.bytes, line.length);
  return bytes;
}

/** Reads a request; what is no whole and right one is `bad-message`. */
export function decodeSpoolerRequest(bytes: Uint8Array): Result<Numbered<SpoolerRequest>, 'bad-message'> {
  const read = readLine(bytes);
  if (!read) return err('bad-message');
  const { number, fields, rest } = read;
  const message = requestOf(fields, rest);
  return message === null ? err('bad-message') : ok({ number, message });
}

function requestOf(fields: Fields, rest: Uint8Array): SpoolerRequest | null {
  const { ask, document, id } = fields;
  if (ask === 'write') return { ask, bytes: rest };
  if (rest.length > 0) return null;
  switch (ask) {
    case 'printer':
    case 'end':
    case 'abort':
      return { ask };
    case 'start': {
      const datatype = SPOOLER_DATATYPES.find((one) => one === fields['datatype']);
      return typeof document === 'string' && datatype ? { ask, document, datatype } : null;
    }
    case 'job':
      return isCount(id) ? { ask, id } : null;
    case 'jobs':
      return typeof document === 'string' ? { ask, document } : null;
    case 'control': {
      const command = JOB_COMMANDS.find((one) => one === fields['command']);
      return isCount(id) && command ? { ask, id, command } : null;
    }
    default:
      return null;
  }
}

/** Writes an answer. */
export function encodeSpoolerAnswer(number: number, answer: SpoolerAnswer): Uint8Array {
  const fields = answer.ok ? { value: answer.value } : { error: answer.error };
  return toBytes.encode(`${JSON.stringify({ number, ...fields })}\n`);
}

/** Reads an answer; what is no whole and right one is `bad-message`. */
export function decodeSpoolerAnswer(bytes: Uint8Array): Result<Numbered<SpoolerAnswer>, 'bad-message'> {
  const read = readLine(bytes);
  if (!read || read.rest.length > 0) return err('bad-message');
  const { number, fields } = read;
  if ('error' in fields) {
    const { code, detail } = asFields(fields['error']) ?? {};
    const known = SPOOLER_ERRORS.find((one) => one === code);
    if (!known || typeof detail !== 'string') return err('bad-message');
    return ok({ number, message: err({ code: known, detail }) });
  }
  const value = 'value' in fields ? valueOf(fields['value']) : undefined;
  return value === undefined ? err('bad-message') : ok({ number, message: ok(value) });
}

/** `undefined` for what is no value. */
function valueOf(value: unknown): SpoolerValue | undefined {
  if (value === null) return null;
  const fields = asFields(value);
  if (!fields) return undefined;
  if ('started' in fields) return isCount(fields['started']) ? { started: fields['started'] } : undefined;
  if ('jobs' in fields) {
    const { jobs } = fields;
    return Array.isArray(jobs) && jobs.length <= MAX_JOBS && jobs.every(isCount) ? { jobs } : undefined;
  }
  if ('job' in fields) {
    if (fields['job'] === null) return { job: null };
    const { id, document, status, pagesPrinted } = asFields(fields['job']) ?? {};
    if (!isCount(id) || typeof document !== 'string' || !isCount(status) || !isCount(pagesPrinted)) return undefined;
    return { job: { id, document, status, pagesPrinted } };
  }
  const { status, attributes, driver, port, jobs } = asFields(fields['printer']) ?? {};
  if (!isCount(status) || !isCount(attributes) || !isCount(jobs)) return undefined;
  if (typeof driver !== 'string' || typeof port !== 'string') return undefined;
  return { printer: { status, attributes, driver, port, jobs } };
}

type Fields = Readonly<Record<string, unknown>>;

function readLine(
  bytes: Uint8Array,
): { readonly number: number; readonly fields: Fields; readonly rest: Uint8Array } | null {
  const end = bytes.indexOf(NEWLINE);
  if (end < 0) return null;
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end)));
  } catch {
    return null;
  }
  const fields = asFields(read);
  return fields && isCount(fields['number']) ? { number: fields['number'], fields, rest: bytes.slice(end + 1) } : null;
}

function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** Numbers and bit fields of the spooler are 32 bits without a sign. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}
