import { join } from 'node:path';
import { pickupOnline } from './journeys/pickup-online.ts';
import { packedGlass } from './packed-glass.ts';
import { walk } from './walk.ts';

const OUT = join(import.meta.dirname, '..', '..', 'out', 'journeys', 'packed');

/**
 * Walks one journey in a packed build that may be driven, then looks at its glass while visits end.
 * @returns 0 when it passed
 */
export async function packedJourney(
  executable: string,
  environment: { readonly display: Record<string, string> },
): Promise<number> {
  const report = await walk(pickupOnline, { executable, appDir: null, display: environment.display }, OUT);
  const walked = report.passed && report.exactlyOnce;
  const glass = walked ? await packedGlass(executable, OUT) : null;
  if (glass !== null) process.stderr.write(`${JSON.stringify(glass)}\n`);
  const good = walked && glass !== null && glass.faults.length === 0;
  process.stderr.write(
    good ? 'The packed build starts and walks a journey.\n' : `The packed build does not work: ${report.fault ?? ''}\n`,
  );
  return good ? 0 : 1;
}
