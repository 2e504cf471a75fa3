import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ROOT } from '../../electron/launch/paths.ts';
import { windowsPrograms } from './windows-programs.ts';
import { wait } from './trial.ts';

const run = promisify(execFile);

const WINE = '/usr/lib/wine/wine64';
const SERVERS = ['/usr/lib/wine/wineserver64', '/usr/lib/wine/wineserver'];
/** How long Wine may take to lay a prefix, or a program to call back, in milliseconds. */
const START_MS = 90_000;
/** How long one thing may take that the program is asked to do, in milliseconds. */
const ASK_MS = 120_000;

/** A Windows of its own below a temporary folder; its drive Z: is this machine's file system. */
export class Wine {
  readonly folder: string;
  readonly #node: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, node: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#node = node;
    this.#env = env;
  }

  /** @param env what its programs find in their environment */
  static async lay(env: Readonly<Record<string, string>>): Promise<Wine> {
    const { node, modules } = await windowsPrograms();
    const folder = await mkdtemp(join(tmpdir(), 'hall24-wine-'));
    const wine = new Wine(folder, node, {
      ...process.env,
      ...env,
      WINEPREFIX: join(folder, 'prefix'),
      WINEDEBUG: '-all',
      // Neither a desktop nor .NET and a browser are needed.
      WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
      DISPLAY: '',
    });
    try {
      await run(WINE, ['wineboot', '-i'], { env: wine.#env, timeout: START_MS });
      // Node asks for it.
      await run(WINE, ['winecfg', '-v', 'win10'], { env: wine.#env, timeout: START_MS });
      // The product's own sources beside modules for Windows.
      await mkdir(wine.#app);
      for (const name of ['native', 'test']) await symlink(join(ROOT, name), join(wine.#app, name));
      await symlink(modules, join(wine.#app, 'node_modules'));
    } catch (error) {
      await wine.stop();
      throw error;
    }
    return wine;
  }

  get #app(): string {
    return join(this.folder, 'app');
  }

  /** Path of a file of this machine as Windows programs name it. */
  static path(file: string): string {
    return `Z:${file.replaceAll('/', '\\')}`;
  }

  /** Starts a TypeScript file of `test/peripherals` in Node for Windows. */
  async start(file: string): Promise<WindowsProgram> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const output = await open(join(this.folder, 'output'), 'a');
    try {
      const called = new Promise<Socket>((resolve) => server.once('connection', resolve));
      const script = join(this.#app, 'test', 'peripherals', file);
      const flags = ['--no-warnings', '--experimental-strip-types'];
      // Node cannot use the pipes that Wine makes of ours; files it can.
      const stdio = ['ignore', output.fd, output.fd] as const;
      const child = spawn(WINE, [this.#node, ...flags, script, String(port)], { env: this.#env, stdio: [...stdio] });
      const ended = new Promise<null>((resolve) => child.once('close', () => resolve(null)));
      const socket = await Promise.race([called, ended, wait(START_MS).then(() => null)]);
      if (socket) return new WindowsProgram(socket, () => child.kill('SIGKILL'), ended);
      child.kill('SIGKILL');
      throw new Error(`the Windows program did not call back: ${(await this.output()).slice(-500)}`);
    } finally {
      await output.close();
      server.close();
    }
  }

  /** What its programs wrote. */
  async output(): Promise<string> {
    return readFile(join(this.folder, 'output'), 'utf8').catch(() => '');
  }

  /** Files of this Windows in which a text stands. */
  async holding(text: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const entry of await readdir(join(this.folder, 'prefix'), { recursive: true, withFileTypes: true })) {
      // The folders of drive Z: and of the devices are links.
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      if ((await readFile(path).catch(() => '')).includes(text)) found.push(path);
    }
    return found;
  }

  async stop(): Promise<void> {
    const server = SERVERS.find(existsSync);
    if (server !== undefined) await run(server, ['-k'], { env: this.#env, timeout: START_MS }).catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A program in Wine that does what it is asked, several things at once if need be: JSON lines over a socket. */
export class WindowsProgram {
  readonly #socket: Socket;
  readonly #kill: () => void;
  readonly #ended: Promise<unknown>;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #number = 0;

  constructor(socket: Socket, kill: () => void, ended: Promise<unknown>) {
    this.#socket = socket;
    this.#kill = kill;
    this.#ended = ended;
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      const { number, answer } = JSON.parse(line) as { readonly number: number; readonly answer: unknown };
      this.#waiting.get(number)?.(answer);
      this.#waiting.delete(number);
    });
    socket.once('close', () => {
      for (const settle of this.#waiting.values()) settle('the Windows program has ended');
      this.#waiting.clear();
    });
  }

  /** What it answers, or a text that says why it does not. */
  async ask(what: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#socket.destroyed) return 'the Windows program has ended';
    this.#number += 1;
    const number = this.#number;
    const answered = new Promise<unknown>((resolve) => this.#waiting.set(number, resolve));
    this.#socket.write(`${JSON.stringify({ number, ...what })}\n`);
    return Promise.race([answered, wait(ASK_MS).then(() => 'no answer')]);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.#kill();
    await this.#ended;
    this.#socket.destroy();
  }
}
