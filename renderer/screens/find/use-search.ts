import { useEffect, useRef, useState } from 'react';
import type { CallInput, CallOutput } from '../../../electron/contract/calls.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { TextRange } from '../../../electron/domain/field-problem.ts';
import type { ItemSummary } from '../../../electron/domain/item-pack.ts';
import { call } from '../../api/index.ts';

export type SearchQuestion = CallInput<'catalogue.search'>;
export type Outline = CallOutput<'catalogue.outline'>;

/** An item of a list with the characters of its name that match. */
export interface Hit {
  readonly item: ItemSummary;
  readonly matched: readonly TextRange[];
}

export interface Found {
  /** Nothing has been answered yet. */
  readonly busy: boolean;
  /** What is shown answers an older question. */
  readonly stale: boolean;
  readonly words: string;
  readonly total: number;
  readonly hits: readonly Hit[];
  readonly problem: Problem | null;
}

const NOTHING: Found = { busy: true, stale: true, words: '', total: 0, hits: [], problem: null };

/**
 * What the catalogue answers, asked anew with every change of the question. What was found before stays until the new
 * answer comes; an answer to an older question is dropped.
 */
export function useSearch(question: SearchQuestion): Found {
  const [found, setFound] = useState<Found & { readonly key: string }>({ ...NOTHING, key: '' });
  const newest = useRef(0);
  const key = JSON.stringify(question);
  useEffect(() => {
    newest.current += 1;
    const mine = newest.current;
    void call('catalogue.search', JSON.parse(key) as SearchQuestion).then((answer) => {
      if (mine !== newest.current) return;
      setFound(
        answer.ok
          ? // The main process checked the items when it loaded them.
            {
              key,
              busy: false,
              stale: false,
              ...answer.value,
              hits: answer.value.hits as readonly Hit[],
              problem: null,
            }
          : { ...NOTHING, key, busy: false, problem: answer.error },
      );
    });
    return () => {
      newest.current += 1;
    };
  }, [key]);
  return { ...found, stale: found.key !== key };
}

/** How the catalogue can be narrowed down; null until it is known. */
export function useOutline(): Outline | null {
  const [outline, setOutline] = useState<Outline | null>(null);
  useEffect(() => {
    let gone = false;
    void call('catalogue.outline', {}).then((answer) => {
      if (!gone && answer.ok) setOutline(answer.value);
    });
    return () => {
      gone = true;
    };
  }, []);
  return outline;
}
