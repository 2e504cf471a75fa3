import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needlesOf, NeedleSet } from './needles.ts';

const NAME = '测安宝冰彩';

function forms(bytes: Buffer): string[] {
  const found: string[] = [];
  new NeedleSet(needlesOf('visit 1', 'name', NAME)).search(bytes, bytes.length, ({ form }) => found.push(form));
  return found;
}

describe('a search for traces', () => {
  it.each([
    ['utf-8', Buffer.from(`before ${NAME} after`)],
    ['utf-16', Buffer.from(`x${NAME} after`, 'utf16le')],
    ['utf-16', Buffer.concat([Buffer.from([7]), Buffer.from(`${NAME} after`, 'utf16le')])],
    ['json escapes', Buffer.from('{"n":"\\u6d4b\\u5b89\\u5b9d\\u51b0\\u5f69"}')],
    ['json escapes, capitals', Buffer.from('{"n":"\\u6D4B\\u5B89\\u5B9D\\u51B0\\u5F69"}')],
  ])('finds %s', (form, bytes) => {
    expect(forms(bytes)).toContain(form);
  });

  it('finds base64 wherever in a longer text the name stands', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 4, maxLength: 20 }), (before, after) => {
        const text = Buffer.concat([before, Buffer.from(NAME), after]).toString('base64');
        expect(forms(Buffer.from(`${text}\n\n\n\n`)).some((form) => form.startsWith('base64'))).toBe(true);
      }),
    );
  });

  it('finds nothing where there is nothing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => forms(Buffer.from(bytes)).length === 0));
    expect(forms(Buffer.from('测安宝冰 彩'))).toEqual([]);
  });

  it('finds what ends with the last byte, and not what is cut off there', () => {
    const name = Buffer.from(NAME);
    expect(forms(Buffer.concat([Buffer.from('before '), name]))).toEqual(['utf-8']);
    expect(forms(Buffer.concat([Buffer.from('before '), name.subarray(0, -1)]))).toEqual([]);
  });

  it('tells where each begins and leaves what lies behind the limit to the next piece', () => {
    const bytes = Buffer.from(`${NAME}....${NAME}....`);
    const at: number[] = [];
    new NeedleSet(needlesOf('visit 1', 'name', NAME)).search(bytes, 10, (_, place) => at.push(place));
    expect(at).toEqual([0]);
  });
});
