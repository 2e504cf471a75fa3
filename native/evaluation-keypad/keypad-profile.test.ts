import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyDecoder } from './key-decoder.ts';
import { parseKeypadProfile, readKeypadProfile } from './keypad-profile.ts';
import { OWN_PROFILES } from './keypad-subjects.ts';
import { HID_PROFILES, SERIAL_PROFILES } from './shipped-profiles.ts';

const KEYS = { '01': 1, '02': 2 };
const BYTES = { kind: 'bytes', keys: KEYS };

function problem(changes: Readonly<Record<string, unknown>>): string {
  const read = readKeypadProfile({ name: 'x', line: 'serial', read: [BYTES], ...changes });
  return read.ok ? '' : read.error;
}

describe('a keypad described as data', () => {
  it('is read, and the shipped ones are of the same shape', () => {
    for (const profile of Object.values(OWN_PROFILES)) expect(readKeypadProfile(profile)).toMatchObject({ ok: true });
    expect(Object.keys(SERIAL_PROFILES)).toEqual(['auto', 'byte', 'ascii', 'framed', 'text']);
    expect(HID_PROFILES.keyboard.line).toBe('hid');
    expect(parseKeypadProfile(JSON.stringify(OWN_PROFILES.words))).toMatchObject({ ok: true });
  });

  it.each([
    [{ line: 'usb' }, 'line: must be "serial" or "hid"'],
    [{ nmae: 'y' }, 'profile: has no field "nmae"; known: name, line, read, say'],
    [{ name: '' }, 'name: must be a text of 1 to 60 characters'],
    [{ read: [] }, 'read: must be a list of 1 to 8 rules'],
    [{ read: [{ kind: 'keyboard', keys: KEYS }] }, 'read[0].kind: must be one of bytes, frame, text'],
    [{ read: [{ kind: 'bytes', keys: {} }] }, 'read[0].keys: must name 1 to 32 keys'],
    [{ read: [{ kind: 'bytes', keys: { '1': 1 } }] }, 'read[0].keys["1"]: must be 1 to 64 bytes in hexadecimal'],
    [{ read: [{ kind: 'bytes', keys: { '01': 6 } }] }, 'read[0].keys["01"]: must be a level from 1 (very bad) to 5'],
    [{ read: [{ kind: 'bytes', keys: { '0a': 1, '0A': 2 } }] }, 'read[0].keys["0A"]: is there twice'],
    [{ read: [{ kind: 'frame', parts: ['02', '03'], keys: KEYS }] }, 'read[0].parts: needs KEY exactly once'],
    [{ read: [{ kind: 'frame', parts: ['KEY', '03'], keys: KEYS }] }, 'read[0].parts: must begin with the bytes'],
    [
      { read: [{ kind: 'frame', parts: ['02', 'KEY', 'SUM9'], keys: KEYS }] },
      'read[0].parts[2]: must be 1 to 64 bytes',
    ],
    [{ read: [{ kind: 'frame', parts: ['02', 'KEY', 'SUM8'], from: 2, keys: KEYS }] }, 'read[0].from: lies behind'],
    [{ read: [{ kind: 'text', pattern: '(a+)+', keys: { a: 1 } }] }, 'read[0].pattern: may hold characters'],
    [{ read: [{ kind: 'text', pattern: 'a*b*(c*)', keys: { c: 1 } }] }, 'read[0].pattern: may have at most 2 repeats'],
    [{ read: [{ kind: 'text', pattern: 'K[1-5]', keys: { '1': 1 } }] }, 'read[0].pattern: needs a group'],
    [{ read: [BYTES, { kind: 'text', pattern: '(1)', keys: { '1': 1 } }] }, 'read: a text rule must be the only one'],
    [{ say: { invite: 'xx' } }, 'say.invite: must be 1 to 64 bytes in hexadecimal'],
    [{ say: { hello: '01' } }, 'say: has no field "hello"; known: invite, dismiss'],
  ] as const)('is refused with a clear word: %j', (changes, text) => {
    expect(problem(changes)).toContain(text);
  });

  it('is refused as text where it is no JSON or too long', () => {
    expect(parseKeypadProfile('{')).toMatchObject({ ok: false });
    expect(parseKeypadProfile(' '.repeat(5_000))).toEqual({
      ok: false,
      error: 'a profile has at most 4096 characters',
    });
  });

  it('never throws, whatever JSON it is given, and its decoder never hangs', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.string({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 64 }),
        (json, pattern, bytes) => {
          readKeypadProfile(json);
          const text = readKeypadProfile({
            name: 'x',
            line: 'serial',
            read: [{ kind: 'text', pattern, keys: { a: 1 } }],
          });
          if (!text.ok) return;
          const decoder = keyDecoder(text.value);
          decoder.push(bytes);
          decoder.push(new Uint8Array(0));
          expect(decoder.pending).toBe(0);
        },
      ),
    );
  });

  it('takes the slowest pattern it allows in no time', () => {
    const slow = readKeypadProfile({
      name: 'x',
      line: 'serial',
      read: [{ kind: 'text', pattern: '[^x]*[^y]*(z)', keys: { z: 1 } }],
    });
    if (!slow.ok) throw new Error(slow.error);
    const decoder = keyDecoder(slow.value);
    for (let turn = 0; turn < 2_000; turn += 1) {
      decoder.push(new Uint8Array(64).fill(0x61));
      expect(decoder.push(new Uint8Array(0))).toEqual([]);
    }
  });
});
