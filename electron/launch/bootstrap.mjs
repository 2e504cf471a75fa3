// The first file of every command: installs the npm packages when they do not fit the lock file, then runs
// commands/COMMAND.ts on the project's own Node 24. It must parse on Node 18 and may import nothing but node:.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, linkSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { realpathSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const COMMANDS = join(ROOT, 'electron', 'launch', 'commands');
const MODULES = join(ROOT, 'node_modules');
const LOCK_FILE = join(ROOT, 'package-lock.json');
const STAMP = join(MODULES, '.hall24-stamp');
const INSTALL_LOCK = join(ROOT, '.install-lock');
/** An install older than this is taken for dead, even if a process with its number lives. */
const INSTALL_LOCK_MAX_AGE_MS = 30 * 60_000;

class LaunchError extends Error {}

const say = (text) => process.stderr.write(`${text}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The stamp of a fitting installation: what was installed, for which kind of machine. */
function wantedStamp() {
  const digest = createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex');
  return `${digest} ${process.platform}-${process.arch}\n`;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Whether node_modules holds what the lock file asks for, by npm's own record of it. Saves a reinstall after
 * `npm install NAME`, which changes the lock file and node_modules together.
 */
function fitsLockFile() {
  const record = readText(join(MODULES, '.package-lock.json'));
  if (record === undefined) return false;
  try {
    const wanted = JSON.parse(readFileSync(LOCK_FILE, 'utf8')).packages;
    const present = JSON.parse(record).packages;
    return Object.keys(wanted).every((path) => {
      if (path === '') return true;
      const want = wanted[path];
      const have = present[path];
      if (have === undefined) return want.optional === true || want.devOptional === true;
      return have.version === want.version && have.integrity === want.integrity && existsSync(join(ROOT, path));
    });
  } catch {
    return false;
  }
}

/** The project's Node 24, or the running one where none is published for this machine and it is new enough. */
function findNode() {
  const windows = process.platform === 'win32';
  const platform = windows ? 'win' : process.platform;
  const path = join(MODULES, `node-${platform}-${process.arch}`, 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(path)) return path;
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : undefined;
}

function isInstalled() {
  if (findNode() === undefined) return false;
  const stamp = wantedStamp();
  if (readText(STAMP) === stamp) return true;
  if (!fitsLockFile()) return false;
  writeFileSync(STAMP, stamp);
  return true;
}

/** npm's own script, so that it can be run on any Node and on Windows without a shell. */
function findNpm() {
  const folder = dirname(realpathSync(process.execPath));
  const given = [process.env.HALL24_NPM, process.env.npm_execpath].filter(
    (path) => path && basename(path) === 'npm-cli.js',
  );
  const beside = [folder, dirname(process.execPath)].flatMap((at) => [
    join(at, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(at, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(at, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'),
  ]);
  for (const at of (process.env.PATH || '').split(delimiter)) {
    try {
      beside.push(realpathSync(join(at, 'npm')));
    } catch {
      // No npm in this folder of the search path.
    }
  }
  return [...given, ...beside].find((path) => basename(path) === 'npm-cli.js' && existsSync(path));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Who holds the lock: the start that took it, or the npm it has left behind. Undefined when both are gone or the lock
 * is too old to be believed.
 */
function liveOwner(text) {
  let age;
  try {
    age = Date.now() - statSync(INSTALL_LOCK).mtimeMs;
  } catch {
    return undefined;
  }
  // Empty: its owner has just created it and not yet written.
  if (text === '') return age < 10_000 ? 'unknown' : undefined;
  if (age > INSTALL_LOCK_MAX_AGE_MS) return undefined;
  return text
    .split(/\s+/)
    .map(Number)
    .find((pid) => pid > 0 && pid !== process.pid && isAlive(pid));
}

/** Takes the lock aside only if it is still the dead one that was read: another start may have replaced it since. */
function removeDeadLock(text) {
  const aside = `${INSTALL_LOCK}.${process.pid}`;
  try {
    renameSync(INSTALL_LOCK, aside);
    if (readText(aside) !== text) linkSync(aside, INSTALL_LOCK);
  } catch {
    // Another start was quicker.
  } finally {
    rmSync(aside, { force: true });
  }
}

async function takeInstallLock() {
  let told = false;
  for (;;) {
    try {
      const file = openSync(INSTALL_LOCK, 'wx');
      writeSync(file, `${process.pid}\n`);
      closeSync(file);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw new LaunchError(`Cannot write into ${ROOT}: ${error.message}`);
    }
    const text = readText(INSTALL_LOCK);
    if (text === undefined) continue;
    const owner = liveOwner(text);
    if (owner === undefined) {
      removeDeadLock(text);
      continue;
    }
    if (!told) say(`Another start (process ${owner}) is installing the packages; waiting for it ...`);
    told = true;
    await sleep(300);
  }
}

/**
 * Installs exactly what the lock file says, into an empty folder. Not by `npm ci`: that refuses a lock file without
 * the packages for other platforms, which some registries do not have. Scripts stay off whatever the user's npm
 * settings say: no package here needs one.
 */
async function installPackages(npm) {
  const wanted = Object.keys(JSON.parse(readFileSync(LOCK_FILE, 'utf8')).packages).length - 1;
  say(`Installing up to ${wanted} npm packages (about 20 s on a good line) ...`);
  const started = Date.now();
  rmSync(MODULES, { recursive: true, force: true, maxRetries: 3 });
  const args = [
    npm,
    'install',
    '--no-save',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ];
  const child = spawn(process.execPath, [...args, '--loglevel=error'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  writeFileSync(INSTALL_LOCK, `${process.pid} ${child.pid}\n`);
  const release = forwardSignals(child);
  const ticker = setInterval(() => say(`  ... ${Math.round((Date.now() - started) / 1000)} s`), 5_000);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => resolve(signal ?? status));
    });
    if (code !== 0) {
      throw new LaunchError(
        `npm install failed (${code}). Its own message is above.\n` +
          'Check that the npm registry can be reached (npm ping), that the disk has 1 GB free, then start again.',
      );
    }
  } finally {
    clearInterval(ticker);
    release();
  }
  if (findNode() === undefined) {
    throw new LaunchError(
      `There is no Node 24 package for ${process.platform}-${process.arch}. Install Node 24 or newer and start again.`,
    );
  }
  writeFileSync(STAMP, wantedStamp());
  say(`Packages installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

async function ensurePackages(npm) {
  if (isInstalled()) return;
  if (npm === undefined) {
    throw new LaunchError(
      'npm was not found beside Node or in the search path. Install it (it comes with Node.js), then start again.',
    );
  }
  await takeInstallLock();
  try {
    if (!isInstalled()) await installPackages(npm);
  } finally {
    try {
      unlinkSync(INSTALL_LOCK);
    } catch {
      // Already taken over by another start after this one was believed dead.
    }
  }
}

/** Passes signals on to the child until released. A terminal sends Ctrl-C to the whole group by itself. */
function forwardSignals(child) {
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const handler = () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, handler);
    return [signal, handler];
  });
  return () => handlers.forEach(([signal, handler]) => process.off(signal, handler));
}

