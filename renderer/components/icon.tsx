import type { ReactElement } from 'react';
import { ICON_PATHS, type IconName } from './icon-paths.ts';

export type { IconName } from './icon-paths.ts';

/** One icon. Always beside a word, so hidden from assistive technology. */
export function Icon({ name, className = '' }: { name: IconName; className?: string }): ReactElement {
  return (
    <svg className={`ic ${className}`} viewBox="0 0 256 256" aria-hidden="true" focusable="false">
      <path d={ICON_PATHS[name]} />
    </svg>
  );
}

/** The moon gate as the product's mark. */
export function Mark(): ReactElement {
  return (
    <svg className="mark" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <path d="M17.5 54 A26 26 0 1 1 46.5 54" fill="none" stroke="currentColor" strokeWidth="6.5" />
      <path d="M6 57h52" stroke="currentColor" strokeWidth="6.5" />
      <circle cx="32" cy="33" r="8.5" fill="var(--lamp)" />
    </svg>
  );
}
