import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError } from '../model/transport.ts';
import { IPP, IPP_GROUP, IPP_STATUS, attribute, decodeIpp, encodeIpp, textsOf } from './ipp-codec.ts';
import type { IppAnswer } from './ipp-codec.ts';
import { STATE_ATTRIBUTES, stateOf, troubleOf } from './printer-reasons.ts';

/** A queue of a print server, as a technician tells it from others. */
export interface PrinterQueue {
  /** Its name at the server. */
  readonly name: string;
  /** What its owner wrote of it, its model and where it stands; empty where nothing is told. */
  readonly info: string;
  readonly model: string;
  readonly location: string;
  /** Where documents go that name no queue. */
  readonly isDefault: boolean;
  /** What keeps it from printing, in the printer's own words; empty when nothing is known. */
  readonly trouble: string;
}

const WANTED = ['printer-name', 'printer-info', 'printer-make-and-model', 'printer-location', ...STATE_ATTRIBUTES];

/** Asks a CUPS server what queues it has. The line is any that reaches the server. */
export async function cupsQueues(transport: Transport): Promise<Result<readonly PrinterQueue[], TransportError>> {
  const listed = await ask(transport, IPP.cupsGetPrinters, WANTED);
  if (!listed.ok) return listed;
  // A server without a default one says "not found"; that is no failure.
  const first = await ask(transport, IPP.cupsGetDefault, ['printer-name']);
  const chosen = first.ok ? printers(first.value).flatMap((one) => textsOf(one, 'printer-name'))[0] : undefined;
  return ok(
    printers(listed.value).flatMap((printer): readonly PrinterQueue[] => {
      const word = (name: string): string => textsOf(printer, name)[0] ?? '';
      const name = word('printer-name');
      if (name === '') return [];
      return [
        {
          name,
          info: word('printer-info'),
          model: word('printer-make-and-model'),
          location: word('printer-location'),
          isDefault: name === chosen,
          trouble: troubleOf(stateOf(printer))?.detail ?? '',
        },
      ];
    }),
  );
}

function printers(answer: IppAnswer) {
  return answer.groups.filter(({ tag }) => tag === IPP_GROUP.printer);
}

async function ask(
  transport: Transport,
  operation: number,
  wanted: readonly string[],
): Promise<Result<IppAnswer, TransportError>> {
  let answer: IppAnswer | null = null;
  const forget = transport.onData((bytes) => {
    const read = decodeIpp(bytes);
    answer = read.ok ? read.value : null;
  });
  try {
    const attributes = [attribute('requested-attributes', 'keyword', ...wanted)];
    const written = await transport.write(encodeIpp({ operation, requestId: operation, attributes }));
    if (!written.ok) return written;
  } finally {
    forget();
  }
  const read = answer as IppAnswer | null;
  if (!read || read.requestId !== operation) return err({ code: 'io', detail: 'no IPP answer' });
  if (read.status <= IPP_STATUS.lastSuccess) return ok(read);
  // CUPS answers so when it has no queue at all.
  if (read.status === IPP_STATUS.notFound) return ok({ ...read, groups: [] });
  return err({ code: 'io', detail: `IPP status ${read.status.toString(16).padStart(4, '0')}` });
}
