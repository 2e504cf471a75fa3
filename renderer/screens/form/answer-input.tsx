import { useCallback, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldProblem } from '../../../electron/domain/field-problem.ts';
import type { FormField } from '../../../electron/domain/item-pack.ts';
import { normaliseTyping } from '../../../electron/domain/normalise.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { DigitPad, Field, GroupedDigits, Row, Rows, SignaturePad, type FieldProps } from '../../components/index.ts';
import { Keyboard, useTyping, withoutLast, type TypingHandle } from '../../ime/index.ts';
import { dateFromDigits, digitIndex, digitsOf } from './date-digits.ts';

export interface AnswerProps {
  readonly field: FormField;
  readonly value: string;
  readonly language: Language;
  /** The mistake to show, if any. */
  readonly problem: FieldProblem | null;
  /** Finished and right: the field turns green. */
  readonly right: boolean;
  readonly onChange: (value: string) => void;
  readonly message: ReactNode;
  readonly messageId: string;
}

/** How a kind of field is typed. */
export type InputKind = 'choice' | 'digits' | 'keys' | 'sign';

export function inputKind(field: FormField): InputKind {
  if (field.kind === 'signature') return 'sign';
  if (field.kind === 'choice' || field.kind === 'consent') return 'choice';
  return ['id-number', 'phone', 'date', 'money', 'integer'].includes(field.kind) ? 'digits' : 'keys';
}

const MAX_DIGITS: Readonly<Partial<Record<FormField['kind'], number>>> = {
  'id-number': 18,
  phone: 12,
  date: 8,
  money: 12,
  integer: 9,
};

const GROUPS: Readonly<Partial<Record<FormField['kind'], readonly number[]>>> = {
  'id-number': [6, 8, 4],
  phone: [3, 4, 4],
  'credit-code': [2, 6, 9, 1],
  date: [4, 2, 2],
};

function fieldState({ value, problem, right }: AnswerProps): FieldProps['state'] {
  if (problem !== null) return 'wrong';
  if (right) return 'checked';
  return value === '' ? 'empty' : 'typing';
}

/** Places of the wrong characters, counted over what is shown in groups. */
function wrongPlaces({ field, problem }: AnswerProps): readonly number[] {
  if (problem?.wrong === undefined) return [];
  const [from, to] = problem.wrong;
  const places = Array.from({ length: to - from }, (_, index) => from + index);
  return field.kind === 'date' ? [...new Set(places.filter((at) => at !== 4 && at !== 7).map(digitIndex))] : places;
}

/** Text with the wrong characters underlined. */
function WithWrong({ value, problem }: { value: string; problem: FieldProblem | null }): ReactElement {
  if (problem?.wrong === undefined) return <>{value}</>;
  const [from, to] = problem.wrong;
  return (
    <>
      {value.slice(0, from)}
      <span className="wrongtext">{value.slice(from, to)}</span>
      {value.slice(to)}
    </>
  );
}

function ChoiceInput(props: AnswerProps): ReactElement {
  const { t } = useTranslation('ui');
  const { field, value, language, onChange } = props;
  if (field.kind === 'consent') {
    return (
      <Rows label={field.question[language]}>
        <Row title={t('form.agree')} chosen={value === 'yes'} onPress={() => onChange(value === 'yes' ? '' : 'yes')} />
      </Rows>
    );
  }
  return (
    <Rows
      label={field.question[language]}
      className={`choices ${(field.choices ?? []).length < 4 ? 'choices-few' : ''}`}
    >
      {(field.choices ?? []).map((choice) => (
        <Row
          key={choice.value}
          title={choice.label[language]}
          chosen={choice.value === value}
          onPress={() => onChange(choice.value)}
        />
      ))}
    </Rows>
  );
}

function TextField(props: AnswerProps & { composing?: string }): ReactElement {
  const { t } = useTranslation('ui');
  const { field, value, language, onChange } = props;
  const groups = GROUPS[field.kind];
  const plain = field.kind === 'date' ? digitsOf(value) : value;
  const unit = field.kind === 'money' ? t('form.yuan') : undefined;
  const hint = t(`form.hint.${field.kind}`, { defaultValue: '' });
  return (
    <Field
      label={field.question[language]}
      value={value}
      shown={
        groups === undefined ? (
          <WithWrong value={value} problem={props.problem} />
        ) : (
          <GroupedDigits value={plain} groups={groups} wrong={wrongPlaces(props)} />
        )
      }
      {...(props.composing === undefined ? {} : { composing: props.composing })}
      {...(hint === '' ? {} : { placeholder: hint })}
      {...(unit === undefined ? {} : { unit })}
      state={fieldState(props)}
      onClear={() => onChange('')}
      describedBy={props.messageId}
    />
  );
}

function DigitInput(props: AnswerProps): ReactElement {
  const { field, value, language, onChange } = props;
  const plain = field.kind === 'date' ? digitsOf(value) : value;
  const set = (text: string): void => {
    if ([...text].length > (MAX_DIGITS[field.kind] ?? 30)) return;
    onChange(field.kind === 'date' ? dateFromDigits(text) : normaliseTyping(field, text));
  };
  const extra = field.kind === 'id-number' ? 'X' : field.kind === 'money' ? '.' : undefined;
  return (
    <>
      <TextField {...props} />
      {props.message}
      <DigitPad
        label={field.label[language]}
        {...(extra === undefined ? {} : { extra })}
        onKey={(key) => set(plain + key)}
        onBack={() => set(withoutLast(plain))}
      />
    </>
  );
}

/** Field, message and pad of one question; keyboards in the page are made by `useKeys`. */
export function AnswerInput(props: AnswerProps & { composing: string }): ReactElement {
  const kind = inputKind(props.field);
  if (kind === 'digits') return <DigitInput {...props} />;
  if (kind === 'sign') {
    return (
      <>
        <SignaturePad
          label={props.field.question[props.language]}
          value={props.value}
          wrong={props.problem !== null}
          describedBy={props.messageId}
          onChange={props.onChange}
        />
        {props.message}
      </>
    );
  }
  return (
    <>
      {kind === 'choice' ? <ChoiceInput {...props} /> : <TextField {...props} />}
      {props.message}
    </>
  );
}

/** The keyboard of a question that is answered in words; null for the others. */
export function useKeys(
  field: FormField,
  value: () => string,
  onChange: (value: string) => void,
  language: Language,
): { readonly handle: TypingHandle; readonly keyboard: ReactElement | null } {
  const insert = useCallback(
    (text: string) => {
      const next = normaliseTyping(field, value() + text);
      const most = field.kind === 'credit-code' ? 18 : (field.limits?.maxLength ?? 100) + 5;
      if ([...next].length <= most) onChange(next);
    },
    [field, value, onChange],
  );
  const erase = useCallback(() => onChange(withoutLast(value())), [value, onChange]);
  const mode = field.kind === 'credit-code' ? 'code' : language === 'en' ? 'latin' : 'pinyin';
  const handle = useTyping(mode, insert, erase);
  return { handle, keyboard: inputKind(field) === 'keys' ? <Keyboard handle={handle} /> : null };
}
