// Runs in Node for Windows: drives the product's own driver of the Windows spooler as it is asked over a socket, whose
// port is the first argument. A line in: {"number", "do", ...}; a line out: {"number", "answer"}.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { listPrinters } from '../../native/manager/list-printers.ts';
import { windowsSpooler } from '../../native/page-printer/index.ts';
import type { PagePrinter } from '../../native/model/page-printer.ts';
import type { Transport } from '../../native/model/transport.ts';
import { systemClock } from '../../native/transport/system-clock.ts';
import { listWinspoolPrinters, openWinspool } from '../../native/transport/winspool.ts';

interface Asked {
  readonly number: number;
  readonly do: 'list' | 'open' | 'probe' | 'state' | 'print' | 'settle' | 'purge' | 'close' | 'part' | 'quit';
  readonly printer?: string;
  /** Another winspool.drv. */
  readonly library?: string;
  /** Of the driver. */
  readonly options?: Readonly<Record<string, string>>;
  readonly pdf?: string;
  readonly deadlineMs?: number;
  readonly copies?: number;
  readonly cancelAfterMs?: number;
  readonly jobId?: number;
}

let line: Transport | null = null;
let driver: PagePrinter | null = null;

async function answer(asked: Asked): Promise<unknown> {
  const library = asked.library === undefined ? {} : { library: asked.library };
  const pdf = new Uint8Array(Buffer.from(asked.pdf ?? '', 'base64'));
  switch (asked.do) {
    case 'list':
      return listPrinters([], { windows: () => listWinspoolPrinters(library) });
    case 'open': {
      const opened = await openWinspool({ scheme: 'winspool', printer: asked.printer ?? '' }, library);
      if (!opened.ok) return opened;
      line = opened.value;
      driver = windowsSpooler.create({ transport: line, clock: systemClock, options: asked.options ?? {} });
      return { ok: true, address: line.address };
    }
    case 'probe':
      return driver?.probe();
    case 'state':
      return driver?.readState();
    case 'print': {
      const { deadlineMs = 20_000, copies = 1, cancelAfterMs } = asked;
      const signal = cancelAfterMs === undefined ? {} : { signal: AbortSignal.timeout(cancelAfterMs) };
      const jobs: number[] = [];
      const printed = await driver?.printPdf({ pdf, deadlineMs, copies, ...signal, onJob: (id) => jobs.push(id) });
      return { ...printed, jobs };
    }
    case 'settle':
      return driver?.settleJob(asked.jobId ?? 0);
    case 'purge':
      return driver?.purge();
    case 'part':
      // Answers when the document was begun, not when it is done.
      return new Promise((resolve) => {
        void driver?.printPdf({ pdf, deadlineMs: asked.deadlineMs ?? 20_000, onJob: (jobId) => resolve({ jobId }) });
      });
    case 'close':
      driver?.dispose();
      await line?.close();
      return { ok: true };
    case 'quit':
      setTimeout(() => process.exit(0), 50);
      return { ok: true };
  }
}

const socket = connect(Number(process.argv[2]), '127.0.0.1');
socket.on('close', () => process.exit(0));
createInterface({ input: socket }).on('line', (text) => {
  const asked = JSON.parse(text) as Asked;
  void answer(asked).then((said) => {
    socket.write(`${JSON.stringify({ number: asked.number, answer: said ?? null })}\n`);
  });
});
