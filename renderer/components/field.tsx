import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon, type IconName } from './icon.tsx';

export interface FieldProps {
  /** Accessible name: the question. */
  label: string;
  value: string;
  /** How the value is set, e.g. digits 6-8-4; the plain value when absent. */
  shown?: ReactNode;
  /** Pinyin under way, underlined. */
  composing?: string;
  placeholder?: string;
  state: 'empty' | 'typing' | 'checked' | 'wrong';
  icon?: IconName;
  /** Unit behind the value. */
  unit?: string;
  onClear?: () => void;
  describedBy?: string;
  /** Nothing is typed into it at the moment. */
  asleep?: boolean;
}

/**
 * A field whose typing comes from the keyboard in the page. It is a read-only text box to assistive technology; what
 * was typed is its value.
 */
export function Field(props: FieldProps): ReactElement {
  const { t } = useTranslation('ui');
  const { value, composing = '', state } = props;
  const empty = value === '' && composing === '';
  const caret = state === 'checked' || props.asleep === true ? null : <span className="caret" aria-hidden="true" />;
  return (
    <div className={`field is-${state}`}>
      {props.icon === undefined ? null : <Icon name={props.icon} />}
      <div
        className="val"
        role="textbox"
        aria-readonly="true"
        tabIndex={0}
        aria-label={props.label}
        aria-invalid={state === 'wrong' || undefined}
        aria-describedby={props.describedBy}
      >
        {empty && props.placeholder !== undefined ? (
          <>
            {caret}
            <span className="ph">{props.placeholder}</span>
          </>
        ) : null}
        {props.shown ?? value}
        {composing === '' ? null : <span className="comp">{composing}</span>}
        {empty && props.placeholder !== undefined ? null : caret}
        {props.unit === undefined || empty ? null : <span className="unit">{props.unit}</span>}
      </div>
      {state === 'checked' ? <Icon name="check-circle" className="mark-ok" /> : null}
      {props.onClear === undefined || empty ? null : (
        <button type="button" className="iconbtn" onClick={props.onClear}>
          <Icon name="close" />
          <span>{t('field.clear')}</span>
        </button>
      )}
    </div>
  );
}

/** Characters in groups, wrong ones underlined; positions count from 0 over the plain value. */
export function GroupedDigits(props: {
  value: string;
  groups: readonly number[];
  wrong?: readonly number[];
  caretAt?: number;
}): ReactElement {
  const starts = new Set<number>();
  let at = 0;
  for (const size of props.groups) {
    at += size;
    starts.add(at);
  }
  return (
    <span className="dgs">
      {Array.from(props.value, (character, index) => (
        <span
          key={index}
          className={`dg ${starts.has(index) ? 'sep' : ''} ${props.wrong?.includes(index) === true ? 'bad' : ''}`}
        >
          {character}
        </span>
      ))}
    </span>
  );
}

/** Digit pad 3 x 4. `extra` stands left of 0 (X for ID numbers, a point for money). */
export function DigitPad(props: {
  label: string;
  extra?: 'X' | '.';
  onKey: (key: string) => void;
  onBack: () => void;
}): ReactElement {
  const { t } = useTranslation('ui');
  return (
    <div className="pad" role="group" aria-label={props.label}>
      {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((key) => (
        <button key={key} type="button" className="key" onClick={() => props.onKey(key)}>
          {key}
        </button>
      ))}
      {props.extra === undefined ? (
        <span />
      ) : (
        <button
          type="button"
          className="key"
          aria-label={props.extra === '.' ? t('field.point') : 'X'}
          onClick={() => props.onKey(props.extra ?? '')}
        >
          {props.extra}
        </button>
      )}
      <button type="button" className="key" onClick={() => props.onKey('0')}>
        0
      </button>
      <button type="button" className="key fn" onClick={props.onBack}>
        <Icon name="backspace" />
        {t('field.backspace')}
      </button>
    </div>
  );
}
