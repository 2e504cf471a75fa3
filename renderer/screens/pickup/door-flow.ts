import type { DoorOpening } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { Result } from '../../../native/model/result.ts';

type Door = DoorOpening['door'];

/**
 * What is known of the door. `open` only on the sensor's word; `watched` tells whether the main process follows it until
 * it is closed. `not-open` and `unknown` are outcomes of an opening; `stopped` is a refusal after which nothing moves.
 */
export type DoorFlow =
  | { readonly name: 'opening'; readonly tries: number }
  | { readonly name: 'open'; readonly tries: number; readonly watched: boolean; readonly sensor: 'open' | 'unknown' }
  | { readonly name: 'not-open'; readonly tries: number; readonly mayTryAgain: boolean }
  | { readonly name: 'unknown'; readonly tries: number; readonly door: Door; readonly mayTryAgain: boolean }
  | { readonly name: 'stopped'; readonly tries: number; readonly problem: Problem }
  | { readonly name: 'closed'; readonly tries: number };

export type DoorFlowEvent =
  | { readonly type: 'try' }
  | { readonly type: 'answered'; readonly answer: Result<DoorOpening, Problem> }
  /** What the sensor says, asked for or unasked. */
  | { readonly type: 'sensed'; readonly door: Door };

export const OPENING: DoorFlow = { name: 'opening', tries: 1 };

function afterOpening(tries: number, { outcome, door, mayTryAgain }: DoorOpening): DoorFlow {
  switch (outcome) {
    case 'opened':
      return { name: 'open', tries, watched: true, sensor: 'open' };
    case 'refused':
      return { name: 'not-open', tries, mayTryAgain };
    case 'unknown':
      return door === 'open'
        ? { name: 'open', tries, watched: false, sensor: 'open' }
        : { name: 'unknown', tries, door, mayTryAgain };
  }
}

function afterSensor(flow: DoorFlow, door: Door): DoorFlow {
  switch (flow.name) {
    case 'open':
      if (door === 'closed') return { name: 'closed', tries: flow.tries };
      return { ...flow, sensor: door };
    case 'unknown':
    case 'not-open':
      // The sensor sees it open after all: nobody follows it then but this screen.
      if (door === 'open') return { name: 'open', tries: flow.tries, watched: false, sensor: 'open' };
      return flow.name === 'unknown' ? { ...flow, door } : flow;
    case 'opening':
    case 'stopped':
    case 'closed':
      return flow;
  }
}

/** The door as a pure function. A closed door stays closed; a refusal stays a refusal. */
export function reduceDoor(flow: DoorFlow, event: DoorFlowEvent): DoorFlow {
  switch (event.type) {
    case 'try':
      return flow.name === 'not-open' || flow.name === 'unknown' ? { name: 'opening', tries: flow.tries + 1 } : flow;
    case 'answered':
      if (flow.name !== 'opening') return flow;
      return event.answer.ok
        ? afterOpening(flow.tries, event.answer.value)
        : { name: 'stopped', tries: flow.tries, problem: event.answer.error };
    case 'sensed':
      return afterSensor(flow, event.door);
  }
}