async function run(command, args, npm) {
  const node = findNode();
  const env = { ...process.env };
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') || 'PATH';
  env[pathName] = [dirname(node), join(MODULES, '.bin'), env[pathName]].filter(Boolean).join(delimiter);
  if (npm !== undefined) env.HALL24_NPM = npm;
  const child = spawn(node, [join(COMMANDS, `${command}.ts`), ...args], { stdio: 'inherit', env });
  const release = forwardSignals(child);
  const end = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  release();
  if (end.signal) process.kill(process.pid, end.signal);
  process.exitCode = end.code === null ? 1 : end.code;
}

async function main() {
  const [command, ...args] = process.argv.slice(2);
  const known = readdirSync(COMMANDS).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  if (command === undefined || !known.includes(`${command}.ts`)) {
    const names = known.map((name) => name.slice(0, -3)).join(', ');
    throw new LaunchError(`Usage: node electron/launch/bootstrap.mjs COMMAND [arguments]\nCommands: ${names}`);
  }
  if (Number(process.versions.node.split('.')[0]) < 18) {
    throw new LaunchError(`Node 18 or newer is needed to start; this is ${process.versions.node}.`);
  }
  const npm = findNpm();
  await ensurePackages(npm);
  await run(command, args, npm);
}

main().catch((error) => {
  say(error instanceof LaunchError ? `hall24: ${error.message}` : error.stack);
  process.exitCode = 1;
});
