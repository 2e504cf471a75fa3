import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Speech, fixedHeadset } from '../services/speech.ts';
import { espeak, mendWav } from './speech-engine.ts';

describe('the engine', () => {
  let dir: string;
  let command: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'h24-espeak-'));
    command = join(dir, 'espeak-ng');
    // Writes what it was told as a WAV file whose sizes are those of a pipe, as the real one does.
    const script = [
      '#!/bin/sh',
      '[ "$1" = --version ] && exit 0',
      'case "$2" in cmn-latn-pinyin|en) ;; *) exit 1 ;; esac',
      "printf 'RIFF\\377\\377\\377\\177WAVEfmt \\020\\000\\000\\000\\001\\000\\001\\000\\042\\126\\000\\000\\104\\254\\000\\000\\002\\000\\020\\000data\\377\\377\\377\\177'",
      'exec cat',
      '',
    ];
    await writeFile(command, script.join('\n'));
    await chmod(command, 0o755);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('gets its text by a pipe, not on the command line, and its sizes mended', async () => {
    const wav = await espeak(command).say('ban4 li3', 'zh');
    const view = new DataView(wav?.buffer ?? new ArrayBuffer(0));
    expect(wav?.length).toBe(44 + 'ban4 li3\n'.length);
    expect(view.getUint32(4, true)).toBe(44 + 9 - 8);
    expect(view.getUint32(40, true)).toBe(9);
    expect(Buffer.from(wav ?? []).toString('latin1')).toContain('ban4 li3');
  });

  it('that is not there is missing, not an error', async () => {
    const speech = new Speech(espeak(join(dir, 'none')), fixedHeadset('out'));
    await speech.start();
    expect(speech.state()).toEqual({ engine: 'missing', headset: 'out' });
    expect(await speech.say('ban4', 'zh')).toBeNull();
  });

  it('speaks one utterance after the other', async () => {
    const speech = new Speech(espeak(command), fixedHeadset('in'));
    await speech.start();
    const both = await Promise.all([speech.say('yi1', 'zh'), speech.say('one', 'en')]);
    expect(both.every((wav) => wav !== null)).toBe(true);
  });
});

describe('a sound file', () => {
  it('of another kind, or empty, is none', () => {
    expect(mendWav(new Uint8Array(10))).toBeNull();
    expect(mendWav(new Uint8Array(100))).toBeNull();
  });
});
