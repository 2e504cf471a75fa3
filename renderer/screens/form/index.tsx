import { useCallback, useEffect, useId, useMemo, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldProblem } from '../../../electron/domain/field-problem.ts';
import { checkField } from '../../../electron/domain/field-rules.ts';
import { checkForm, mostQuestions, prefillFromCard, questionsToAsk } from '../../../electron/domain/form.ts';
import type { FormField, FormGroup, ItemPack } from '../../../electron/domain/item-pack.ts';
import { normaliseField } from '../../../electron/domain/normalise.ts';
import { useNow } from '../../api/index.ts';
import { Actions, MainButton, Notice, PageFrame, SecondButton } from '../../components/index.ts';
import { papersStep } from '../../flow/papers.ts';
import { useModes } from '../../flow/modes.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { isoDay } from '../../i18n/format.ts';
import { faultText } from '../../i18n/index.ts';
import { AnswerInput, inputKind, useKeys } from './answer-input.tsx';
import { GroupStrip } from './group-strip.tsx';
import './form.css';

/** A mistake is named after this pause in typing, ms. */
const PAUSE_MS = 800;

/** What is wrong with an answer; what repeats the answer is for its own person's ears. */
function Mistake({ fault }: { fault: FieldProblem }): ReactElement {
  const { t } = useTranslation('ui');
  const { title, help, titleRepeats, helpRepeats } = faultText(t, fault);
  return (
    <Notice
      tone="err"
      fact={titleRepeats ? <span data-private="mistake">{title}</span> : title}
      todo={helpRepeats ? <span data-private="mistake">{help}</span> : help}
    />
  );
}

interface QuestionProps extends ScreenProps {
  readonly item: ItemPack;
  readonly field: FormField;
  readonly place: number;
  readonly questions: readonly FormField[];
  /** How many questions there may be at most. */
  readonly all: number;
}

