import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../native/cli.ts';
import { driverRegistry } from '../../native/manager/registry.ts';
import { openTransport } from '../../native/transport/open.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import { readRequest } from './far-ends/command-line.ts';
import { FAR_ENDS } from './far-ends/table.ts';
import { simulate } from './simulate.ts';

const PORTS = { clock: systemClock, random: systemRandom, open: openTransport };

/** A contact on the pins of a port sends no bytes. */
const WITHOUT_BYTES = ['modem-line'];

describe('npm run device -- simulate', () => {
  it('has a far end for every driver of the classes that it plays', () => {
    for (const [deviceClass, known] of Object.entries(FAR_ENDS)) {
      const all = driverRegistry[deviceClass as keyof typeof FAR_ENDS].map(({ id }) => id);
      const drivers = all.filter((id) => !WITHOUT_BYTES.includes(id));
      expect(Object.keys(known).toSorted()).toEqual(drivers.toSorted());
    }
  });

  it.each([
    [
      'social-security-card-reader --port pcsc+tcp://127.0.0.1:0',
      'social-security-card-reader test --wait 5',
      'insert',
      'mute-card',
    ],
    ['page-printer --port ipp://127.0.0.1:0', 'page-printer test', 'well', 'out'],
    ['page-printer --port winspool+tcp://127.0.0.1:0', 'page-printer test', 'well', 'out'],
  ])('plays %s, which the bench tests', async (play, test, well, ill) => {
    const stop = new AbortController();
    let ready = (_line: string): void => undefined;
    const started = new Promise<string>((resolve) => {
      ready = resolve;
    });
    const playing = simulate([...play.split(' '), '--control', 'tcp://127.0.0.1:0'], {
      ...PORTS,
      out: (line) => ready(line),
      err: () => undefined,
      stop: stop.signal,
      input: null,
    });
    const { address, control } = JSON.parse(await started) as { readonly address: string; readonly control: string };
    const socket = connect({ host: '127.0.0.1', port: Number(control.split(':').at(-1)) });
    const lines = createInterface({ input: socket });
    const tested = async (word: string): Promise<number> => {
      const answered = once(lines, 'line');
      socket.write(`${word}\n`);
      expect(JSON.parse(String((await answered)[0]))).toMatchObject({ ok: true });
      const silent = { out: () => undefined, err: () => undefined, stop: stop.signal };
      return runCli([...test.split(' '), '--port', address, '--json'], { ...PORTS, ...silent });
    };
    try {
      expect([await tested(well), await tested(ill)]).toEqual([0, 1]);
    } finally {
      stop.abort();
      socket.destroy();
      await playing;
    }
  });

  it('plays a locker that a program misuses by its control socket', async () => {
    const stop = new AbortController();
    const out: string[] = [];
    let ready = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const args = 'pickup-locker --driver kerong-cu48 --port tcp://127.0.0.1:0 --control tcp://127.0.0.1:0';
    const playing = simulate(args.split(' '), {
      ...PORTS,
      out: (line) => {
        out.push(line);
        ready();
      },
      err: () => undefined,
      stop: stop.signal,
      input: null,
    });
    await started;
    const { address, control } = JSON.parse(out[0] ?? '') as { readonly address: string; readonly control: string };
    const socket = connect({ host: '127.0.0.1', port: Number(control.split(':').at(-1)) });
    const lines = createInterface({ input: socket });
    const ask = async (request: string): Promise<Record<string, unknown>> => {
      const answered = once(lines, 'line');
      socket.write(`${request}\n`);
      return JSON.parse(String((await answered)[0])) as Record<string, unknown>;
    };
    const cli = async (command: string): Promise<{ readonly code: number; readonly last: string }> => {
      const told: string[] = [];
      const code = await runCli([...command.split(' '), '--driver', 'kerong-cu48', '--port', address, '--json'], {
        ...PORTS,
        out: (line) => told.push(line),
        err: () => undefined,
        stop: stop.signal,
      });
      return { code, last: told.at(-1) ?? '' };
    };
    try {
      expect(await cli('pickup-locker test')).toMatchObject({ code: 0 });
      expect(await ask('{"do": "force", "cell": 7}')).toMatchObject({ ok: true, done: 'force' });
      expect(JSON.parse((await cli('pickup-locker status --cell 7')).last)).toMatchObject({ doors: { '7': 'open' } });
      expect(await ask('mute')).toMatchObject({ ok: true, state: { line: { mute: true } } });
      expect(await ask('dor 3')).toMatchObject({
        ok: false,
        error: expect.stringContaining('did you mean door') as string,
      });
      expect(await ask('{"do": "door", "cell": 99, "behaviour": "stuck"}')).toMatchObject({ ok: false });
      expect(await ask('quit')).toEqual({ ok: true, done: 'quit' });
      expect(await playing).toBe(0);
    } finally {
      stop.abort();
      socket.destroy();
      await playing;
    }
  });

  it.each([
    'toaster --port pty',
    'receipt-printer',
    'pickup-locker --port pty',
    'receipt-printer --port nowhere',
    'evaluation-keypad --driver hid-keypad --port pty',
    'receipt-printer --port pty --closes soon',
    'receipt-printer --port pty --contrl x',
  ])('refuses "%s" as wrong use', async (args) => {
    const err: string[] = [];
    const ports = { ...PORTS, out: () => undefined, err: (line: string) => err.push(line), input: null };
    const stop = new AbortController();
    expect(await simulate(args.split(' '), { ...ports, stop: stop.signal })).toBe(2);
    expect(err[0]).toContain('--help');
  });

  it('reads JSON, words and keys alike', () => {
    const make = FAR_ENDS['pickup-locker']?.['kerong-cu48'];
    const farEnd = make?.({ clock: systemClock, options: {}, doorsCloseAfterMs: null });
    const actions = farEnd?.actions ?? [];
    const wanted = { cell: 3, board: 0, behaviour: 'stuck' };
    for (const line of ['{"do":"door","cell":3,"behaviour":"stuck"}', 'door 3 behaviour=stuck', 'door 3 0 stuck']) {
      expect(readRequest(line, actions)).toMatchObject({ values: wanted });
    }
    expect(readRequest('s', actions)).toMatchObject({ action: { word: 'door' }, values: { behaviour: 'stuck' } });
    expect(readRequest('door x', actions)).toEqual({ problem: 'door: cell must be a number from 1 to 255' });
    farEnd?.dispose();
  });
});
