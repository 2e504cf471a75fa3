// npm run gallery -- [PART-OF-A-NAME...] [--language L] [--layout L] [--mode M]: every screen in every language, layout
// and mode as pictures in out/gallery/, with accessibility findings. An invisible screen is used.
import { openDisplay } from '../display.ts';
import { resolveElectron } from '../electron-runtime.ts';
import { loadGallery } from '../others.ts';
import { ensureKioskPackages } from '../prepare.ts';
import { command } from '../run.ts';

await command(async (args) => {
  const gallery = await loadGallery();
  if (args.includes('--help')) {
    process.stdout.write(`${gallery.USAGE}\n`);
    return 0;
  }
  const virtual = process.platform === 'linux';
  await ensureKioskPackages(virtual);
  const electron = await resolveElectron();
  const display = await openDisplay(virtual);
  try {
    return await gallery.main(args, { electron, display: display.env });
  } finally {
    await display.stop();
  }
});
