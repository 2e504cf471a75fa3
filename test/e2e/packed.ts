import { join } from 'node:path';
import { pickupOnline } from './journeys/pickup-online.ts';
import { walk } from './walk.ts';

const OUT = join(import.meta.dirname, '..', '..', 'out', 'journeys', 'packed');

/**
 * Walks one journey in a packed build that may be driven.
 * @returns 0 when it passed
 */
export async function packedJourney(
  executable: string,
  environment: { readonly display: Record<string, string> },
): Promise<number> {
  const report = await walk(pickupOnline, { executable, appDir: null, display: environment.display }, OUT);
  const good = report.passed && report.exactlyOnce;
  process.stderr.write(
    good ? 'The packed build starts and walks a journey.\n' : `The packed build does not work: ${report.fault ?? ''}\n`,
  );
  return good ? 0 : 1;
}
