// npm run peripherals [-- pcsc|printing]: chip cards with a real PC/SC service and a virtual reader, A4 printing with a
// real print server and a printer that misbehaves. Root on Linux. The last line is one JSON object with `passed`.
import { ensureSystemPackages } from '../debian.ts';
import { loadPeripherals } from '../others.ts';
import { LaunchError } from '../progress.ts';
import { command } from '../run.ts';

await command(async (args) => {
  if (process.platform !== 'linux') throw new LaunchError('The trials need Linux: pcscd and CUPS.');
  if (process.getuid?.() !== 0) throw new LaunchError('The trials start services of their own: run them as root.');
  await ensureSystemPackages(['peripherals']);
  return (await loadPeripherals()).main(args);
});
