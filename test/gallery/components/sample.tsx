import { useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';

/** What a hand or the focus does to a control. */
export type Hand = 'pressed' | 'focus';

/** One component in one state, with the state's name over it. `hand` sets the look that a finger or the focus gives. */
export function As(props: { readonly name: string; readonly hand?: Hand; readonly children: ReactNode }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (props.hand === undefined) return;
    const control = box.current?.querySelector('button, [tabindex]');
    if (props.hand === 'pressed') control?.setAttribute('data-pressed', '');
    else control?.classList.add('focus');
  });
  return (
    <div className="as" ref={box}>
      <small>{props.name}</small>
      {props.children}
    </div>
  );
}

/** States of one component beside each other. */
export function Sample(props: {
  readonly title: string;
  readonly look?: 'grid' | 'grid one' | 'grid two' | 'grid wide' | 'line' | 'keys';
  readonly children: ReactNode;
}): ReactElement {
  const look = (props.look ?? 'grid')
    .split(' ')
    .map((word, index) => (index === 0 ? `sample-${word}` : word))
    .join(' ');
  return (
    <section className="sample">
      <h2>{props.title}</h2>
      <div className={look}>{props.children}</div>
    </section>
  );
}
