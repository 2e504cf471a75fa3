import { closeSync, openSync, readFileSync, readdirSync, readSync } from 'node:fs';
import type { Needle, NeedleSet } from './needles.ts';

/** A process of the kiosk. */
export interface KioskProcess {
  readonly pid: number;
  /** e.g. `main`, `renderer`, `gpu-process`, `zygote`, `hall24-queue`. */
  readonly kind: string;
}

/** Bytes that are looked through at once. */
const PIECE = 2 * 1024 * 1024;
const PAGE = 4096;
/** Bits of /proc/PID/pagemap: present in memory, or swapped out. */
const PRESENT_HIGH = 0x80000000;
const SWAPPED_HIGH = 0x40000000;

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
}

/**
 * The main process and all below it.
 * @param names what the kiosk itself calls its helper processes, by process id
 */
export function processesOf(root: number, names: ReadonlyMap<number, string>): readonly KioskProcess[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [, rest] = readText(`/proc/${entry}/stat`).split(/\) (?=[A-Z] )/);
    const parent = rest?.split(' ')[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const found: KioskProcess[] = [];
  const below = (pid: number): void => {
    const type = /--type=([\w-]+)/.exec(readText(`/proc/${pid}/cmdline`))?.[1];
    found.push({ pid, kind: pid === root ? 'main' : (names.get(pid) ?? type ?? 'other') });
    for (const [child, parent] of parents) if (parent === pid) below(child);
  };
  below(root);
  return found;
}

/** Whether the process is still there. */
export function lives(pid: number): boolean {
  const state = readText(`/proc/${pid}/stat`).split(/\) (?=[A-Z] )/)[1]?.[0];
  return state !== undefined && state !== 'Z';
}

interface Region {
  readonly from: number;
  readonly to: number;
}

/** What a process can write or has written: not the files that it only reads. */
function regionsOf(pid: number): readonly Region[] {
  return readText(`/proc/${pid}/maps`)
    .split('\n')
    .flatMap((line) => {
      const match = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)\s*(.*)$/.exec(line);
      if (!match) return [];
      const [, from = '', to = '', rights = '', inode = '0', name = ''] = match;
      const readOnlyFile = inode !== '0' && !rights.includes('w') && name.startsWith('/') && !name.includes('memfd');
      if (!rights.startsWith('r') || readOnlyFile || /^\[(vvar|vsyscall|vdso)/.test(name)) return [];
      return [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }];
    });
}

/** The parts of a region that hold something, in memory or in swap. */
function held(pagemap: number, { from, to }: Region): readonly Region[] {
  const parts: Region[] = [];
  let begun: number | null = null;
  const entries = Buffer.alloc(65_536 * 8);
  for (let page = from / PAGE; page < to / PAGE; page += 65_536) {
    const count = Math.min(65_536, to / PAGE - page);
    const read = readSync(pagemap, entries, 0, count * 8, page * 8) / 8;
    for (let index = 0; index < count; index += 1) {
      const there = index < read && (entries.readUInt32LE(index * 8 + 4) & (PRESENT_HIGH | SWAPPED_HIGH)) !== 0;
      const at = (page + index) * PAGE;
      if (there) begun ??= at;
      else if (begun !== null) {
        parts.push({ from: begun, to: at });
        begun = null;
      }
    }
  }
  if (begun !== null) parts.push({ from: begun, to });
  return parts;
}

/** What was looked through, and what was found there. */
export interface Searched {
  readonly bytes: number;
  readonly hits: readonly { readonly needle: Needle; readonly around: string }[];
}

/** Whether memory of other processes can be read at all: Linux, as root or the same user. */
export function canReadMemory(): boolean {
  return process.platform === 'linux' && readText('/proc/self/maps') !== '';
}

/**
 * Looks through all memory of a process that it holds at this moment. Null when the process has ended. Lets the simulated
 * devices, which live in this process too, answer in between.
 */
export async function searchMemory(pid: number, needles: NeedleSet): Promise<Searched | null> {
  let memory: number;
  let pagemap: number;
  try {
    memory = openSync(`/proc/${pid}/mem`, 'r');
  } catch {
    return null;
  }
  try {
    pagemap = openSync(`/proc/${pid}/pagemap`, 'r');
  } catch {
    closeSync(memory);
    return null;
  }
  let bytes = 0;
  const hits: { needle: Needle; around: string }[] = [];
  const piece = Buffer.allocUnsafe(PIECE + needles.longest);
  try {
    for (const region of regionsOf(pid)) {
      for (const part of held(pagemap, region)) {
        for (let at = part.from; at < part.to; at += PIECE) {
          const wanted = Math.min(PIECE + needles.longest, part.to - at);
          const got = readPiece(memory, piece, wanted, at);
          bytes += Math.min(got, PIECE);
          const view = piece.subarray(0, got);
          await new Promise((resolve) => setImmediate(resolve));
          needles.search(view, PIECE, (needle, place) => hits.push({ needle, around: aroundOf(view, place, needle) }));
        }
      }
    }
  } finally {
    closeSync(memory);
    closeSync(pagemap);
    // This process must not become the place where the next search finds the last one's data.
    piece.fill(0);
  }
  return { bytes, hits };
}

function readPiece(memory: number, into: Buffer, length: number, at: number): number {
  let got = 0;
  while (got < length) {
    let read = 0;
    try {
      read = readSync(memory, into, got, length - got, at + got);
    } catch {
      // Pages that were given back meanwhile.
    }
    if (read === 0) break;
    got += read;
  }
  return got;
}

/** What stands beside a finding, readable, with the finding itself left out. */
export function aroundOf(bytes: Buffer, at: number, { bytes: found, what }: Needle): string {
  const words = (part: Buffer): string => part.toString('latin1').replaceAll(/[^\x20-\x7e]+/g, '·');
  const before = words(bytes.subarray(Math.max(0, at - 80), at));
  return `${before}<${what}>${words(bytes.subarray(at + found.length, at + found.length + 80))}`;
}
