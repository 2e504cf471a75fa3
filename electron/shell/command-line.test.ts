import { describe, expect, it } from 'vitest';
import { judgeCommandLine } from './command-line.ts';

describe('command line of a closed build', () => {
  it('takes switches for drawing', () => {
    const args = ['--ozone-platform=wayland', '--disable-gpu', '--lang=zh-CN', '--log-level=3'];
    expect(judgeCommandLine(args, false)).toEqual({ remove: [], refuse: [] });
  });

  it.each([
    'remote-debugging-port',
    'remote-debugging-pipe',
    'remote-debugging-address',
    'inspect',
    'inspect-brk',
    'load-extension',
    'host-rules',
    'host-resolver-rules',
    'proxy-server',
    'user-data-dir',
    'disable-web-security',
    'allow-file-access-from-files',
    'ignore-certificate-errors',
    'a-switch-of-next-year',
  ])('takes away --%s', (name) => {
    expect(judgeCommandLine([`--${name}=1`], false)).toEqual({ remove: [name], refuse: [] });
    expect(judgeCommandLine([`-${name}`], false)).toEqual({ remove: [name], refuse: [] });
  });

  it.each(['js-flags', 'trace-startup', 'trace-startup-file', 'renderer-cmd-prefix', 'browser-subprocess-path'])(
    'does not start with --%s',
    (name) => {
      expect(judgeCommandLine([`--${name}=x`], true).refuse).toEqual([name]);
    },
  );

  it('gives up the sandbox for root only, who has no other way', () => {
    expect(judgeCommandLine(['--no-sandbox'], true)).toEqual({ remove: [], refuse: [] });
    expect(judgeCommandLine(['--no-sandbox'], false).refuse).toEqual(['no-sandbox']);
    expect(judgeCommandLine(['--disable-setuid-sandbox'], true).refuse).toEqual(['disable-setuid-sandbox']);
  });

  it('leaves what is no switch alone', () => {
    expect(judgeCommandLine(['file', '', '--', '--remote-debugging-port=1'], false)).toEqual({
      remove: [],
      refuse: [],
    });
  });
});
