import { useEffect, useState } from 'react';
import type { KioskSnapshot } from '../../electron/contract/dto.ts';
import type { ItemSummary } from '../../electron/domain/item-pack.ts';
import { call } from '../api/index.ts';
import { papersHindered, papersStep } from '../flow/papers.ts';

/** The items of the catalogue; null until known, or while they are not wanted. */
export function useItems(wanted = true): readonly ItemSummary[] | null {
  const [items, setItems] = useState<readonly ItemSummary[] | null>(null);
  useEffect(() => {
    if (!wanted) return undefined;
    let gone = false;
    void call('catalogue.list', {}).then((answer) => {
      // The main process checked the items when it loaded them.
      if (!gone && answer.ok) setItems(answer.value.items as readonly ItemSummary[]);
    });
    return () => {
      gone = true;
    };
  }, [wanted]);
  return items;
}

/** How many items must have papers photographed here and cannot now; 0 where that is as it should be. The list is fetched only then. */
export function useHinderedItems(snapshot: Pick<KioskSnapshot, 'camera' | 'takesPapers'>): number {
  const hindered = papersHindered(snapshot);
  const items = useItems(hindered);
  return hindered ? (items ?? []).filter((item) => papersStep(item, snapshot) === 'closed').length : 0;
}
