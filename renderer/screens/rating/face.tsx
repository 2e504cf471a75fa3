import type { ReactElement } from 'react';
import type { RatingLevel } from '../../../electron/domain/rating.ts';

const MOUTH: Readonly<Record<RatingLevel, string>> = {
  5: 'M30 54C36 74 64 74 70 54Z',
  4: 'M30 56C38 70 62 70 70 56',
  3: 'M32 62H68',
  2: 'M30 68C38 56 62 56 70 68',
  1: 'M30 72C36 54 64 54 70 72',
};

/** The face of a level: same size and colour for all, only the mouth differs. */
export function Face({ level }: { level: RatingLevel }): ReactElement {
  return (
    <svg className="face" viewBox="0 0 100 100" aria-hidden="true">
      <circle cx="50" cy="50" r="45" fill="var(--qing-tint)" stroke="var(--qing)" strokeWidth="5" />
      <path
        d={MOUTH[level]}
        fill={level === 5 ? 'var(--qing)' : 'none'}
        stroke="var(--qing)"
        strokeWidth="6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      {level === 1 ? (
        <path d="M26 30l14 7M74 30l-14 7" stroke="var(--qing)" strokeWidth="6" strokeLinecap="round" />
      ) : null}
      <circle cx="35" cy="42" r="5.5" fill="var(--qing)" />
      <circle cx="65" cy="42" r="5.5" fill="var(--qing)" />
    </svg>
  );
}
