import { readFileSync } from 'node:fs';
import { EXIT, UsageError, errorFields, failed, neverSent, say, showStatus, succeeded } from './common.ts';
import type { DeviceCommand, Session } from './common.ts';

/** How long a print may take, in milliseconds. */
export const PRINT_MS = 180_000;

export const PAGE_PRINTER: readonly DeviceCommand[] = [
  {
    word: 'status',
    summary: 'says how the printer is: paper, toner, cover, queue',
    more:
      'JSON: {"ok", "status", "paper", "toner", "cover", "queue": "idle"|"printing"|"stopped"|"refusing", "reasons"}.\n' +
      '--port ipp://localhost/printers/NAME; "lpstat -v" shows the names. On Windows --port "winspool://NAME", the name as in\n' +
      "the system's list of printers. Looking also empties the spool of this kiosk.",
    prepare: () => async (session) => {
      const { manager, health, ports } = session;
      const asked = await manager
        .slot('page-printer')
        .run((driver, signal) => driver.readState(signal), { signal: ports.stop });
      return showStatus(health(), asked.ok ? asked.value : {}, session);
    },
  },
  {
    word: 'print',
    summary: 'prints a PDF file and says what came of it',
    more: 'JSON: {"ok", "result": "printed"|"not-printed"|"unknown", "jobId"}. Waits up to 180 s; nothing stays in the spool.',
    needs: ['file'],
    prepare: ({ file = '' }) => {
      let pdf: Uint8Array;
      try {
        pdf = new Uint8Array(readFileSync(file));
      } catch (error) {
        const why = error instanceof Error ? error.message : 'cannot be read';
        throw new UsageError(`--file ${file}: ${why}`, 'page-printer print');
      }
      return (session) => print(session, pdf);
    },
  },
  {
    word: 'purge',
    summary: 'takes back and forgets every job of this kiosk at the printer',
    more: 'JSON: {"ok": true, "jobs": N}',
    prepare: () => async (session) => {
      const purged = await session.manager
        .slot('page-printer')
        .run((driver, signal) => driver.purge(signal), { signal: session.ports.stop });
      if (!purged.ok) return failed(purged.error, session);
      return succeeded({ jobs: purged.value }, [`${purged.value} jobs were in the spool, now none`], session);
    },
  },
];

async function print(session: Session, pdf: Uint8Array): Promise<number> {
  const { manager, options, ports } = session;
  say('Printing ...', session);
  const result = await manager
    .slot('page-printer')
    .call((driver, signal) => driver.printPdf({ pdf, deadlineMs: PRINT_MS, signal }), { signal: ports.stop });
  if (!result.ok) return failed(result.error, session, neverSent(result.error) ? 'not-printed' : 'unknown');
  const { outcome, cause, jobId } = result.value;
  const told = { ok: outcome === 'printed', result: outcome, jobId, ...(cause ? errorFields(cause) : {}) };
  const why = cause ? ` (${cause.code}: ${cause.detail})` : '';
  ports.out(options.json ? JSON.stringify(told) : `${outcome}${why}`);
  return outcome === 'printed' ? EXIT.done : EXIT.failed;
}
