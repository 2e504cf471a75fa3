import { testPage } from '../../electron/services/test-page.ts';
import { cupsQueues } from '../../native/page-printer/cups-queues.ts';
import { ippPrinter } from '../../native/page-printer/index.ts';
import { openTransport } from '../../native/transport/open.ts';
import { systemClock } from '../../native/transport/system-clock.ts';
import { PrintServer } from './print-server.ts';
import type { Mood } from './print-server.ts';
import { Trial, wait } from './trial.ts';

/** Stands in the document, so it may stand nowhere afterwards but on paper. */
const SECRET = '测试一 990001199001010019';

function document(): Uint8Array {
  const page = Buffer.from(testPage());
  return new Uint8Array(Buffer.concat([page, Buffer.from(`% ${SECRET}\n`)]));
}

// A real print server whose printer has moods; what the driver says is compared with what came out of the printer.
process.exitCode = await Trial.main('printing', async (trial) => {
  const server = await PrintServer.start();
  try {
    const opened = await openTransport(server.address);
    if (!opened.ok) throw new Error(opened.error.detail);
    const make = () => ippPrinter.create({ transport: opened.value, clock: systemClock, options: {} });
    let printer = make();
    const print = (deadlineMs = 6_000) => printer.printPdf({ pdf: document(), deadlineMs });
    const sheets = async (): Promise<number> => (await server.paper()).length;
    const clean = async (): Promise<void> => {
      trial.expect('  the spool is empty', await server.spool(), []);
      trial.expect('  nothing of the document is left', await server.holding(SECRET), []);
    };

    const queue = { name: 'A4', isDefault: false, trouble: '' };
    trial.expect('the server tells its queues', await cupsQueues(opened.value), { ok: true, value: [queue] });
    trial.expect('it is online', await printer.probe(), { status: 'online', paper: 'full' });
    trial.expect('a page is printed', await print(), { outcome: 'printed', cause: null });
    trial.expect('and came out byte for byte', Buffer.from((await server.paper())[0] ?? []).equals(document()), true);
    await clean();

    await server.mood('paper-out');
    const refilled = print(20_000);
    await wait(2_000);
    trial.expect('no paper while it prints is told', await printer.readState(), { value: { paper: 'out' } });
    await server.mood('good');
    trial.expect('paper filled in: printed', await refilled, { outcome: 'printed' });
    await clean();

    await server.mood('paper-out');
    const never = { outcome: 'unknown', cause: { code: 'paper-out' } };
    trial.expect('no paper to the end: taken back, unknown', await print(), never);
    trial.expect('and told as what was last known', await printer.probe(), { status: 'userError', fault: 'paper-out' });
    await server.mood('good');
    await wait(1_000);
    trial.expect('it is not printed later', await sheets(), 2);
    await clean();
    trial.expect('the next page is printed all the same', await print(), { outcome: 'printed' });

    const moods: readonly [Mood, string][] = [
      ['stop-queue', 'not-printed'],
      ['retry', 'not-printed'],
      ['cancel', 'not-printed'],
      ['fail', 'not-printed'],
      ['hang', 'unknown'],
    ];
    for (const [mood, outcome] of moods) {
      const before = await sheets();
      await server.mood(mood);
      trial.expect(`a printer in the mood ${mood}`, await print(), { outcome });
      await server.mood('good');
      await server.enable();
      await wait(1_200);
      trial.expect('  and it is not printed later', await sheets(), before);
      await clean();
    }

    await server.disable();
    trial.expect('a stopped queue gets nothing', await print(), { outcome: 'not-printed', jobId: null });
    await server.enable();
    await server.reject();
    trial.expect('nor one that refuses', await print(), { outcome: 'not-printed', jobId: null });
    await server.enable();

    await server.clearPaper();
    await server.mood('paper-out');
    const through = print(40_000);
    await wait(1_500);
    await server.down('SIGKILL');
    trial.expect('server killed: offline', await make().probe(), { status: 'offline' });
    await server.mood('good');
    await server.up();
    trial.expect('server back: the same job is asked for', await through, { outcome: 'printed' });
    trial.expect('  and came out once', await sheets(), 1);
    await clean();

    await server.mood('hang');
    const left = print(30_000);
    await wait(1_500);
    printer.dispose();
    trial.expect('this program ends in the middle', await left, { outcome: 'unknown' });
    trial.expect('  its job is still there', (await server.spool()).length > 0, true);
    printer = make();
    trial.expect('the next start settles and forgets it', await printer.probe(), { status: 'online' });
    await server.mood('good');
    await wait(1_000);
    trial.expect('  and never prints it', await sheets(), 1);
    await clean();
    await opened.value.close();
  } finally {
    await server.stop();
  }
});
