import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './virtual-reader.ts';

const run = promisify(execFile);

/** How the printer behind the server behaves; the backend reads it anew for every job and while it waits. */
export type Mood = 'good' | 'paper-out' | 'stop-queue' | 'retry' | 'cancel' | 'hang' | 'fail';

/** A script that plays the printer: takes the job's bytes as the real backends do, and answers as they would. */
const BACKEND = `#!/bin/sh
# No arguments: what devices there are.
if [ $# -eq 0 ]; then echo 'direct moody:/ "Unknown" "Moody printer"'; exit 0; fi
HOME_OF_MOOD=$(dirname "$(dirname "$(dirname "$0")")")
mood() { cat "$HOME_OF_MOOD/mood"; }
take() { if [ -n "$6" ]; then cat "$6"; else cat; fi > "$HOME_OF_MOOD/paper/job-$1.pdf"; }
case $(mood) in
  stop-queue) exit 4 ;;
  retry) exit 1 ;;
  cancel) exit 5 ;;
  fail) exit 3 ;;
  hang) while [ "$(mood)" = hang ]; do sleep 0.1; done; exit 1 ;;
  paper-out)
    echo 'STATE: +media-empty-error' >&2
    while [ "$(mood)" = paper-out ]; do sleep 0.1; done ;;
esac
# A real backend looks at its printer first.
echo 'STATE: -media-empty-error' >&2
take "$@"
`;

/** A print server of its own, with one queue whose printer has moods. Needs root, because the backend runs as another user. */
export class PrintServer {
  readonly folder: string;
  readonly port: number;
  #process: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<PrintServer> {
    const folder = await mkdtemp(join(tmpdir(), 'hall24-cups-'));
    const server = new PrintServer(folder, await freePort());
    await server.#lay();
    await server.up();
    await server.#admin('lpadmin', '-p', 'A4', '-E', '-v', 'moody:/', '-o', 'printer-error-policy=stop-printer');
    return server;
  }

  get address(): string {
    return `ipp://127.0.0.1:${this.port}/printers/A4`;
  }

  async up(): Promise<void> {
    const conf = [join(this.folder, 'cupsd.conf'), join(this.folder, 'cups-files.conf')];
    const child = spawn('/usr/sbin/cupsd', ['-f', '-c', conf[0] ?? '', '-s', conf[1] ?? ''], { stdio: 'ignore' });
    this.#process = child;
    const there = await until(() => this.#answers(), 10_000);
    if (!there) throw new Error(`cupsd does not answer (exit ${child.exitCode})`);
  }

  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    await this.mood('good');
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }

  async mood(mood: Mood): Promise<void> {
    await writeFile(join(this.folder, 'mood'), mood);
  }

  /** Starts the queue again and takes back what a bad mood left. */
  async enable(): Promise<void> {
    await this.#admin('cupsenable', 'A4');
    await this.#admin('cupsaccept', 'A4');
  }

  disable(): Promise<void> {
    return this.#admin('cupsdisable', 'A4');
  }

  reject(): Promise<void> {
    return this.#admin('cupsreject', 'A4');
  }

  /** Documents that came out of the printer, in order. */
  async paper(): Promise<readonly Uint8Array[]> {
    const names = (await readdir(join(this.folder, 'paper'))).toSorted();
    return Promise.all(names.map(async (name) => new Uint8Array(await readFile(join(this.folder, 'paper', name)))));
  }

  async clearPaper(): Promise<void> {
    for (const name of await readdir(join(this.folder, 'paper'))) await rm(join(this.folder, 'paper', name));
  }

  /** Files of the spool that hold a job: control files (c00001), data files (d00001-001). */
  async spool(): Promise<readonly string[]> {
    return (await readdir(join(this.folder, 'spool'))).filter((name) => /^[cd]\d+/u.test(name));
  }

  /** Files below the server's folder, but the printer's own paper, in which a text stands. */
  async holding(text: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const entry of await readdir(this.folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.parentPath.endsWith('/paper')) continue;
      const path = join(entry.parentPath, entry.name);
      if ((await readFile(path)).includes(text)) found.push(path);
    }
    return found;
  }

  async #lay(): Promise<void> {
    const { folder } = this;
    await chmod(folder, 0o755);
    for (const name of ['spool', 'spool/tmp', 'cache', 'state', 'bin', 'bin/backend', 'bin/filter', 'log', 'paper']) {
      await mkdir(join(folder, name), { recursive: true, mode: 0o755 });
    }
    const { uid, gid } = await userOf('lp');
    await chown(join(folder, 'paper'), uid, gid);
    await writeFile(join(folder, 'bin', 'backend', 'moody'), BACKEND, { mode: 0o755 });
    // The scheduler starts backends by a helper of its own.
    await cp('/usr/lib/cups/daemon', join(folder, 'bin', 'daemon'), { recursive: true });
    await this.mood('good');
    await writeFile(
      join(folder, 'cups-files.conf'),
      [
        `ServerRoot ${folder}`,
        `ServerBin ${folder}/bin`,
        `CacheDir ${folder}/cache`,
        `StateDir ${folder}/state`,
        `RequestRoot ${folder}/spool`,
        `TempDir ${folder}/spool/tmp`,
        `AccessLog ${folder}/log/access`,
        `ErrorLog ${folder}/log/error`,
        `PageLog ${folder}/log/page`,
        'User lp',
        'Group lp',
        'SystemGroup root',
        'FatalErrors none',
        '',
      ].join('\n'),
    );
    await writeFile(
      join(folder, 'cupsd.conf'),
      [
        `Listen 127.0.0.1:${this.port}`,
        'LogLevel warn',
        'DirtyCleanInterval 0',
        'PreserveJobHistory Yes',
        'PreserveJobFiles Yes',
        'DefaultAuthType None',
        '<Location />',
        '  Order allow,deny',
        '  Allow all',
        '</Location>',
        '<Policy default>',
        '  JobPrivateAccess default',
        '  JobPrivateValues none',
        '  <Limit All>',
        '    Order allow,deny',
        '    Allow all',
        '  </Limit>',
        '</Policy>',
        '',
      ].join('\n'),
    );
  }

  async #admin(command: string, ...args: readonly string[]): Promise<void> {
    await run(`/usr/sbin/${command}`, ['-h', `127.0.0.1:${this.port}`, ...args]);
  }

  async #answers(): Promise<boolean> {
    try {
      await run('/usr/bin/lpstat', ['-h', `127.0.0.1:${this.port}`, '-r']).then(({ stdout }) => {
        if (stdout.includes('not running')) throw new Error(stdout);
      });
      return true;
    } catch {
      return false;
    }
  }
}

async function userOf(name: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? '').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
