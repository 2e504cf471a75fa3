import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * A disk whose fsync takes longer: a shared object of two functions, `fsync` and `fdatasync`, that wait and then do what
 * they are called. It is written byte by byte, so that no compiler is needed. Linux on x86-64 only.
 */

const SYSCALLS = { fsync: 74, fdatasync: 75 } as const;
const HEADER = 64;
const PROGRAM_HEADER = 56;

/** Machine code: sleep for `ns` nanoseconds, then the system call with its argument; -1 for every error. */
function code(syscall: number, ns: number): Buffer {
  const sleepFor = Buffer.alloc(4);
  sleepFor.writeUInt32LE(ns);
  const call = Buffer.alloc(4);
  call.writeUInt32LE(syscall);
  return Buffer.concat([
    Buffer.from('574883ec10', 'hex'), // push rdi; sub rsp, 16
    Buffer.from('48c7042400000000', 'hex'), // mov qword [rsp], 0: seconds
    Buffer.concat([Buffer.from('48c7442408', 'hex'), sleepFor]), // mov qword [rsp+8], ns
    Buffer.from('4889e731f6b8230000000f05', 'hex'), // mov rdi, rsp; xor esi, esi; mov eax, 35 (nanosleep); syscall
    Buffer.from('4883c4105f', 'hex'), // add rsp, 16; pop rdi
    Buffer.concat([Buffer.from('b8', 'hex'), call, Buffer.from('0f05', 'hex')]), // mov eax, NUMBER; syscall
    Buffer.from('85c07905b8ffffffffc3', 'hex'), // test eax, eax; jns to the ret; mov eax, -1; ret
  ]);
}

/** The shared object (ELF 64, System V). */
function sharedObject(ns: number): Buffer {
  const names = Object.keys(SYSCALLS) as (keyof typeof SYSCALLS)[];
  const parts = names.map((name) => Buffer.concat([code(SYSCALLS[name], ns), Buffer.alloc(16)]).subarray(0, 64));
  const strings = Buffer.from(`\0${names.join('\0')}\0`, 'latin1');
  const textAt = HEADER + 3 * PROGRAM_HEADER;
  const codeAt = Math.ceil(textAt / 16) * 16;
  const stringsAt = codeAt + parts.length * 64;
  const symbolsAt = Math.ceil((stringsAt + strings.length) / 8) * 8;
  const hashAt = symbolsAt + (names.length + 1) * 24;
  const hash = Buffer.alloc(4 * (2 + 1 + names.length + 1));
  const chain = [1, names.length + 1, 1, 0, ...names.map((_, index) => (index + 1 < names.length ? index + 2 : 0))];
  for (const [index, value] of chain.entries()) hash.writeUInt32LE(value, index * 4);
  const dynamicAt = Math.ceil((hashAt + hash.length) / 8) * 8;
  const dynamic = [
    [4, hashAt], // DT_HASH
    [5, stringsAt], // DT_STRTAB
    [6, symbolsAt], // DT_SYMTAB
    [10, strings.length], // DT_STRSZ
    [11, 24], // DT_SYMENT
    [0, 0],
  ];
  const size = dynamicAt + dynamic.length * 16;
  const file = Buffer.alloc(size);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(3, 16); // a shared object
  file.writeUInt16LE(62, 18); // x86-64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(HEADER), 32);
  file.writeUInt16LE(HEADER, 52);
  file.writeUInt16LE(PROGRAM_HEADER, 54);
  file.writeUInt16LE(3, 56);
  const header = (index: number, type: number, flags: number, at: number, length: number, align: number): void => {
    const start = HEADER + index * PROGRAM_HEADER;
    file.writeUInt32LE(type, start);
    file.writeUInt32LE(flags, start + 4);
    for (const [offset, value] of [at, at, at, length, length, align].entries()) {
      file.writeBigUInt64LE(BigInt(value), start + 8 + offset * 8);
    }
  };
  header(0, 1, 7, 0, size, 4096); // loaded; the loader writes into the dynamic part
  header(1, 2, 6, dynamicAt, dynamic.length * 16, 8);
  header(2, 0x6474e551, 6, 0, 0, 16); // a stack that is not executable
  for (const [index, part] of parts.entries()) file.set(part, codeAt + index * 64);
  file.set(strings, stringsAt);
  for (const [index, name] of names.entries()) {
    const at = symbolsAt + (index + 1) * 24;
    file.writeUInt32LE(strings.indexOf(`\0${name}\0`, 0, 'latin1') + 1, at);
    file[at + 4] = 0x12; // a global function
    file.writeUInt16LE(1, at + 6);
    file.writeBigUInt64LE(BigInt(codeAt + index * 64), at + 8);
    file.writeBigUInt64LE(64n, at + 16);
  }
  file.set(hash, hashAt);
  for (const [index, [tag, value]] of dynamic.entries()) {
    file.writeBigUInt64LE(BigInt(tag ?? 0), dynamicAt + index * 16);
    file.writeBigUInt64LE(BigInt(value ?? 0), dynamicAt + index * 16 + 8);
  }
  return file;
}

/** Environment in which every fsync takes `delayMs` longer; null where that cannot be done. */
export async function slowDisk(dir: string, delayMs: number): Promise<Readonly<Record<string, string>> | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  await mkdir(dir, { recursive: true });
  const path = join(dir, `slow-fsync-${delayMs}.so`);
  await writeFile(path, sharedObject(Math.round(delayMs * 1e6)));
  return { LD_PRELOAD: path };
}
