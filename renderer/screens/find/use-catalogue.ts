import { useEffect, useState } from 'react';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { ItemSummary } from '../../../electron/domain/item-pack.ts';
import { call } from '../../api/index.ts';

interface Catalogue {
  readonly busy: boolean;
  readonly items: readonly ItemSummary[];
  readonly problem: Problem | null;
}

/** The items of this kiosk; the main process checked them when it loaded them. */
export function useCatalogue(): Catalogue {
  const [catalogue, setCatalogue] = useState<Catalogue>({ busy: true, items: [], problem: null });
  useEffect(() => {
    let gone = false;
    void call('catalogue.list', {}).then((answer) => {
      if (gone) return;
      setCatalogue(
        answer.ok
          ? { busy: false, items: answer.value.items as readonly ItemSummary[], problem: null }
          : { busy: false, items: [], problem: answer.error },
      );
    });
    return () => {
      gone = true;
    };
  }, []);
  return catalogue;
}
