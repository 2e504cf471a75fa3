import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IPP, attribute, decodeIpp, encodeIpp, numbersOf, textsOf } from './ipp-codec.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/gu, ''), 'hex'));
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

describe('IPP messages', () => {
  // Laid out by hand after RFC 8010, 3.1.
  it('writes a request octet by octet', () => {
    const bytes = encodeIpp({
      operation: IPP.cancelJob,
      requestId: 7,
      attributes: [
        attribute('printer-uri', 'uri', 'ipp://h/p'),
        attribute('job-id', 'integer', 258),
        attribute('purge-job', 'boolean', true),
        attribute('requested-attributes', 'keyword', 'a', 'bc'),
      ],
      job: [attribute('copies', 'integer', 2)],
      document: hex('25504446'),
    });
    expect(Buffer.from(bytes).toString('hex')).toBe(
      [
        '0101 0008 00000007 01',
        `47 0012 ${ascii('attributes-charset')} 0005 ${ascii('utf-8')}`,
        `48 001b ${ascii('attributes-natural-language')} 0002 ${ascii('en')}`,
        `45 000b ${ascii('printer-uri')} 0009 ${ascii('ipp://h/p')}`,
        `21 0006 ${ascii('job-id')} 0004 00000102`,
        `22 0009 ${ascii('purge-job')} 0001 01`,
        `44 0014 ${ascii('requested-attributes')} 0001 ${ascii('a')}`,
        `44 0000 0002 ${ascii('bc')}`,
        '02',
        `21 0006 ${ascii('copies')} 0004 00000002`,
        '03 25504446',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('reads an answer with sets, groups, a missing value and one that it does not know', () => {
    const answer = decodeIpp(
      hex(`0200 0000 0000002a 01
        47 0012 ${ascii('attributes-charset')} 0005 ${ascii('utf-8')}
        02 21 0006 ${ascii('job-id')} 0004 0000000c
           23 0009 ${ascii('job-state')} 0004 00000009
           13 0011 ${ascii('time-at-completed')} 0000
           31 0004 ${ascii('date')} 000b 07ea010203040500 2b0800
           44 0011 ${ascii('job-state-reasons')} 0001 ${ascii('x')} 44 0000 0002 ${ascii('yz')}
        02 21 0006 ${ascii('job-id')} 0004 0000000d
        03`),
    );
    expect(answer.ok).toBe(true);
    if (!answer.ok) return;
    expect(answer.value).toMatchObject({ status: 0, requestId: 42 });
    const jobs = answer.value.groups.filter(({ tag }) => tag === 2);
    expect(jobs.map((job) => numbersOf(job, 'job-id'))).toEqual([[12], [13]]);
    expect(textsOf(jobs[0], 'job-state-reasons')).toEqual(['x', 'yz']);
    expect(jobs[0]?.attributes.get('time-at-completed')).toEqual([null]);
    expect(jobs[0]?.attributes.get('date')?.[0]).toBeInstanceOf(Uint8Array);
  });

  it.each([
    '',
    '0101000000000001',
    '010100000000000103'.slice(0, -1),
    '0101 0000 00000001 01 21 0006 6a6f622d6964 0004 0000',
    '0101 0000 00000001 21 0001 61 0004 00000001 03',
    '0101 0000 00000001 01 21 0001 61 0002 0001 03',
    '0101 0000 00000001 01 21 0000 0004 00000001 03',
  ])('refuses %s', (text) => {
    expect(decodeIpp(hex(text))).toEqual({ ok: false, error: 'bad-answer' });
  });

  it('survives anything, and every cut of a good message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof decodeIpp(bytes).ok === 'boolean'),
      { numRuns: 500 },
    );
    const good = encodeIpp({ operation: 2, requestId: 1, attributes: [attribute('job-id', 'integer', 5)] });
    for (let length = 0; length < good.length; length += 1) expect(decodeIpp(good.slice(0, length)).ok).toBe(false);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bad = good.slice();
        bad[at] = byte;
        return typeof decodeIpp(bad).ok === 'boolean';
      }),
    );
  });
});
