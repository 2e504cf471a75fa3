import type { ReactElement } from 'react';
import { Icon } from '../../components/index.ts';

/** One choice of a few, all of them in sight; null while nothing is chosen. */
export function Chips<T extends string | number>(props: {
  label: string;
  values: readonly { readonly value: T; readonly words: string }[];
  chosen: T | null;
  onChoose: (value: T) => void;
  /** A class of the screen's own, for its place. */
  className?: string;
}): ReactElement {
  const look = props.className === undefined ? 'chips chips-wrap' : `chips chips-wrap ${props.className}`;
  return (
    <div className={look} role="radiogroup" aria-label={props.label}>
      {props.values.map(({ value, words }) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={value === props.chosen}
          className={value === props.chosen ? 'chip on' : 'chip'}
          onClick={() => props.onChoose(value)}
        >
          {value === props.chosen ? <Icon name="check" /> : null}
          {words}
        </button>
      ))}
    </div>
  );
}
