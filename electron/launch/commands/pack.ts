// npm run pack [-- --drivable] [--journey]: the unpacked Linux build in out/pack/, signed and closed.
// --drivable packs the test variant beside it, which remote debugging may drive; --journey packs that one too if
// need be and walks one journey in it.
import { cp, mkdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { copyNativeModules } from '../app-dir.ts';
import { buildApp } from '../build.ts';
import { openDisplay } from '../display.ts';
import { resolveElectron } from '../electron-runtime.ts';
import type { ResolvedElectron } from '../electron-runtime.ts';
import { signingKey, writeManifest } from '../manifest-writer.ts';
import { loadJourneys } from '../others.ts';
import { OUT, ROOT } from '../paths.ts';
import { ensureKioskPackages } from '../prepare.ts';
import { LaunchError, say, step } from '../progress.ts';
import { command, run } from '../run.ts';

const PACK = join(OUT, 'pack');

/** The runtime as electron-builder wants it: without the app that opens a path, which would go along into the build. */
async function plainDist(electron: ResolvedElectron, folder: string): Promise<void> {
  const opener = [join(electron.dist, 'resources', 'app'), join(electron.dist, 'resources', 'default_app.asar')];
  await cp(electron.dist, folder, { recursive: true, filter: (path) => !opener.includes(path) });
  await mkdir(join(folder, 'resources'), { recursive: true });
}

/** Packs one variant and returns the path of its executable. */
async function pack(electron: ResolvedElectron, drivable: boolean): Promise<string> {
  const variant = join(PACK, drivable ? 'drivable' : 'kiosk');
  const work = join(PACK, 'work');
  const [app, dist, output] = [join(work, 'app'), join(work, 'dist'), join(work, 'output')];
  await rm(work, { recursive: true, force: true });
  if (!process.env['HALL24_SIGNING_KEY']) say('HALL24_SIGNING_KEY is not set: signing with a fresh key.');
  const key = await signingKey();
  try {
    await buildApp({ outDir: app, devPanel: false, drivable, manifestKey: key.publicPem });
    await copyNativeModules(app, electron);
    await plainDist(electron, dist);
    await step(`Packing ${drivable ? 'the drivable test variant' : 'the kiosk'}`, async () => {
      const overrides = {
        electronDist: dist,
        electronVersion: electron.version,
        'directories.app': app,
        'directories.output': output,
      };
      const builder = join(ROOT, 'node_modules', 'electron-builder', 'cli.js');
      const given = Object.entries(overrides).map(([name, value]) => `-c.${name}=${value}`);
      const args = [
        builder,
        '--linux',
        'dir',
        `--${process.arch}`,
        '--config',
        'electron-builder.yml',
        '--publish',
        'never',
        ...given,
      ];
      const { code } = await run(process.execPath, args, { cwd: ROOT, output: 'stderr' });
      if (code !== 0) throw new LaunchError(`electron-builder failed (${code}); its own message is above.`);
    });
    const made = join(output, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
    if (!existsSync(join(made, 'hall24'))) throw new LaunchError(`electron-builder left no executable in ${made}.`);
    await writeManifest(made, key);
    await rm(variant, { recursive: true, force: true });
    await cp(made, variant, { recursive: true });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  say(`Packed: ${relative(process.cwd(), variant)}`);
  return join(variant, 'hall24');
}

await command(async (args) => {
  const unknown = args.find((argument) => argument !== '--drivable' && argument !== '--journey');
  if (unknown !== undefined) throw new LaunchError(`Unknown: ${unknown}. Options: --drivable, --journey`);
  if (process.platform !== 'linux') throw new LaunchError('Packing is set up for Linux only.');
  const journey = args.includes('--journey');
  if (journey) await ensureKioskPackages(true);
  const electron = await resolveElectron();
  const executable = await pack(electron, args.includes('--drivable') || journey);
  if (!journey) return 0;
  const display = await openDisplay(true);
  try {
    return await (await loadJourneys()).packedJourney(executable, { display: display.env });
  } finally {
    await display.stop();
  }
});
