import { spawn } from 'node:child_process';
import type { SpeechEngine, Voice } from '../services/speech.ts';
import { isProgram } from './programs.ts';

/** Voices of espeak-ng: the Latin one takes pinyin with tone digits; the plain Mandarin one misreads most characters. */
const ESPEAK_VOICE: Readonly<Record<Voice, string>> = { zh: 'cmn-latn-pinyin', en: 'en' };
/** Words a minute: slower than the engine's own 175, as for somebody who hears it for the first time. */
const PACE = '150';
/** Longest that one utterance may take, in milliseconds; a sentence takes 30-70. */
const DEADLINE_MS = 4_000;
/** Largest sound that is taken, in bytes: three minutes. */
const LARGEST = 8 * 1024 * 1024;
const HEADER = 44;
const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = 40;

/** Mends the sizes of a WAV file that was written to a pipe: the writer did not know them. Null for anything else. */
export function mendWav(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length <= HEADER || String.fromCharCode(...bytes.subarray(0, 4)) !== 'RIFF') return null;
  const mended = Uint8Array.from(bytes);
  const view = new DataView(mended.buffer);
  view.setUint32(RIFF_SIZE_AT, bytes.length - 8, true);
  view.setUint32(DATA_SIZE_AT, bytes.length - HEADER, true);
  return mended;
}

/** Runs one child with `text` on its standard input, so that no list of processes shows it. Null on any failure. */
function collect(command: string, args: readonly string[], text: string): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env: { PATH: process.env['PATH'] } });
    const parts: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
    const done = (value: Uint8Array | null): void => {
      clearTimeout(timer);
      resolve(value);
    };
    child.on('error', () => done(null));
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', (part: Buffer) => {
      size += part.length;
      if (size > LARGEST) child.kill('SIGKILL');
      else parts.push(part);
    });
    child.on('close', (code) => {
      const whole = Buffer.concat(parts);
      for (const part of parts) part.fill(0);
      done(code === 0 ? whole : null);
    });
    child.stdin.end(text);
  });
}

/** espeak-ng, a program of its own that Debian's package `espeak-ng` installs; `command` for another place. */
export function espeak(command = 'espeak-ng'): SpeechEngine {
  return {
    // The kiosk waits for this answer at its start: it is looked for and not run.
    ready: async () => isProgram(command),
    say: async (text, voice) => {
      const sound = await collect(
        command,
        ['-v', ESPEAK_VOICE[voice], '-s', PACE, '-b', '1', '--stdin', '--stdout'],
        `${text}\n`,
      );
      return sound === null ? null : mendWav(sound);
    },
  };
}
