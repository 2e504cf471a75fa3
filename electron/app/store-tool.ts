import { evidenceTool, queueTool } from '../store/index.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';

/*
 * Program behind `npm run evidence` and `npm run queue`: looks after the store of a kiosk that does not run.
 * First word: `evidence` or `queue`; the rest is theirs.
 */
const [tool, ...args] = process.argv.slice(2);
const context = {
  clock: systemClock,
  random: systemRandom,
  say: (line: string): void => void process.stdout.write(`${line}\n`),
};
process.exitCode = tool === 'queue' ? await queueTool(args, context) : await evidenceTool(args, context);
