import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { hasDisplay } from './debian.ts';
import { LaunchError, say } from './progress.ts';

/** A screen for Electron: variables to add to its environment, and the end of what was started for it. */
export interface Display {
  readonly env: Record<string, string>;
  /** Whether it was started here, so that nobody sees it. */
  readonly virtual: boolean;
  stop(): Promise<void>;
}

/** How long the X server may take until it names its display, in ms. */
const START_DEADLINE_MS = 15_000;
/** How long the X server may take to end after being asked, in ms. */
const STOP_DEADLINE_MS = 3_000;

/**
 * The screen at hand, or a virtual one.
 * The virtual one is larger than the kiosk in both directions: without a window manager, a window exactly as large
 * as its screen comes out one pixel short.
 * @param force start a virtual one even where there is a screen
 */
export async function openDisplay(force = false): Promise<Display> {
  if (!force && hasDisplay()) return { env: {}, virtual: false, stop: async () => {} };
  const args = ['-displayfd', '3', '-screen', '0', '2000x2000x24', '-nolisten', 'tcp', '-noreset'];
  // setpriv lets the kernel end the server with this process, whatever ends this process.
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find(existsSync);
  const [program, programArgs] =
    setpriv === undefined ? ['Xvfb', args] : [setpriv, ['--pdeathsig', 'KILL', 'Xvfb', ...args]];
  const server = spawn(program, programArgs, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve) => {
    server.once('error', (error) => resolve(error.message));
    server.once('close', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const errors: string[] = [];
  server.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const kill = (): void => {
    server.kill('SIGKILL');
  };
  process.once('exit', kill);

  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await Promise.race([ended, deadline(STOP_DEADLINE_MS)]);
    kill();
    process.off('exit', kill);
  };

  const number = await Promise.race([firstLine(server.stdio[3] as Readable), ended, deadline(START_DEADLINE_MS)]);
  if (!/^\d+$/.test(number)) {
    await stop();
    throw new LaunchError(`The virtual display (Xvfb) did not start: ${number} ${errors.join('').trim()}`);
  }
  say(`No display: using a virtual one, :${number}`);
  return { env: { DISPLAY: `:${number}` }, virtual: true, stop };
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
  });
}

function deadline(ms: number): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(`no answer within ${ms / 1000} s`), ms).unref();
  });
}
