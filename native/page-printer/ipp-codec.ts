import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';

/** Kinds of values that are written (RFC 8010, 3.5.2). */
const TAG = {
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  charset: 0x47,
  language: 0x48,
  mediaType: 0x49,
} as const;
const GROUP = { operation: 0x01, job: 0x02, end: 0x03 } as const;

export type IppKind = keyof typeof TAG;

/** An attribute to be written; several values make a set. */
export interface IppAttribute {
  readonly name: string;
  readonly kind: IppKind;
  readonly values: readonly (string | number | boolean)[];
}

/** A value that was read; what this product does not need to understand stays bytes, "no value" is null. */
export type IppValue = string | number | boolean | Uint8Array | null;

/** One group of attributes of an answer, e.g. one job of a list. */
export interface IppGroup {
  readonly tag: number;
  readonly attributes: ReadonlyMap<string, readonly IppValue[]>;
}

export interface IppAnswer {
  /** Status of an answer; of a request the operation. */
  readonly status: number;
  readonly requestId: number;
  readonly groups: readonly IppGroup[];
  /** What follows the attributes: the document of a request. */
  readonly rest: Uint8Array;
}

/** Operations (RFC 8011 and CUPS). */
export const IPP = {
  createJob: 0x0005,
  sendDocument: 0x0006,
  cancelJob: 0x0008,
  getJobAttributes: 0x0009,
  getJobs: 0x000a,
  getPrinterAttributes: 0x000b,
  cupsGetDefault: 0x4001,
  cupsGetPrinters: 0x4002,
} as const;

/** Statuses that matter (RFC 8011, appendix B). */
export const IPP_STATUS = {
  /** Up to here it is a success. */
  lastSuccess: 0x00ff,
  notPossible: 0x0404,
  notFound: 0x0406,
  formatNotSupported: 0x040a,
  notAcceptingJobs: 0x0506,
} as const;

/** Group tags of answers. */
export const IPP_GROUP = { job: 0x02, printer: 0x04 } as const;

const text = new TextEncoder();
const fromText = new TextDecoder();
/** Sets longer than this are nonsense. */
const MAX_VALUES = 10_000;

/** One attribute. */
export function attribute(
  name: string,
  kind: IppKind,
  ...values: readonly (string | number | boolean)[]
): IppAttribute {
  return { name, kind, values };
}

/** Writes a request: version 1.1, which every server takes. */
export function encodeIpp(request: {
  readonly operation: number;
  readonly requestId: number;
  readonly attributes: readonly IppAttribute[];
  readonly job?: readonly IppAttribute[];
  readonly document?: Uint8Array;
}): Uint8Array {
  const out: number[] = [0x01, 0x01, ...two(request.operation), ...four(request.requestId), GROUP.operation];
  const first = [
    attribute('attributes-charset', 'charset', 'utf-8'),
    attribute('attributes-natural-language', 'language', 'en'),
  ];
  for (const one of [...first, ...request.attributes]) put(out, one);
  if (request.job && request.job.length > 0) {
    out.push(GROUP.job);
    for (const one of request.job) put(out, one);
  }
  out.push(GROUP.end);
  const document = request.document ?? new Uint8Array(0);
  const bytes = new Uint8Array(out.length + document.length);
  bytes.set(out);
  bytes.set(document, out.length);
  return bytes;
}

function put(out: number[], { name, kind, values }: IppAttribute): void {
  for (const [index, value] of values.entries()) {
    const label = index === 0 ? text.encode(name) : new Uint8Array(0);
    const content = bytesOf(value);
    out.push(TAG[kind], ...two(label.length), ...label, ...two(content.length), ...content);
  }
}

function bytesOf(value: string | number | boolean): Iterable<number> & { readonly length: number } {
  if (typeof value === 'number') return four(value);
  return typeof value === 'boolean' ? [value ? 1 : 0] : text.encode(value);
}

function two(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function four(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Reads an answer (or a request, which is laid out alike); anything that is cut short or out of order is `bad-answer`. */
export function decodeIpp(bytes: Uint8Array): Result<IppAnswer, 'bad-answer'> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 9) return err('bad-answer');
  const groups: { readonly tag: number; readonly attributes: Map<string, IppValue[]> }[] = [];
  let at = 8;
  let current: IppValue[] | null = null;
  let count = 0;
  for (;;) {
    const tag = bytes[at];
    at += 1;
    if (tag === undefined) return err('bad-answer');
    if (tag === GROUP.end) {
      return ok({ status: view.getUint16(2), requestId: view.getUint32(4), groups, rest: bytes.subarray(at) });
    }
    if (tag < 0x10) {
      groups.push({ tag, attributes: new Map() });
      current = null;
      continue;
    }
    if (at + 2 > bytes.length) return err('bad-answer');
    const nameLength = view.getUint16(at);
    if (at + 4 + nameLength > bytes.length) return err('bad-answer');
    const name = fromText.decode(bytes.subarray(at + 2, at + 2 + nameLength));
    const length = view.getUint16(at + 2 + nameLength);
    const start = at + 4 + nameLength;
    at = start + length;
    count += 1;
    const group = groups.at(-1);
    if (at > bytes.length || !group || count > MAX_VALUES) return err('bad-answer');
    if (nameLength > 0) {
      current = [];
      group.attributes.set(name, current);
    }
    if (!current) return err('bad-answer');
    const value = valueOf(tag, bytes.subarray(start, at));
    if (value === undefined) return err('bad-answer');
    current.push(value);
  }
}

/** `undefined` for a value whose length is wrong. */
function valueOf(tag: number, bytes: Uint8Array): IppValue | undefined {
  // Out-of-band values: unsupported, unknown, no value and so on.
  if (tag < 0x20) return null;
  if (tag === TAG.integer || tag === TAG.enum) {
    return bytes.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getInt32(0) : undefined;
  }
  if (tag === TAG.boolean) return bytes.length === 1 ? bytes[0] !== 0 : undefined;
  return tag >= 0x40 && tag <= 0x5f ? fromText.decode(bytes) : bytes.slice();
}

/** The whole numbers of an attribute. */
export function numbersOf(group: IppGroup | undefined, name: string): readonly number[] {
  return (group?.attributes.get(name) ?? []).filter((value) => typeof value === 'number');
}

/** The texts of an attribute. */
export function textsOf(group: IppGroup | undefined, name: string): readonly string[] {
  return (group?.attributes.get(name) ?? []).filter((value) => typeof value === 'string');
}
