import { lazy, Suspense, type ReactElement } from 'react';

/** Fetched when it is asked for: most visits never carry anything away. */
const View = lazy(async () => ({ default: (await import('./carry-view.tsx')).CarryView }));

/** Half a form goes home on a telephone, and comes back to any kiosk. */
export function CarryPage(): ReactElement {
  return (
    <Suspense fallback={<main className="screen" data-screen="loading" />}>
      <View />
    </Suspense>
  );
}
