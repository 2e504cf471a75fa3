import { join } from 'node:path';
import { utilityProcess, type MessagePortMain } from 'electron';
import type { DeskProcess } from '../app/visit/index.ts';
import { startAndTidy } from './null-descriptors.ts';

/**
 * Starts a visit process (card readers, card, plain form) as an Electron utility process. It ends with the main process.
 * @param appDir folder of the built app
 * @param complain hears what the process writes to standard error: words of a crash
 */
export function spawnVisitUtility(appDir: string, complain: (words: string) => void): () => DeskProcess {
  return () => {
    const [child, tidy] = startAndTidy(() =>
      utilityProcess.fork(join(appDir, 'main', 'visit-process.js'), [], {
        serviceName: 'hall24-visit',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    child.once('spawn', tidy);
    // A word on standard output goes nowhere.
    child.stdout?.resume();
    child.stderr?.on('data', (chunk: Buffer) => complain(chunk.toString('utf8')));
    return {
      post: (message, page) => child.postMessage(message, page === undefined ? [] : [page as MessagePortMain]),
      onMessage: (listener) => child.on('message', listener),
      onClose: (listener) => child.once('exit', (code) => listener(`exit ${code}`)),
      kill: () => {
        // It has nothing to save, and must hold nothing a moment longer.
        if (child.pid === undefined) child.kill();
        else process.kill(child.pid, 'SIGKILL');
      },
    };
  };
}

/** Starts the first process when `begin` resolves; nothing is sent to a process that has not said that it is there. */
export function spawnAfter(begin: Promise<void>, spawn: () => DeskProcess): () => DeskProcess {
  let first = true;
  return () => {
    if (!first) return spawn();
    first = false;
    let child: DeskProcess | null = null;
    let over = false;
    const heard: ((child: DeskProcess) => void)[] = [];
    const then = (work: (child: DeskProcess) => void): void => {
      if (child) work(child);
      else heard.push(work);
    };
    void begin.then(() => {
      if (over) return;
      child = spawn();
      for (const work of heard.splice(0)) work(child);
    });
    return {
      post: (message, page) => child?.post(message, page),
      onMessage: (listener) => then((one) => one.onMessage(listener)),
      onClose: (listener) => then((one) => one.onClose(listener)),
      kill: () => {
        over = true;
        child?.kill();
      },
    };
  };
}
