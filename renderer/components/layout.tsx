import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLasting } from '../api/hooks.ts';
import { Ring } from './ring.tsx';

/** Buttons at the foot of the counter: `one` below each other, `pair` 1:1, `one-two` 1:2 with the main one right. */
export function Actions({
  children,
  split = 'one',
}: {
  children: ReactNode;
  split?: 'one' | 'pair' | 'one-two';
}): ReactElement {
  return <div className={`acts acts-${split}`}>{children}</div>;
}

/**
 * Ring and word of what is waited for, from 400 ms on; what happens next from 5 s on. Announced politely.
 */
export function Waiting(props: { words: string; next?: string; since?: boolean }): ReactElement {
  const { t } = useTranslation('ui');
  const visible = useLasting(true, 400);
  const long = useLasting(true, 5000);
  return (
    <div className="waiting" role="status">
      {visible || props.since === true ? (
        <>
          <Ring size={64} part={0.4} turning />
          <span>
            {props.words}
            {long ? <span className="note waiting-next">{props.next ?? t('waiting.next')}</span> : null}
          </span>
        </>
      ) : null}
    </div>
  );
}
