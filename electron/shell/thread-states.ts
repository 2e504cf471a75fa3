import { readdir, readFile } from 'node:fs/promises';

/** Reads one line of a thread; empty where the system does not tell. */
async function line(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

/**
 * What the threads of a process do: name, state and the call of the kernel they wait in, as Linux tells it in `/proc`
 * (proc(5)). It shows whether a process that hangs computes or waits, and for what kind of thing. Holds nothing of what the
 * process works on. Empty on other systems and for a process that is gone.
 */
export async function threadStates(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(() => []);
  return Promise.all(
    threads.map(async (thread) => {
      const [name, stat, wait] = await Promise.all(
        ['comm', 'stat', 'wchan'].map((file) => line(`${folder}/${thread}/${file}`)),
      );
      // The name in `stat` may hold blanks; the state follows its last bracket.
      const state = /\) (\S)/u.exec(stat ?? '')?.[1] ?? '?';
      return `${name} ${state}${wait === '' || wait === '0' ? '' : ` ${wait}`}`;
    }),
  );
}
