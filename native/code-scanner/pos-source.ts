import { AnswerSplitter } from './answer-splitter.ts';
import type { CodeSource, Scanned } from './code-source.ts';
import type { CommandSet } from './command-frames.ts';
import { MAX_CODE_LENGTH } from './scan-stream.ts';

/** Byte maps of HID POS reports (protocols 5.2): with an AIM id before the data, or without. */
export const POS_MAPS = ['auto', 'aim', 'newland'] as const;
export type PosMap = (typeof POS_MAPS)[number];

const REPORT_ID = 0x02;
const REPORT_LENGTH = 64;
/** Data bytes of one report. A Newland code of exactly this length may go on in the next report. */
export const POS_DATA_LENGTH = 56;
const AIM_START = 0x5d;
const AIM_LENGTH = 3;
/** Where the first map says whether more reports follow. */
const MORE_AT = 63;
/** The reports of one code come within a few milliseconds; longer silence means that one was lost. */
const REPORTS_SILENCE_MS = 100;

/** One input report taken apart. */
interface PosReport {
  readonly data: Uint8Array;
  /** The AIM id, e.g. `]Q1`; null under the map without. */
  readonly aim: string | null;
  /** Whether the code goes on: said by the report, or open until the next one or silence. */
  readonly more: 'yes' | 'no' | 'open';
}

/** Reads an input report with or without its id in front; null where it is none of a scanner. */
export function readPosReport(report: Uint8Array, map: PosMap): PosReport | null {
  // Without the report id everything stands one byte further ahead.
  const shifted = report.length === REPORT_LENGTH - 1;
  const body = shifted ? report : report[0] === REPORT_ID ? report.subarray(1) : null;
  if (body === null || body.length < AIM_LENGTH + 2) return null;
  const length = body[0] ?? 0;
  const withAim = map === 'aim' || (map === 'auto' && isAimId(body));
  const start = withAim ? 1 + AIM_LENGTH : 1;
  if (length === 0 || length > POS_DATA_LENGTH || start + length > body.length) return null;
  const data = body.slice(start, start + length);
  if (!withAim) return { data, aim: null, more: length === POS_DATA_LENGTH ? 'open' : 'no' };
  const aim = String.fromCharCode(...body.subarray(1, 1 + AIM_LENGTH));
  return { data, aim, more: ((body[MORE_AT - 1] ?? 0) & 1) === 1 ? 'yes' : 'no' };
}

/** `]`, a letter and a letter or digit. A code that begins so under the other map needs the option to be set. */
function isAimId(body: Uint8Array): boolean {
  const [, mark, kind = 0, variant = 0] = body;
  return mark === AIM_START && /^[A-Za-z][0-9A-Za-z]$/u.test(String.fromCharCode(kind, variant));
}

/** Codes of a HID POS scanner (usage page 8C), a code in one report or several. */
export class PosSource implements CodeSource {
  readonly silenceMs = REPORTS_SILENCE_MS;
  readonly #map: PosMap;
  readonly #commands: CommandSet;
  #parts: Uint8Array[] = [];
  #length = 0;
  #aim: string | null = null;
  #more: PosReport['more'] = 'no';
  /** The rest of a code that cannot be whole any more is passed over. */
  #broken = false;

  constructor(map: PosMap, commands: CommandSet) {
    this.#map = map;
    this.#commands = commands;
  }

  get started(): boolean {
    return this.#length > 0 || this.#broken;
  }

  get pending(): number {
    return this.#length;
  }

  push(report: Uint8Array): readonly Scanned[] {
    const read = readPosReport(report, this.#map);
    if (read === null) return [];
    const found: Scanned[] = [];
    // Another kind of code before the last one was complete: the end of that one was lost.
    if (this.#length > 0 && read.aim !== this.#aim) found.push(...this.#drop());
    this.#aim = read.aim;
    this.#more = read.more;
    this.#parts.push(read.data);
    this.#length += read.data.length;
    if (this.#length > MAX_CODE_LENGTH) {
      this.#broken = true;
      this.#parts = [];
      this.#length = 0;
    }
    if (read.more === 'no') found.push(...this.#finish());
    return found;
  }

  silence(): readonly Scanned[] {
    return this.#more === 'open' ? this.#finish() : this.#drop();
  }

  #finish(): readonly Scanned[] {
    const raw = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      raw.set(part, at);
      at += part.length;
    }
    const broken = this.#broken;
    this.#drop();
    if (broken || raw.length === 0) return [];
    const splitter = new AnswerSplitter(this.#commands);
    const pieces = splitter.push(raw);
    splitter.silence();
    const found = pieces.map(({ kind, bytes }): Scanned => {
      return kind === 'answer' ? { kind, frame: bytes } : { kind, raw: bytes };
    });
    return splitter.damaged > 0 ? [...found, { kind: 'damaged' }] : found;
  }

  #drop(): readonly Scanned[] {
    this.#parts = [];
    this.#length = 0;
    this.#more = 'no';
    this.#broken = false;
    return [];
  }
}
