import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

/** One thing that a program did to its files, or said, in order. */
export type DiskEvent =
  | {
      readonly kind: 'open';
      readonly file: number;
      readonly name: string;
      readonly created: boolean;
      readonly cleared: boolean;
    }
  | { readonly kind: 'write'; readonly file: number; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'cut'; readonly file: number; readonly length: number }
  | { readonly kind: 'sync'; readonly file: number }
  | { readonly kind: 'folder'; readonly name: string }
  /** The names in this folder are safe; '' is the store's own. */
  | { readonly kind: 'sync-folder'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly name: string }
  | { readonly kind: 'said'; readonly text: string };

const CALLS =
  'openat,open,creat,close,pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat';

/**
 * Runs a Node program under strace and gives what it did to the files of `dir`, with what it wrote to standard output in
 * between. Only its main thread is followed: the store works nowhere else.
 * @throws when strace is not there or the program fails
 */
export async function traceDisk(dir: string, program: string, args: readonly string[]): Promise<DiskEvent[]> {
  const log = join(dir, '..', 'trace.txt');
  const words = ['-o', log, '-xx', '-s', '10000000', '-e', `trace=${CALLS}`, process.execPath, program, ...args];
  await promisify(execFile)('strace', words, { maxBuffer: 1 << 28 });
  return readTrace(await readFile(log, 'latin1'), dir);
}

const LINE = /^(\w+)\((.*)\)\s+= (-?\d+)/u;

/** Reads the log of strace (`-xx`: all strings in hexadecimal). */
export function readTrace(text: string, dir: string): DiskEvent[] {
  const events: DiskEvent[] = [];
  /** Descriptors in `dir`: number of the file, or the folder's name. */
  const open = new Map<number, { readonly file: number | string; at: number }>();
  const folders = new Set(['']);
  /** Names to the numbers by which their files are known, as the program sees them. */
  const names = new Map<string, number>();
  let files = 0;
  const local = (path: string): string | null => {
    const inside = relative(dir, path);
    return inside.startsWith('..') || inside.endsWith('-shm') ? null : inside;
  };
  for (const line of text.split('\n')) {
    const found = LINE.exec(line);
    if (!found) continue;
    const [, call = '', rest = '', result = '-1'] = found;
    if (Number(result) < 0) continue;
    const strings = [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/gu)].map(([, hex = '']) =>
      Buffer.from(hex.replaceAll('\\x', ''), 'hex'),
    );
    const numbers = rest
      .replaceAll(/"[^"]*"(\.\.\.)?/gu, '')
      .split(',')
      .map((word) => word.trim());
    const descriptor = Number(numbers[0]);
    switch (call) {
      case 'open':
      case 'openat':
      case 'creat': {
        const name = local(String(strings[0]));
        if (name === null) break;
        if (folders.has(name)) {
          open.set(Number(result), { file: name, at: 0 });
          break;
        }
        const known = names.get(name);
        const created = known === undefined && (call === 'creat' || rest.includes('O_CREAT'));
        if (known === undefined && !created) break;
        const file = known ?? files++;
        names.set(name, file);
        open.set(Number(result), { file, at: 0 });
        events.push({ kind: 'open', file, name, created, cleared: call === 'creat' || rest.includes('O_TRUNC') });
        break;
      }
      case 'close':
        open.delete(descriptor);
        break;
      case 'write': {
        const bytes = (strings[0] ?? Buffer.alloc(0)).subarray(0, Number(result));
        const target = open.get(descriptor);
        if (descriptor === 1) events.push({ kind: 'said', text: bytes.toString('utf8') });
        if (typeof target?.file !== 'number') break;
        events.push({ kind: 'write', file: target.file, at: target.at, bytes });
        target.at += bytes.length;
        break;
      }
      case 'pwrite64': {
        const target = open.get(descriptor);
        if (typeof target?.file !== 'number') break;
        const bytes = (strings[0] ?? Buffer.alloc(0)).subarray(0, Number(result));
        events.push({ kind: 'write', file: target.file, at: Number(numbers.at(-1)), bytes });
        break;
      }
      case 'ftruncate': {
        const target = open.get(descriptor);
        if (typeof target?.file === 'number')
          events.push({ kind: 'cut', file: target.file, length: Number(numbers[1]) });
        break;
      }
      case 'fsync':
      case 'fdatasync': {
        const target = open.get(descriptor);
        if (!target) break;
        const { file } = target;
        events.push(typeof file === 'string' ? { kind: 'sync-folder', name: file } : { kind: 'sync', file });
        break;
      }
      case 'mkdir':
      case 'mkdirat': {
        const name = local(String(strings[0]));
        if (name === null || name === '') break;
        folders.add(name);
        events.push({ kind: 'folder', name });
        break;
      }
      case 'unlink':
      case 'unlinkat': {
        const name = local(String(strings[0]));
        if (name === null || !names.delete(name)) break;
        events.push({ kind: 'unlink', name });
        break;
      }
      default: {
        const [from, to] = [local(String(strings[0])), local(String(strings[1]))];
        if (from === null || to === null) break;
        const file = names.get(from);
        if (file === undefined) break;
        names.delete(from);
        names.set(to, file);
        events.push({ kind: 'rename', from, to });
      }
    }
  }
  return events;
}
