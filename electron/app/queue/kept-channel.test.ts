import { expect, it } from 'vitest';
import type { Channel } from './channel.ts';
import { keptFor } from './kept-channel.ts';

it('keeps words and end of a process until somebody listens, in order, and each once', () => {
  let say: (message: unknown) => void = () => undefined;
  let end: (how: string) => void = () => undefined;
  const posted: unknown[] = [];
  const far: Channel = {
    pid: 7,
    post: (message) => void posted.push(message),
    onMessage: (listener) => {
      say = listener;
    },
    onClose: (listener) => {
      end = listener;
    },
    kill: () => undefined,
  };
  const channel = keptFor(far);
  say('hello');
  say('more');
  const heard: unknown[] = [];
  channel.onMessage((message) => heard.push(message));
  say('later');
  expect(heard).toEqual(['hello', 'more', 'later']);
  end('exit 1');
  channel.onClose((how) => heard.push(how));
  expect(heard.slice(3)).toEqual(['exit 1']);
  channel.post('open');
  expect(posted).toEqual(['open']);
  expect(channel.pid).toBe(7);
});
