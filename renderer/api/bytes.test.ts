import { describe, expect, it } from 'vitest';
import { blobOf, bytesOf } from './bytes.ts';

describe('bytes from base64', () => {
  const all = Uint8Array.from({ length: 256 }, (_, at) => at);
  it('are the same again', () => {
    expect(bytesOf(Buffer.from(all).toString('base64'))).toEqual(all);
    expect(bytesOf('')).toEqual(new Uint8Array(0));
  });
  it('are a whole film also when it is turned in pieces', async () => {
    const film = Uint8Array.from({ length: 1_700_001 }, (_, at) => (at * 7) % 251);
    const blob = await blobOf(Buffer.from(film).toString('base64'), 'video/webm');
    expect(blob.type).toBe('video/webm');
    expect(Buffer.compare(Buffer.from(await blob.arrayBuffer()), film)).toBe(0);
  });
});
