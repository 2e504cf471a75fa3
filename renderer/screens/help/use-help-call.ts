import { useEffect, useState } from 'react';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { HelpReason, HelpState } from '../../../electron/domain/help.ts';
import { call, useCall } from '../../api/index.ts';

/** While a call is not with the roster yet it is asked again after so long, ms. */
const ASK_AGAIN_MS = 1_500;

/** A call for help as the page shows it. */
export interface HelpCall {
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly reason: HelpReason | null;
  readonly state: HelpState | null;
  readonly ask: (reason: HelpReason) => void;
}

/** Calls duty staff and follows what becomes of the call while the page is open. */
export function useHelpCall(screen: string): HelpCall {
  const asking = useCall('help.ask');
  const [made, setMade] = useState<{
    readonly id: string;
    readonly reason: HelpReason;
    readonly state: HelpState;
  } | null>(null);
  const waiting = made?.state === 'kept' ? made.id : null;
  useEffect(() => {
    if (waiting === null) return undefined;
    let gone = false;
    const timer = setInterval(() => {
      void call('help.standing', { requestId: waiting }).then((answer) => {
        if (gone || !answer.ok || answer.value.state === 'kept') return;
        setMade((one) => (one?.id === waiting ? { ...one, state: 'sent' } : one));
      });
    }, ASK_AGAIN_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [waiting]);
  const ask = (reason: HelpReason): void => {
    void asking.run({ reason, screen }).then((answer) => {
      if (answer?.ok === true) setMade({ id: answer.value.requestId, reason, state: answer.value.state });
    });
  };
  return { busy: asking.busy, problem: asking.problem, reason: made?.reason ?? null, state: made?.state ?? null, ask };
}
