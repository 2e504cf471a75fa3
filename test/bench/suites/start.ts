import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { linkNativeModules } from '../../../electron/launch/app-dir.ts';
import { buildApp } from '../../../electron/launch/build.ts';
import { OUT } from '../../../electron/launch/paths.ts';
import { withKiosk } from '../../../electron/launch/prepare.ts';
import { startStack } from '../../dev/stack.ts';
import type { SuiteContext } from '../../support/suites.ts';
import { startOnce, writeEmptyApp, type Program, type Start } from '../page/start-kit.ts';
import { option, withFolder } from '../queue/bench-kit.ts';
import { rounded } from '../queue/figures.ts';

export const ABOUT = 'from the start to a screen that can be touched, beside an empty Electron app [--rounds 7]';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SIZE = { width: 1080, height: 1920 };
const OVER_MS = 500;
const IN_ALL_MS = 1_500;

/** A build without panel and source maps and an empty app take turns; each first start fills the caches and is left out. */
export async function run({ args, report, say }: SuiteContext): Promise<boolean> {
  const rounds = Number(option(args, 'rounds', '7'));
  const ours: Start[] = [];
  const empty: Start[] = [];
  await withKiosk(
    async ({ electron, display }) =>
      withFolder(async (dir) => {
        const appDir = join(OUT, 'bench-app');
        await buildApp({ outDir: appDir, devPanel: false, drivable: true, manifestKey: '' });
        await linkNativeModules(appDir, electron);
        await writeEmptyApp(join(dir, 'empty'), SIZE);
        const stack = await startStack({ dir: join(dir, 'stack'), assetsDir: join(ROOT, 'assets') });
        const kiosk: Program = {
          executable: electron.executable,
          appDir,
          environment: {
            ...display,
            HALL24_DATA: stack.dataDir,
            HALL24_FIRST_CONFIG: stack.configPath,
            HALL24_WINDOW: `${SIZE.width}x${SIZE.height}`,
          },
          begin: /轻触屏幕开始/,
        };
        const other: Program = {
          executable: electron.executable,
          appDir: join(dir, 'empty'),
          environment: { ...display, XDG_CONFIG_HOME: join(dir, 'config') },
          begin: null,
        };
        try {
          for (let round = 0; round <= rounds; round += 1) {
            const pair = [await startOnce(other), await startOnce(kiosk)] as const;
            say(JSON.stringify(pair));
            if (round === 0) continue;
            empty.push(pair[0]);
            ours.push(pair[1]);
          }
        } finally {
          await stack.stop();
        }
        return 0;
      }),
    process.platform === 'linux',
  );
  const middle = (all: readonly Start[], key: keyof Start): number => {
    const sorted = all.map((one) => one[key] ?? 0).toSorted((a, b) => a - b);
    return rounded(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
  };
  const shape = (all: readonly Start[]): Record<keyof Start, number> => ({
    usableMs: middle(all, 'usableMs'),
    shownMs: middle(all, 'shownMs'),
    homeMs: middle(all, 'homeMs'),
    cpuMs: middle(all, 'cpuMs'),
  });
  const [we, they] = [shape(ours), shape(empty)];
  const over = rounded(we.usableMs - they.usableMs);
  // The home screen is a touch away from the first one.
  const inAll = rounded(we.usableMs + we.homeMs);
  const reached = over <= OVER_MS && inAll <= IN_ALL_MS;
  report({
    suite: 'start',
    measure: 'start to usable, ms, middle of the rounds',
    rounds: ours.length,
    perCore: rounded((loadavg()[0] ?? 0) / availableParallelism()),
    ours: we,
    empty: { usableMs: they.usableMs, shownMs: they.shownMs, cpuMs: they.cpuMs },
    ratio: rounded(we.usableMs / they.usableMs),
    cpuRatio: rounded(we.cpuMs / they.cpuMs),
    over,
    limitOver: OVER_MS,
    usableAndHome: inAll,
    limit: IN_ALL_MS,
    reached,
  });
  return reached;
}
