import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testPage } from '../../electron/services/test-page.ts';
import { PrintServer } from './print-server.ts';
import { Trial, wait } from './trial.ts';
import { until } from './virtual-reader.ts';
import { Wine } from './wine.ts';

/** Stands in the document, so it may stand nowhere afterwards but on paper. */
const SECRET = '测试一 990001199001010019';
const DOCUMENT = Buffer.concat([Buffer.from(testPage()), Buffer.from(`% ${SECRET}\n`)]);
const PDF = DOCUMENT.toString('base64');

/** A printer that the stand-in plays, as folders: what it is like, what is in its queue, what came out of it. */
class StandIn {
  readonly folder: string;
  readonly library: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.library = join(folder, 'stand-in.dll');
  }

  static async build(): Promise<StandIn> {
    const standIn = new StandIn(await mkdtemp(join(tmpdir(), 'hall24-stand-in-')));
    for (const name of ['spool', 'paper']) await mkdir(join(standIn.folder, name));
    await standIn.mood('good');
    const source = join(import.meta.dirname, 'winspool-stand-in.c');
    const how = ['-O1', '-Wall', '-Werror', '-shared', '-D_WIN32_WINNT=0x0601'];
    await promisify(execFile)('x86_64-w64-mingw32-gcc-win32', [...how, '-o', standIn.library, source]);
    return standIn;
  }

  mood(word: string): Promise<void> {
    return writeFile(join(this.folder, 'mood'), word);
  }

  /** Files of jobs in the queue. */
  spool(): Promise<readonly string[]> {
    return readdir(join(this.folder, 'spool'));
  }

  async paper(): Promise<readonly Buffer[]> {
    const names = (await readdir(join(this.folder, 'paper'))).toSorted();
    return Promise.all(names.map((name) => readFile(join(this.folder, 'paper', name))));
  }

  async stop(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The driver above Wine's own winspool.drv, which hands documents to CUPS and knows next to nothing of their fate. */
async function aboveWine(trial: Trial, wine: Wine, server: PrintServer): Promise<void> {
  let program = await wine.start('windows-side.ts');
  const print = (deadlineMs = 8_000) => program.ask({ do: 'print', pdf: PDF, deadlineMs });
  const sheets = async (): Promise<number> => (await server.paper()).length;

  const address = 'winspool://A4';
  const a4 = { name: 'A4', address, driver: 'windows-spooler', trouble: '' };
  trial.expect('Wine: its printers are listed', await program.ask({ do: 'list' }), { ok: true, value: [a4] });
  const none = await program.ask({ do: 'open', printer: 'No such printer' });
  trial.expect('Wine: no such printer', none, { ok: false, error: { code: 'not-found' } });
  trial.expect('Wine: a printer is opened', await program.ask({ do: 'open', printer: 'A4' }), { ok: true, address });
  trial.expect('  and is online', await program.ask({ do: 'probe' }), { status: 'online', paper: 'unknown' });

  const handedOn = { outcome: 'unknown', cause: { detail: 'the spooler no longer knows the job' } };
  trial.expect('Wine: a page is handed on, and nothing is claimed of it', await print(), handedOn);
  trial.expect('  it came out', await until(async () => (await sheets()) === 1, 10_000), true);
  trial.expect('  byte for byte', Buffer.from((await server.paper())[0] ?? []).equals(DOCUMENT), true);
  trial.expect('  nothing of it is left in this Windows', await wine.holding(SECRET), []);
  trial.expect('  and the next one as well', await print(), handedOn);
  trial.expect('  both came out', await until(async () => (await sheets()) === 2, 10_000), true);

  await server.disable();
  trial.expect('Wine: a queue that is stopped behind it: nothing is claimed', await print(), handedOn);
  trial.expect('  nothing came out', await sheets(), 2);
  await server.enable();
  trial.expect('  until it goes on', await until(async () => (await sheets()) === 3, 10_000), true);

  await server.down();
  const away = await print();
  trial.expect('Wine: no print server behind it: nothing is claimed', away, { outcome: 'unknown' });
  await server.up();
  trial.expect('  nothing of the document is left', await wine.holding(SECRET), []);
  await program.ask({ do: 'close' });
  await program.ask({ do: 'quit' });

  // One that is killed with a document under way leaves nothing that prints by itself.
  const before = await sheets();
  program = await wine.start('windows-side.ts');
  await program.ask({ do: 'open', printer: 'A4' });
  const long = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(24 * 1024 * 1024, 'x')]).toString('base64');
  trial.expect('Wine: a long document is begun', await program.ask({ do: 'part', pdf: long }), { jobId: 1 });
  await program.kill();
  await wait(1_500);
  trial.expect('  and killed in the middle: no part of it comes out', await sheets(), before);
}

