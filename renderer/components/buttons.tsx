import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import { ButtonWords } from './phrases.tsx';
import { Ring } from './ring.tsx';

export interface ButtonProps {
  /** The words on the button; also its accessible name unless `name` is given. */
  children: ReactNode;
  onPress: () => void;
  icon?: IconName;
  /** Icon after the words (an arrow). */
  iconAfter?: IconName;
  /** Full accessible name where the words alone are ambiguous, e.g. "Change: landlord". Begin with the visible words. */
  name?: string;
  /** Shows the ring and takes no second press; the words say what is under way. */
  busy?: boolean;
  className?: string;
}

function Base(props: ButtonProps & { look: string }): ReactElement {
  const { children, onPress, icon, iconAfter, name, busy = false, className = '', look } = props;
  return (
    <button
      type="button"
      className={`btn ${look} ${busy ? 'busy' : ''} ${className}`}
      aria-label={name}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onPress}
    >
      {busy ? <Ring size={52} part={0.4} turning /> : icon === undefined ? null : <Icon name={icon} />}
      <span className="btn-words">
        <ButtonWords>{children}</ButtonWords>
      </span>
      {iconAfter === undefined || busy ? null : <Icon name={iconAfter} />}
    </button>
  );
}

/** The one main action of a screen, at the foot of the counter. Never greyed out. */
export function MainButton(props: ButtonProps): ReactElement {
  return <Base {...props} look="main" />;
}

/** Second action: line in qing. */
export function SecondButton(props: ButtonProps): ReactElement {
  return <Base {...props} look="line" />;
}

/** Third action: line in grey. */
export function ThirdButton(props: ButtonProps): ReactElement {
  return <Base {...props} look="ghost" />;
}

/** Small button inside rows, summary groups and the visit bar. */
export function SmallButton(props: ButtonProps & { tone?: 'line' | 'ghost' | 'solid' }): ReactElement {
  const { tone = 'ghost', ...rest } = props;
  return <Base {...rest} look={`${tone} sm`} />;
}

/** A button that cannot work now keeps its place and says why; pressing tells more. */
export function NotNowButton(props: { children: ReactNode; reason: string; onPress: () => void }): ReactElement {
  return (
    <button type="button" className="btn na" onClick={props.onPress}>
      <span className="btn-words">{props.children}</span>
      <span className="na-why">{props.reason}</span>
    </button>
  );
}
