import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { call, useEvent } from '../../api/index.ts';
import { OPENING, reduceDoor, type DoorFlow } from './door-flow.ts';

/** How often a door is asked for that the main process does not follow, in milliseconds. */
const UNWATCHED_POLL_MS = 3_000;

export interface DoorHandle {
  readonly flow: DoorFlow;
  /** Whether the sensor is being asked. */
  readonly looking: boolean;
  /** One more pulse; only where `mayTryAgain`. */
  readonly tryAgain: () => void;
  /** Reads the sensor; never opens. */
  readonly look: () => void;
}

/** Opens the door once on entering and follows its sensor from then on. */
export function useDoor(visitId: string | null, pickupId: string | null): DoorHandle {
  const [flow, send] = useReducer(reduceDoor, OPENING);
  const [looking, setLooking] = useState(false);
  const alive = useRef(true);
  const opened = useRef(false);

  const open = useCallback(async (): Promise<void> => {
    if (visitId === null || pickupId === null) return;
    const answer = await call('pickup.open', { visitId, pickupId });
    if (alive.current) send({ type: 'answered', answer });
  }, [visitId, pickupId]);

  useEffect(() => {
    alive.current = true;
    // Mounting twice must not be a second pulse.
    if (!opened.current && visitId !== null && pickupId !== null) {
      opened.current = true;
      void open();
    }
    return () => {
      alive.current = false;
    };
  }, [open, visitId, pickupId]);

  useEvent('door-changed', (event) => {
    if (event.pickupId === pickupId) send({ type: 'sensed', door: event.door });
  });

  const sense = useCallback(async (): Promise<void> => {
    if (visitId === null || pickupId === null) return;
    const answer = await call('pickup.door', { visitId, pickupId });
    if (alive.current) send({ type: 'sensed', door: answer.ok ? answer.value.door : 'unknown' });
  }, [visitId, pickupId]);

  const look = useCallback((): void => {
    setLooking(true);
    void sense().finally(() => {
      if (alive.current) setLooking(false);
    });
  }, [sense]);

  const unwatched = flow.name === 'open' && !flow.watched;
  useEffect(() => {
    if (!unwatched) return undefined;
    const timer = setInterval(() => void sense(), UNWATCHED_POLL_MS);
    return () => clearInterval(timer);
  }, [unwatched, sense]);

  const tryAgain = useCallback((): void => {
    send({ type: 'try' });
    void open();
  }, [open]);

  return { flow, looking, tryAgain, look };
}
