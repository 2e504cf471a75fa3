import { pathToFileURL } from 'node:url';
import { runCli } from '../../native/cli.ts';
import { openTransport } from '../../native/transport/open.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { makeLine } from './made-line.ts';
import { simulate } from './simulate.ts';

/** The bench tool together with what only a development checkout has: `simulate`. */
const { argv } = process;
if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  const ports = {
    out: (line: string) => console.log(line),
    err: (line: string) => console.error(line),
    clock: systemClock,
    random: systemRandom,
    open: openTransport,
    stop: stop.signal,
    makeLine,
  };
  const [word, ...rest] = argv.slice(2);
  process.exitCode =
    word === 'simulate' ? await simulate(rest, { ...ports, input: process.stdin }) : await runCli(argv.slice(2), ports);
  // A pipe as standard input would keep the process alive.
  if (word === 'simulate') process.stdin.destroy();
}
