import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';

// Header fields: POSIX ustar.
const BLOCK = 512;
const NAME_LENGTH = 100;
const SIZE_AT = 124;
const SIZE_LENGTH = 12;

/** A stream that takes a tar archive and gives the bytes of the one file of that name; it fails if there is none. */
export function cutFromTar(name: string): Transform {
  let pending = Buffer.alloc(0);
  /** Bytes of the current entry still to come, without and with padding. */
  let content = 0;
  let padded = 0;
  let wanted = false;
  let found = false;

  function readHeader(header: Buffer): void {
    const end = header.indexOf(0);
    const entry = header.toString('utf8', 0, Math.min(end === -1 ? NAME_LENGTH : end, NAME_LENGTH));
    const size = Number.parseInt(header.toString('latin1', SIZE_AT, SIZE_AT + SIZE_LENGTH), 8);
    content = Number.isNaN(size) ? 0 : size;
    padded = Math.ceil(content / BLOCK) * BLOCK;
    wanted = entry === name;
    found ||= wanted;
  }

  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      let rest = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (rest.length > 0) {
        if (padded === 0) {
          if (rest.length < BLOCK) break;
          readHeader(rest.subarray(0, BLOCK));
          rest = rest.subarray(BLOCK);
          continue;
        }
        const part = rest.subarray(0, padded);
        if (wanted && content > 0) this.push(part.subarray(0, content));
        content = Math.max(0, content - part.length);
        padded -= part.length;
        rest = rest.subarray(part.length);
      }
      pending = Buffer.from(rest);
      done();
    },
    flush(done: TransformCallback) {
      done(found && padded === 0 ? null : new Error(`tar: ${name} is missing or cut short`));
    },
  });
}
