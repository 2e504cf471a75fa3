import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contender, OpenContender } from './contender.ts';
import { summary } from './figures.ts';

/*
 * Contenders in a process of their own: `node runner.ts NAMES DIR RIVALS fill COUNT BODIES` or `... measure SUBMITS CLAIMS BATCH
 * LIMIT_MS`. Each has a folder of its name in DIR. Several names, with commas, take turns call by call, so that all meet
 * the same disk; `NAME+rows` is a rival with the rows of an application beside its jobs. The last line of standard output is the result as JSON, by name.
 */
const [names = '', dir = '', rivals = '', what = '', ...numbers] = process.argv.slice(2);
const contenders: { readonly name: string; readonly queue: Contender }[] = [];
for (const name of names.split(',')) {
  const own = join(dir, name);
  await mkdir(own, { recursive: true });
  const [module = '', rows] = name.split('+');
  const { open } = (await import(`./contenders/${module}.ts`)) as { readonly open: OpenContender };
  contenders.push({ name, queue: await open(own, rivals, rows === 'rows') });
}

/** Calls each in turn a number of times, or until the time is over. Milliseconds of each call by contender. */
async function inTurns(
  times: number,
  limitMs: number,
  work: (queue: Contender) => Promise<number>,
): Promise<ReturnType<typeof summary>[]> {
  const seen = contenders.map(() => ({ jobs: 0, ms: [] as number[], totalMs: 0 }));
  const begun = performance.now();
  const order = [...contenders.entries()];
  for (let round = 0; round < times && performance.now() - begun < limitMs; round += 1) {
    // Who comes after whom changes every time.
    for (const [index, { queue }] of order.reverse()) {
      const mine = seen[index];
      if (!mine) continue;
      const at = performance.now();
      mine.jobs += await work(queue);
      const took = performance.now() - at;
      mine.ms.push(took);
      mine.totalMs += took;
    }
  }
  return seen.map(({ ms, jobs, totalMs }) => summary(ms, jobs, totalMs));
}

if (what === 'fill') {
  for (const { queue } of contenders) await queue.fill(Number(numbers[0]), numbers[1] === 'same' ? 'same' : 'own');
  process.stdout.write('{}\n');
} else {
  const [submits = 0, claims = 0, batch = 1, limitMs = 20_000] = numbers.map(Number);
  const submit = async (queue: Contender): Promise<number> => {
    await queue.submit();
    return 1;
  };
  const rested = async (when: 'started' | 'quiet'): Promise<number[]> => {
    const took: number[] = [];
    for (const { queue } of contenders) {
      const at = performance.now();
      await queue.rest?.(when);
      took.push(performance.now() - at);
    }
    return took;
  };
  await rested('started');
  // Pages and statements get warm first.
  await inTurns(submits > 0 ? 50 : 0, limitMs, submit);
  const submitted = await inTurns(submits, limitMs, submit);
  const quietMs = await rested('quiet');
  const claimed = await inTurns(Math.ceil(claims / batch), limitMs, (queue) => queue.claimAndComplete(batch));
  const rssMb = Math.round(process.memoryUsage.rss() / 1e5) / 10;
  for (const { queue } of contenders) await queue.close();
  const result = contenders.map(({ name }, index) => [
    name,
    { submit: submitted[index], quietMs: quietMs[index], claimComplete: claimed[index], rssMb },
  ]);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(result))}\n`);
}
process.exit(0);
