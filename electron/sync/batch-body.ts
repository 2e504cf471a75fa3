import type { OutboxEntry } from '../services/ports.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Messages as the body of one request (`Batch` of the contract), in UTF-8. Their bytes are copied as they are stored, with
 * a backslash before each quotation mark and backslash: canonical JSON has no control characters, so nothing else in it
 * is written otherwise within a string. Half a megabyte of text made of bytes, and bytes of text again, costs more than all
 * else that is done for a batch.
 */
export function batchBody(entries: readonly Pick<OutboxEntry, 'kind' | 'idempotencyKey' | 'body'>[]): Uint8Array {
  const parts = entries.map(({ kind, idempotencyKey, body }, index) => {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const head = `${index === 0 ? '{"entries":[' : '"},'}{"kind":"${kind}","key":${JSON.stringify(idempotencyKey)},"body":"`;
    return { head: Buffer.from(head), bytes, marks: marksIn(bytes) };
  });
  const tail = Buffer.from(entries.length === 0 ? '{"entries":[]}' : '"}]}');
  const length = parts.reduce((sum, { head, bytes, marks }) => sum + head.length + bytes.length + marks.length, 0);
  const whole = Buffer.allocUnsafe(length + tail.length);
  let at = 0;
  for (const { head, bytes, marks } of parts) {
    at += head.copy(whole, at);
    let from = 0;
    for (const mark of marks) {
      at += bytes.copy(whole, at, from, mark);
      at = whole.writeUInt8(BACKSLASH, at);
      from = mark;
    }
    at += bytes.copy(whole, at, from);
  }
  tail.copy(whole, at);
  return whole;
}

/** Where the quotation marks and backslashes are, in their order. */
function marksIn(bytes: Buffer): number[] {
  const marks: number[] = [];
  let quote = bytes.indexOf(QUOTE);
  let backslash = bytes.indexOf(BACKSLASH);
  while (quote >= 0 || backslash >= 0) {
    if (backslash < 0 || (quote >= 0 && quote < backslash)) {
      marks.push(quote);
      quote = bytes.indexOf(QUOTE, quote + 1);
    } else {
      marks.push(backslash);
      backslash = bytes.indexOf(BACKSLASH, backslash + 1);
    }
  }
  return marks;
}
