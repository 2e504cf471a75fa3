import type { DoorFlow } from './door-flow.ts';
import type { DoorLook } from './locker-picture.tsx';
import type { PickupStep } from './pickup-flow.tsx';

/** What the person asked about while the door is open. */
export type Topic = 'none' | 'stuck' | 'wrong-things' | 'wont-close';

/** Which page is shown: texts stand under `pickup:page.<id>`. */
export type PageId =
  | 'opening'
  | 'take'
  | 'close'
  | 'sensor-lost'
  | 'not-open'
  | 'still-not-open'
  | 'unsure'
  | 'unsure-closed'
  | 'stopped'
  | 'closed';

interface Page {
  readonly id: PageId;
  readonly look: DoorLook;
  readonly step: PickupStep;
}

/** The page of a state. `long`: the door has been open for some seconds. */
export function pageOf(flow: DoorFlow, long: boolean): Page {
  switch (flow.name) {
    case 'opening':
      return { id: 'opening', look: 'aim', step: 'open' };
    case 'open':
      if (flow.sensor === 'unknown') return { id: 'sensor-lost', look: 'closing', step: 'close' };
      return long ? { id: 'close', look: 'closing', step: 'close' } : { id: 'take', look: 'open', step: 'close' };
    case 'not-open':
      return { id: flow.mayTryAgain ? 'not-open' : 'still-not-open', look: 'aim', step: 'open' };
    case 'unknown':
      return { id: flow.door === 'closed' ? 'unsure-closed' : 'unsure', look: 'aim', step: 'open' };
    case 'stopped':
      return { id: 'stopped', look: 'aim', step: 'open' };
    case 'closed':
      return { id: 'closed', look: 'shut', step: 'receipt' };
  }
}
