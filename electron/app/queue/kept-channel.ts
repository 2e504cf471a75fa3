import type { Channel } from './channel.ts';

/** The channel of a process that was started ahead: it keeps what is said until somebody listens. */
export function keptFor(channel: Channel): Channel {
  const said: unknown[] = [];
  let hear: ((message: unknown) => void) | null = null;
  let closed: string | null = null;
  let over: ((how: string) => void) | null = null;
  channel.onMessage((message) => {
    if (hear) hear(message);
    else said.push(message);
  });
  channel.onClose((how) => {
    closed = how;
    over?.(how);
  });
  return {
    get pid() {
      return channel.pid;
    },
    post: (message) => channel.post(message),
    onMessage: (listener) => {
      hear = listener;
      for (const message of said.splice(0)) listener(message);
    },
    onClose: (listener) => {
      over = listener;
      if (closed !== null) listener(closed);
    },
    kill: () => channel.kill(),
  };
}
