import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { startStack } from '../dev/stack.ts';
import { processesOf } from '../residue/processes.ts';
import { Glass, partOf } from '../support/glass.ts';
import { toFirstQuestion } from './citizen.ts';
import { Kiosk } from './kiosk.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** The panel, and nothing round it: the window has to fill it by itself. */
const PANEL = { width: 1080, height: 1920 };
const VISITS = 3;
/** Colour of the bare screen under the windows. */
const DESKTOP = 0x000000;
const AFTER_MS = 3_000;

/** What the glass of a packed build showed while visits came and went. */
export interface PackedGlass {
  /** Looks at the glass, and those that saw bare desktop anywhere. */
  readonly looks: number;
  readonly desktopSeen: number;
  /** Processes that drew pages and service processes after the last visit. */
  readonly pageProcesses: number;
  readonly services: number;
  readonly faults: readonly string[];
}

/**
 * A packed build on a screen of its own without a window manager: its window fills the screen, nothing else is ever seen
 * between two visits, the new page has the keyboard, the old one's process is gone.
 */
export async function packedGlass(executable: string, picturesDir: string): Promise<PackedGlass> {
  const dir = await mkdtemp(join(tmpdir(), 'hall24-packed-'));
  await mkdir(picturesDir, { recursive: true });
  const glass = await Glass.start(PANEL, PANEL);
  const stack = await startStack({ dir, assetsDir: join(ROOT, 'assets') });
  const faults: string[] = [];
  let [looks, desktopSeen, pageProcesses, services] = [0, 0, 0, 0];
  try {
    const kiosk = await Kiosk.start({ executable, appDir: null, display: glass.env, stack, size: null, picturesDir });
    try {
      await kiosk.see('button', /轻触屏幕开始/);
      for (let visit = 0; visit < VISITS; visit += 1) {
        await toFirstQuestion(kiosk, stack.bench, 1_000);
        if (visit === 0) await picture(glass, join(picturesDir, 'glass-visit.png'));
        const left = kiosk
          .find('button', /^结束并清除/)
          .click()
          .catch(() => undefined);
        await glass.watch((look) => {
          looks += 1;
          if (partOf(look, DESKTOP) > 0.001) desktopSeen += 1;
          return false;
        }, AFTER_MS);
        await left;
        await kiosk.see('button', /轻触屏幕开始/);
        const focused = await kiosk.page.evaluate(() => document.hasFocus());
        if (!focused) faults.push(`visit ${visit + 1}: the new page does not have the keyboard`);
      }
      await picture(glass, join(picturesDir, 'glass-attract.png'));
      const edge = bareEdge(glass);
      if (edge > 0) faults.push(`${edge} pixels of bare desktop at the edges`);
      const kinds = processesOf(kiosk.pid, new Map()).map(({ kind }) => kind);
      pageProcesses = kinds.filter((kind) => kind === 'renderer').length;
      services = kinds.filter((kind) => kind === 'utility').length;
      if (pageProcesses !== 1) faults.push(`${pageProcesses} processes draw pages, not one`);
      faults.push(...kiosk.faults);
    } finally {
      await kiosk.stop();
    }
  } catch (cause) {
    faults.push(cause instanceof Error ? cause.message : String(cause));
  } finally {
    await stack.stop();
    await glass.stop();
    await rm(dir, { recursive: true, force: true });
  }
  if (desktopSeen > 0) faults.push(`bare desktop was seen ${desktopSeen} times`);
  return { looks, desktopSeen, pageProcesses, services, faults };
}

/** Pixels of the outermost rows and columns that show the bare screen. */
function bareEdge(glass: Glass): number {
  const { width, height, bytes } = glass.rgb();
  const bare = (x: number, y: number): number => (bytes.readUInt32BE((y * width + x) * 4) >>> 8 === DESKTOP ? 1 : 0);
  let count = 0;
  for (let x = 0; x < width; x += 1) count += bare(x, 0) + bare(x, height - 1);
  for (let y = 0; y < height; y += 1) count += bare(0, y) + bare(width - 1, y);
  return count;
}

async function picture(glass: Glass, path: string): Promise<void> {
  const { width, height, bytes } = glass.rgb();
  const image = new PNG({ width, height });
  bytes.copy(image.data);
  await writeFile(path, PNG.sync.write(image));
}
