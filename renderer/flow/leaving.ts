import { useCallback, useEffect, useState } from 'react';

/** Longest that a page waits for the one that takes its place, in milliseconds; without one it goes on by itself. */
const REPLACED_WITHIN_MS = 12_000;

/** Whether the visit of this page is over, so that it stays blank until another page takes its place. */
export function useLeaving(): readonly [leaving: boolean, leave: () => void] {
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    if (!leaving) return undefined;
    const timer = setTimeout(() => setLeaving(false), REPLACED_WITHIN_MS);
    return () => clearTimeout(timer);
  }, [leaving]);
  const leave = useCallback(() => setLeaving(true), []);
  return [leaving, leave];
}
