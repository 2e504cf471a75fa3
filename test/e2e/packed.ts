import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startStack } from '../dev/stack.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Longest wait for the packed app's word on standard error, in milliseconds. */
const START_MS = 60_000;

/** Reads the debugging address that Chromium prints at its start. */
function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`the packed app did not start: ${text.slice(-500)}`)), START_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = /DevTools listening on (ws:\/\/\S+)/.exec(text);
      if (!match?.[1]) return;
      clearTimeout(late);
      resolve(match[1]);
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the packed app ended with ${code}: ${text.slice(-500)}`));
    });
  });
}

/**
 * Starts a packed build that may be driven (it has no inspector, so it is reached by remote debugging) and walks it
 * from the attract screen to the guide of an item.
 * @returns 0 when it worked
 */
export async function packedJourney(
  executable: string,
  environment: { readonly display: Record<string, string> },
): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'hall24-packed-'));
  const pictures = join(ROOT, 'out', 'journeys', 'packed');
  await mkdir(pictures, { recursive: true });
  const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
  const root = process.getuid?.() === 0;
  const child = spawn(executable, [...(root ? ['--no-sandbox'] : []), '--disable-gpu', '--remote-debugging-port=0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      ...environment.display,
      HALL24_DATA: stack.dataDir,
      HALL24_FIRST_CONFIG: stack.configPath,
      HALL24_WINDOW: '1080x1920',
    },
  });
  try {
    const browser = await chromium.connectOverCDP(await debuggingAddress(child));
    const [context] = browser.contexts();
    if (!context) throw new Error('the packed app has no browsing context');
    const page = context.pages()[0] ?? (await context.waitForEvent('page', { timeout: START_MS }));
    await page.getByRole('button', { name: /轻触屏幕开始/ }).click();
    await page.getByRole('button', { name: /办理事项/ }).click();
    await page.getByRole('button', { name: /房屋租赁登记备案/ }).click();
    await page.getByRole('heading', { name: /房屋租赁登记备案/ }).waitFor();
    await page.screenshot({ path: join(pictures, '01-guide.png') });
    await browser.close();
    process.stderr.write('The packed build starts and walks.\n');
    return 0;
  } catch (cause) {
    process.stderr.write(`The packed build does not work: ${cause instanceof Error ? cause.message : String(cause)}\n`);
    return 1;
  } finally {
    child.kill('SIGKILL');
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