/** The driver above the stand-in: every state of a job and of a printer, through the real calls. */
async function aboveStandIn(trial: Trial, wine: Wine, standIn: StandIn): Promise<void> {
  const library = Wine.path(standIn.library);
  const program = await wine.start('windows-side.ts');
  const open = async (options: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    program.ask({ do: 'open', printer: 'Stand-in', library, options });
  const print = (more: Readonly<Record<string, unknown>> = {}) =>
    program.ask({ do: 'print', pdf: PDF, deadlineMs: 8_000, ...more });
  const sheets = async (): Promise<number> => (await standIn.paper()).length;
  const clean = async (): Promise<void> => trial.expect('  the spool is empty', await standIn.spool(), []);

  const value = [
    { name: 'Stand-in', info: '门口', model: 'Stand-in PDF', location: '2F', isDefault: true, trouble: '' },
    { name: String.raw`\\server\A4 办公室`, isDefault: false },
  ];
  trial.expect('printers are listed, the default one first', await program.ask({ do: 'list', library }), { value });
  trial.expect('a printer is opened', await open(), { ok: true });
  trial.expect('and is online', await program.ask({ do: 'probe' }), { status: 'online' });
  trial.expect('a page is printed', await print(), { outcome: 'printed', cause: null, jobId: 41, jobs: [41] });
  trial.expect('and came out byte for byte', (await standIn.paper())[0]?.equals(DOCUMENT), true);
  await clean();

  const states: readonly (readonly [mood: string, state: object])[] = [
    ['paper-out', { status: 'userError', fault: 'paper-out', paper: 'out' }],
    ['jam', { status: 'userError', fault: 'paper-jam', paper: 'jammed' }],
    ['door', { status: 'userError', fault: 'cover-open' }],
    ['toner', { status: 'online' }],
    ['paused', { status: 'hardwareError', detail: 'the queue is stopped' }],
    ['offline', { status: 'hardwareError', detail: 'offline' }],
    ['work-offline', { status: 'hardwareError', detail: 'the queue is stopped' }],
    ['away', { status: 'offline', detail: 'timeout: away: OpenPrinter: Windows error 1722' }],
    ['denied', { status: 'offline', detail: 'printer-error: denied: OpenPrinter: Windows error 5' }],
  ];
  for (const [mood, state] of states) {
    await standIn.mood(mood);
    trial.expect(`a printer in the mood ${mood} shows it`, await program.ask({ do: 'probe' }), state);
  }
  for (const mood of ['paused', 'offline', 'work-offline']) {
    await standIn.mood(mood);
    trial.expect(`and gets nothing: ${mood}`, await print(), { outcome: 'not-printed', jobId: null });
  }
  await standIn.mood('good');

  const fates: readonly (readonly [mood: string, outcome: object])[] = [
    ['hang', { outcome: 'unknown', cause: { code: 'timeout' } }],
    ['wait', { outcome: 'not-printed', cause: { code: 'timeout' } }],
    ['delete', { outcome: 'not-printed', cause: { code: 'printer-error' } }],
    ['disk-full', { outcome: 'not-printed', cause: { detail: 'refused: WritePrinter: Windows error 112' } }],
  ];
  for (const [mood, outcome] of fates) {
    const before = await sheets();
    await standIn.mood(mood);
    trial.expect(`a job in the mood ${mood}`, await print(), outcome);
    await standIn.mood('good');
    await wait(2_000);
    trial.expect('  and it is not printed later', await sheets(), before);
    await clean();
  }
  await standIn.mood('sent-only');
  trial.expect('sent, but never said to be printed', await print(), { outcome: 'unknown', cause: { code: 'timeout' } });
  await clean();
  await standIn.mood('error');
  const stuck = await print({ cancelAfterMs: 3_000 });
  trial.expect('cancelled before the first sheet', stuck, { outcome: 'not-printed', cause: { code: 'cancelled' } });
  await clean();

  await standIn.mood('good');
  let before = await sheets();
  const filled = print({ deadlineMs: 20_000 });
  await wait(1_200);
  await standIn.mood('paper-out');
  await wait(1_200);
  trial.expect('no paper while it prints is told', await program.ask({ do: 'state' }), { value: { paper: 'out' } });
  await standIn.mood('good');
  trial.expect('paper filled in: printed', await filled, { outcome: 'printed' });
  trial.expect('  once', await sheets(), before + 1);
  await clean();

  before = await sheets();
  const through = print({ deadlineMs: 25_000 });
  await wait(1_000);
  await standIn.mood('away');
  await wait(3_000);
  await standIn.mood('good');
  trial.expect('the spooler was away: the same job is asked for', await through, { outcome: 'printed' });
  trial.expect('  once', await sheets(), before + 1);
  await clean();

  const copies = await print({ copies: 2 });
  trial.expect('two copies are not for it', copies, { outcome: 'not-printed', cause: { code: 'not-supported' } });

  await standIn.mood('stuck');
  const stuckCall = program.ask({ do: 'probe' });
  await wait(500);
  const asked = performance.now();
  await program.ask({ do: 'list', library: 'none' });
  trial.expect('a call that hangs holds up nothing else', performance.now() - asked < 2_000, true);
  await standIn.mood('good');
  const late = { status: 'offline', detail: 'timeout: away: no answer within 10000 ms' };
  trial.expect('  and is given up', await stuckCall, late);
  const back = () => program.ask({ do: 'probe' }).then((said) => JSON.stringify(said).includes('online'));
  trial.expect('  until it comes back', await until(back, 10_000), true);

  await program.ask({ do: 'close' });
  trial.expect('the other datatype is passed on', await open({ datatype: 'XPS_PASS' }), { ok: true });
  trial.expect('  and printed', await print(), { outcome: 'printed' });
  await clean();

  before = await sheets();
  await standIn.mood('hang');
  await program.ask({ do: 'part', pdf: PDF, deadlineMs: 60_000 });
  trial.expect('a job is under way', await until(async () => (await standIn.spool()).length === 1, 5_000), true);
  await wait(1_500);
  // Another driver, as the next start of the program makes it.
  trial.expect('the next start', await open(), { ok: true });
  trial.expect('  settles and deletes what was left', await program.ask({ do: 'probe' }), { status: 'online' });
  await clean();
  await standIn.mood('good');
  await wait(1_500);
  trial.expect('  and never prints it', await sheets(), before);
  await program.ask({ do: 'quit' });
}

process.exitCode = await Trial.main('windows', async (trial) => {
  const server = await PrintServer.start();
  const standIn = await StandIn.build();
  const env = { CUPS_SERVER: `127.0.0.1:${server.port}`, HALL24_STAND_IN: Wine.path(standIn.folder) };
  const wine = await Wine.lay(env);
  try {
    await aboveWine(trial, wine, server);
    await aboveStandIn(trial, wine, standIn);
    const said = await wine.output();
    trial.expect('no error was written', /Error/u.exec(said) === null ? '' : said, '');
  } finally {
    await wine.stop();
    await standIn.stop();
    await server.stop();
  }
});
