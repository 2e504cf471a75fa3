// npm run peripherals [-- pcsc|printing|windows]: chip cards with a real PC/SC service and a virtual reader, A4 printing with
// a real print server and a printer that misbehaves, and with the Windows spooler in Wine. Root on Linux. The last line is
// one JSON object with `passed`.
import { ensureSystemPackages } from '../debian.ts';
import { loadPeripherals } from '../others.ts';
import { LaunchError } from '../progress.ts';
import { command } from '../run.ts';

await command(async (args) => {
  if (process.platform !== 'linux') throw new LaunchError('The trials need Linux: pcscd, CUPS and Wine.');
  if (process.getuid?.() !== 0) throw new LaunchError('The trials start services of their own: run them as root.');
  await ensureSystemPackages(['peripherals']);
  // Wine is large and for one kind of machine only: the other trials do without.
  const windows = args.length === 0 || args.includes('windows') ? await windowsHindrance() : null;
  if (windows !== null && args.includes('windows')) throw new LaunchError(windows);
  return (await loadPeripherals()).main(args, { windows });
});

/** Why there is no Windows to be had here, or null. */
async function windowsHindrance(): Promise<string | null> {
  if (process.arch !== 'x64') return `Wine runs programs for x64 only, and this machine is ${process.arch}.`;
  try {
    await ensureSystemPackages(['windows']);
    return null;
  } catch (error) {
    if (error instanceof LaunchError) return error.message;
    throw error;
  }
}
