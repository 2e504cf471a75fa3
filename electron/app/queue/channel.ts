import { fork } from 'node:child_process';

/** A line to another process that carries structured clones, in order, until one side ends. */
export interface Channel {
  /** Process id of the other side, where there is one. */
  readonly pid: number | undefined;
  /** Sends a message; one to a process that is gone is lost. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Heard once, when the other side is gone however it ended; nothing comes after it. */
  onClose(listener: (how: string) => void): void;
  /** Ends the other side at once. */
  kill(): void;
}

/** Starts the queue process; gives the line to it at once, before it is ready. */
export type SpawnProcess = () => Channel;

/** Starts a program as a child of this Node process. For tests, the bench and plain Node. */
export function spawnNodeChild(program: string, environment: NodeJS.ProcessEnv = process.env): SpawnProcess {
  return () => {
    const child = fork(program, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
      env: environment,
    });
    // Sending to a child that dies fails; its end is heard by `exit`.
    child.on('error', () => undefined);
    return {
      pid: child.pid,
      post: (message) => {
        if (child.connected) child.send(message as object, () => undefined);
      },
      onMessage: (listener) => child.on('message', listener),
      onClose: (listener) => child.once('exit', (code, signal) => listener(signal ?? `code ${code ?? ''}`)),
      kill: () => child.kill('SIGKILL'),
    };
  };
}
