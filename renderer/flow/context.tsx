import { createContext, useContext, useEffect } from 'react';
import type { ScreenProps } from './types.ts';

export const FlowContext = createContext<ScreenProps | null>(null);

/** The same as the screen's props, for components below it. */
export function useFlow(): ScreenProps {
  const flow = useContext(FlowContext);
  if (flow === null) throw new Error('useFlow outside of the app');
  return flow;
}

/** Whether the component lies under the time-out, help or accessibility page. */
export const CoveredContext = createContext(false);

const holders = new Set<symbol>();

/** Whether the quiet clock stands still. */
export function clockIsHeld(): boolean {
  return holders.size > 0;
}

/**
 * Stops the 60 s quiet clock as long as `active`: a door is open, a command is under way, a technician works.
 */
export function useHoldClock(active: boolean): void {
  useEffect(() => {
    if (!active) return undefined;
    const mine = Symbol('hold');
    holders.add(mine);
    return () => {
      holders.delete(mine);
    };
  }, [active]);
}
