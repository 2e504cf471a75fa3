import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import { Phrases } from './phrases.tsx';

export type StateTone = 'ok' | 'wait' | 'err' | 'off' | 'info';

const TAG_ICON: Record<StateTone, IconName> = {
  ok: 'check-circle',
  wait: 'clock-fill',
  err: 'warning',
  off: 'window',
  info: 'id-card-fill',
};

/** State as shape and word; never colour alone. `box` gives it a tinted ground. */
export function StateTag(props: {
  tone: StateTone;
  children: ReactNode;
  icon?: IconName;
  box?: boolean;
}): ReactElement {
  return (
    <span className={`tag ${props.tone} ${props.box === true ? 'box' : ''}`}>
      <Icon name={props.icon ?? TAG_ICON[props.tone]} />
      <span>{props.children}</span>
    </span>
  );
}

interface RowProps {
  title: ReactNode;
  /** One line under the title; several when it says why not. */
  detail?: ReactNode;
  /** The nearest alternative, in qing. */
  instead?: ReactNode;
  icon?: IconName;
  state?: ReactNode;
  /** Not now: loses its colour, keeps its place. */
  off?: boolean;
  /** Without it the row is only read. */
  onPress?: () => void;
  /** Radio-like rows say which one is chosen. */
  chosen?: boolean;
}

/** A list row; when it can be pressed the whole row is the target. Put rows into `<Rows>`. */
export function Row(props: RowProps): ReactElement {
  const { title, detail, instead, icon, state, off = false, onPress, chosen } = props;
  const inside = (
    <>
      {icon === undefined ? null : <Icon name={icon} className="lead-ic" />}
      <span className="main">
        <span className="t">{title}</span>
        {detail === undefined ? null : (
          <span className="d">
            <Phrases>{detail}</Phrases>
          </span>
        )}
        {instead === undefined ? null : <span className="d alt">{instead}</span>}
      </span>
      {state}
      {chosen === true ? <Icon name="check-circle" className="chosen-ic" /> : null}
      {onPress === undefined || chosen !== undefined ? null : <Icon name="chevron-right" className="go" />}
    </>
  );
  const look = `row ${off ? 'off' : ''} ${chosen === true ? 'chosen' : ''} ${chosen === undefined ? '' : 'choice'} ${
    state === undefined || state === null ? '' : 'row-tagged'
  }`;
  return (
    <li>
      {onPress === undefined ? (
        <div className={look}>{inside}</div>
      ) : (
        <button type="button" className={look} onClick={onPress} aria-pressed={chosen}>
          {inside}
        </button>
      )}
    </li>
  );
}

export function Rows(props: { children: ReactNode; label?: string; className?: string }): ReactElement {
  return (
    <ul className={`rows ${props.className ?? ''}`} aria-label={props.label}>
      {props.children}
    </ul>
  );
}

/** One of at most two big entries: filled qing or tinted. */
export function Tile(props: {
  title: ReactNode;
  detail: ReactNode;
  /** The nearest alternative when it is not open now. */
  instead?: ReactNode;
  icon: IconName;
  state: ReactNode;
  look: 'solid' | 'tint' | 'off';
  onPress: () => void;
}): ReactElement {
  return (
    <button type="button" className={`tile ${props.look}`} onClick={props.onPress}>
      <Icon name={props.icon} />
      <span className="t">{props.title}</span>
      <span className="d">
        <Phrases>{props.detail}</Phrases>
      </span>
      {props.instead === undefined ? null : <span className="d alt">{props.instead}</span>}
      {props.state}
    </button>
  );
}

export type NoticeTone = 'plain' | 'info' | 'wait' | 'err' | 'ok';

const NOTICE_ICON: Record<NoticeTone, IconName> = {
  plain: 'shield-check',
  info: 'shield-check',
  wait: 'clock-fill',
  err: 'warning',
  ok: 'check-circle',
};

/** Bold fact first, then what to do. One a screen. `live` announces it when it appears. */
export function Notice(props: {
  tone: NoticeTone;
  fact: ReactNode;
  todo?: ReactNode;
  icon?: IconName;
  live?: boolean;
}): ReactElement {
  return (
    <div className={`notice ${props.tone}`} role={props.live === true ? 'status' : undefined}>
      <Icon name={props.icon ?? NOTICE_ICON[props.tone]} />
      <div>
        <p>
          {props.tone === 'plain' ? (
            <Phrases>{props.fact}</Phrases>
          ) : (
            <b>
              <Phrases>{props.fact}</Phrases>
            </b>
          )}
        </p>
        {props.todo === undefined ? null : (
          <p className="note">
            <Phrases>{props.todo}</Phrases>
          </p>
        )}
      </div>
    </div>
  );
}
