import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cutFromTar } from './tar.ts';
import { unpackZip } from './zip.ts';

interface Member {
  readonly name: string;
  readonly content: Buffer;
  /** Unix mode with file type; a plain file that is not executable if left out. */
  readonly mode?: number;
  readonly deflate?: boolean;
}

/** A tar archive by the POSIX ustar layout, two empty blocks at its end. */
function tar(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ name, content }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip archive by PKWARE's APPNOTE, without check sums. */
function zip(members: readonly Member[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o100644, deflate = true } of members) {
    const data = deflate ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(deflate ? 8 : 0, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt32LE(mode * 0x10000, 38);
    central.writeUInt32LE(offset, 42);
    parts.push(local, Buffer.from(name), data);
    directory.push(central, Buffer.from(name));
    offset += local.length + Buffer.byteLength(name) + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, list, end, Buffer.from(comment)]);
}

function inPieces(bytes: Buffer, size: number): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return Readable.from(pieces);
}

async function cut(bytes: Buffer, size: number, name: string): Promise<Buffer> {
  const cutter = cutFromTar(name);
  const source = inPieces(bytes, size);
  source.pipe(cutter);
  return buffer(cutter);
}

describe('cutting one file out of a tar stream', () => {
  it('gives its bytes, however the stream is cut into pieces', async () => {
    const content = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(content, content, content, fc.integer({ min: 1, max: 2000 }), async (a, b, c, size) => {
        const archive = tar([
          { name: 'a', content: a },
          { name: 'p/b', content: b },
          { name: 'c', content: c },
        ]);
        expect((await cut(archive, size, 'p/b')).equals(b)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('fails when the file is missing or cut short', async () => {
    const archive = tar([{ name: 'a', content: Buffer.alloc(2000, 1) }]);
    await expect(cut(archive, 700, 'b')).rejects.toThrow('b is missing');
    await expect(cut(archive.subarray(0, 1500), 700, 'a')).rejects.toThrow('cut short');
  });
});

describe('unpacking a zip archive', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hall24-zip-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function unpack(archive: Buffer, place?: (name: string) => string | undefined): Promise<void> {
    await writeFile(join(folder, 'a.zip'), archive);
    await unpackZip(join(folder, 'a.zip'), join(folder, 'to'), place);
  }

  it('restores contents, executable files and links', async () => {
    const long = Buffer.alloc(100_000, 'text ');
    await unpack(
      zip(
        [
          { name: 'bin/', content: Buffer.alloc(0), mode: 0o040755, deflate: false },
          { name: 'bin/run', content: long, mode: 0o100755 },
          { name: '读我.txt', content: Buffer.from('stored'), deflate: false },
          { name: 'link', content: Buffer.from('bin/run'), mode: 0o120777, deflate: false },
        ],
        'a comment at the end',
      ),
    );
    expect((await readFile(join(folder, 'to', 'bin', 'run'))).equals(long)).toBe(true);
    expect((await stat(join(folder, 'to', 'bin', 'run'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(folder, 'to', '读我.txt'))).mode & 0o111).toBe(0);
    expect(await readlink(join(folder, 'to', 'link'))).toBe('bin/run');
  });

  it('takes only what it is told to, and puts it where it is told to', async () => {
    const members = ['a', 'b', 'c'].map((name) => ({ name: `x/${name}`, content: Buffer.from(name) }));
    await unpack(zip(members), (name) => (name === 'x/b' ? 'y' : undefined));
    expect(await readFile(join(folder, 'to', 'y'), 'utf8')).toBe('b');
    expect(existsSync(join(folder, 'to', 'x'))).toBe(false);
  });

  it('refuses names that lead out of the folder', async () => {
    await expect(unpack(zip([{ name: '../evil', content: Buffer.from('x') }]))).rejects.toThrow('leads out');
    expect(existsSync(join(folder, 'evil'))).toBe(false);
  });

  it('refuses what is no archive, or only the beginning of one', async () => {
    const archive = zip([{ name: 'a', content: Buffer.alloc(5000, 7), deflate: false }]);
    await expect(unpack(Buffer.from('this is no zip'))).rejects.toThrow('no end of central directory');
    await expect(unpack(archive.subarray(0, 3000))).rejects.toThrow('no end of central directory');
    const broken = Buffer.from(archive);
    broken.writeUInt32LE(0, 0);
    await expect(unpack(broken)).rejects.toThrow('broken entry');
  });
});
