// npm run hid [-- WORDS IN A NAME] [--json]: HID drivers on virtual devices in a throw-away QEMU guest, test/hid.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureSystemPackages } from '../debian.ts';
import { cacheFolder, ROOT } from '../paths.ts';
import { LaunchError, say } from '../progress.ts';
import { command } from '../run.ts';

/** test/hid/boot.ts: boots the guest; prints one JSON object as its last line. */
interface Guest {
  runGuest(
    host: {
      readonly cache: string;
      readonly root: string;
      readonly say: (text: string) => void;
      readonly report: (line: Readonly<Record<string, unknown>>) => void;
    },
    args: readonly string[],
  ): Promise<number>;
}

await command(async (args) => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new LaunchError('The guest is made for Linux on x64.');
  }
  await ensureSystemPackages(['usb', 'guest']);
  const json = args.includes('--json');
  const guest = (await import(pathToFileURL(join(ROOT, 'test', 'hid', 'boot.ts')).href)) as Guest;
  return guest.runGuest(
    {
      cache: join(cacheFolder(), 'hid-guest'),
      root: ROOT,
      say: (text) => (json ? undefined : say(text)),
      report: (line) => void (json || 'tried' in line ? process.stdout.write(`${JSON.stringify(line)}\n`) : undefined),
    },
    args.filter((word) => word !== '--json'),
  );
});
