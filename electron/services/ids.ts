import { v7 } from 'uuid';
import type { Clock, Random } from '../../native/model/clock.ts';

/** A new UUIDv7: ordered by the kiosk's clock, unpredictable in the rest. */
export function newId(ports: { readonly clock: Clock; readonly random: Random }): string {
  return v7({ msecs: ports.clock.now(), random: ports.random.bytes(16) });
}
