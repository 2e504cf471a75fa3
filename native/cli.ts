import { pathToFileURL } from 'node:url';
import { runCli } from './cli/run.ts';
import { openTransport } from './transport/open.ts';
import { systemClock, systemRandom } from './transport/system-clock.ts';

export { runCli };
export type { CliPorts } from './cli/common.ts';

const { argv } = process;
if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  process.exitCode = await runCli(argv.slice(2), {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    stop: stop.signal,
  });
}
