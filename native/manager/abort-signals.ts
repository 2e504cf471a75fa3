/** Reason of an abort that only ends a wait: without one, each abort would make an error with its stack. */
export const ENDED = 'ended';

/** One signal out of several; `release` takes its listeners away and must be called. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * A signal that is aborted as soon as one of several is. Unlike `AbortSignal.any` it leaves nothing behind on a signal
 * that lives as long as the program.
 */
export function joinSignals(sources: readonly (AbortSignal | undefined)[]): JoinedSignal {
  const joined = new AbortController();
  const abort = (): void => joined.abort(ENDED);
  for (const source of sources) {
    if (source?.aborted) abort();
    source?.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: joined.signal,
    release: () => {
      for (const source of sources) source?.removeEventListener('abort', abort);
    },
  };
}