/** One question: typed values are kept with every key, mistakes named after a pause or on Next. */
function Question({
  item,
  field,
  place,
  questions,
  all,
  state,
  send,
  snapshot,
  language,
}: QuestionProps): ReactElement {
  const { t } = useTranslation('ui');
  const messageId = useId();
  const { elder } = useModes();
  const todayISO = isoDay(useNow(60_000));
  const value = state.values[field.id] ?? '';
  const newest = useRef(value);
  useEffect(() => {
    newest.current = value;
  });
  const [shown, setShown] = useState<FieldProblem | null>(null);

  const onChange = useCallback(
    (next: string): void => {
      newest.current = next;
      setShown(null);
      send({ type: 'answered', field: field.id, value: next });
    },
    [field.id, send],
  );
  const current = useCallback(() => newest.current, []);
  const { handle, keyboard } = useKeys(field, current, onChange, language);

  // While typing only what no further key can mend is a mistake.
  const early = checkField(field, value, { todayISO, values: state.values, complete: false });
  const earlyCode = early?.code ?? null;
  useEffect(() => {
    if (earlyCode === null) return undefined;
    const timer = setTimeout(() => setShown(early), PAUSE_MS);
    return () => clearTimeout(timer);
    // A new value starts the pause anew.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [value, earlyCode]);

  const finished = normaliseField(field, value);
  const right =
    value !== '' &&
    inputKind(field) === 'digits' &&
    field.kind !== 'money' &&
    field.kind !== 'integer' &&
    checkField(field, finished, { todayISO, values: state.values, complete: true }) === null;

  const next = (): void => {
    if (handle.typing.pending !== '') {
      handle.act({ type: 'space' });
      return;
    }
    const values = { ...state.values, [field.id]: finished };
    if (finished !== value) send({ type: 'answered', field: field.id, value: finished });
    const wrong = checkField(field, finished, { todayISO, values, complete: true });
    if (wrong !== null) {
      setShown(wrong);
      return;
    }
    const after = questionsToAsk(item, values, state.card === null ? undefined : prefillFromCard(item, state.card));
    const here = after.findIndex((one) => one.id === field.id);
    const following = after[here + 1];
    const problems = checkForm(item, values, todayISO);
    const firstWrong = after.find((one) => problems[one.id] !== undefined);
    const nextInGroup = after[here + 1];
    // One question a screen: what else belongs to the changed group is walked through before going back to the review.
    const done = papersStep(item, snapshot) === 'ask' ? 'papers' : 'review';
    if (state.fromReview && elder && nextInGroup !== undefined && groupOf(item, nextInGroup) === group) {
      send({ type: 'ask', field: nextInGroup.id });
    } else if (state.fromReview) {
      if (firstWrong === undefined) send({ type: 'go', screen: 'review', replace: true });
      else send({ type: 'ask', field: firstWrong.id });
    } else if (following !== undefined) send({ type: 'ask', field: following.id });
    else if (firstWrong !== undefined) send({ type: 'ask', field: firstWrong.id });
    else send({ type: 'go', screen: done, replace: true });
  };
  const group = groupOf(item, field);
  const others = elder ? [] : questions.filter((one) => one.id !== field.id && groupOf(item, one) === group);
  const last = papersStep(item, snapshot) === 'ask' ? 'form.toPapers' : 'form.toCheck';
  const before = questions[place - 1];
  const back = (): void => {
    if (before !== undefined && !state.fromReview) send({ type: 'ask', field: before.id, back: true });
    else send({ type: 'back' });
  };
  const message = (
    <div className="slot" id={messageId} role="alert">
      {shown === null ? null : <Mistake fault={shown} />}
    </div>
  );
  return (
    <PageFrame
      screen="form"
      step="form"
      wall={keyboard === null && !elder && others.length === 0 && inputKind(field) !== 'sign' ? 'full' : 'middle'}
      over={`${t('form.place', { group: group.title[language], now: place + 1, all })}${field.required ? '' : t('form.optional')}`}
      title={field.question[language]}
      lead={field.help[language]}
      onBack={back}
      keyboard={keyboard ?? undefined}
      actions={
        <Actions split={elder ? 'one' : 'one-two'}>
          {elder ? null : (
            <SecondButton onPress={back}>{t(state.fromReview ? 'form.toReview' : 'form.before')}</SecondButton>
          )}
          <MainButton iconAfter="arrow-right" onPress={next}>
            {t(state.fromReview ? 'form.saveChange' : place + 1 === questions.length ? last : 'form.next')}
          </MainButton>
        </Actions>
      }
    >
      <div className={`answer answer-${inputKind(field)} kind-${field.kind} ${others.length === 0 ? '' : 'has-sibs'}`}>
        <GroupStrip
          group={group}
          others={others}
          values={state.values}
          language={language}
          onOpen={(one) => send({ type: 'ask', field: one.id })}
        />
        <AnswerInput
          field={field}
          value={value}
          composing={handle.composing}
          language={language}
          problem={shown}
          right={right}
          onChange={onChange}
          message={message}
          messageId={messageId}
        />
      </div>
    </PageFrame>
  );
}

function groupOf(item: ItemPack, field: FormField): FormGroup {
  const found = item.form.groups.find((group) => group.fields.some((one) => one.id === field.id));
  if (found === undefined) throw new RangeError(`no group holds ${field.id}`);
  return found;
}

/**
 * The form by groups: one question is awake, the others of its group stand beside it and are a touch away. In large type
 * there is one question a screen.
 */
export function FormScreen(props: ScreenProps): ReactElement | null {
  const { item, card, values, question } = props.state;
  const questions = useMemo(() => {
    if (item === null) return [];
    return questionsToAsk(item, values, card === null ? undefined : prefillFromCard(item, card));
  }, [item, card, values]);
  const place = Math.max(
    0,
    questions.findIndex((field) => field.id === question),
  );
  const field = questions[place];
  if (item === null || field === undefined) return null;
  const prefilled = card === null ? undefined : prefillFromCard(item, card);
  const all = Math.max(questions.length, mostQuestions(item, values, prefilled));
  return <Question {...props} key={field.id} item={item} field={field} place={place} questions={questions} all={all} />;
}
