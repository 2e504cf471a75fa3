import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon, type IconName } from './icon.tsx';
import { SmallButton } from './buttons.tsx';
import { halfWidths, Phrases } from './phrases.tsx';
import { StateTag } from './rows.tsx';

export const CASE_STEPS = ['guide', 'card', 'form', 'review', 'receipt'] as const;
export type CaseStep = (typeof CASE_STEPS)[number];

/** The five steps of a case; the words are in `ui:steps`. */
export function Steps({ now }: { now: CaseStep }): ReactElement {
  const { t } = useTranslation('ui');
  return (
    <StepBar
      steps={CASE_STEPS.map((step) => t(`steps.${step}`))}
      now={CASE_STEPS.indexOf(now)}
      label={t('steps.label')}
    />
  );
}

/** Bars with words: done check, now bold, to come grey. */
export function StepBar(props: { steps: readonly string[]; now: number; label: string }): ReactElement {
  const { t } = useTranslation('ui');
  return (
    <ol className="steps" aria-label={props.label}>
      {props.steps.map((step, index) => {
        const state = index < props.now ? 'done' : index === props.now ? 'now' : '';
        return (
          <li key={step} className={state} aria-current={state === 'now' ? 'step' : undefined}>
            <i />
            <span>
              {state === 'done' ? <Icon name="check" /> : null}
              {step}
              {state === 'done' ? <span className="sr">{t('steps.done')}</span> : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

export interface ProgressEntry {
  title: string;
  detail: string;
  state: 'done' | 'waiting' | 'to-come' | 'wrong';
  icon?: IconName;
}

/** What happened, what is waited for and why, what comes. */
export function ProgressList({ entries, label }: { entries: readonly ProgressEntry[]; label: string }): ReactElement {
  const { t } = useTranslation('ui');
  return (
    <ol className="prog" aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.title} className={entry.state}>
          <span className="pin">
            {entry.state === 'done' ? <Icon name="check" /> : null}
            {entry.state === 'waiting' ? <Icon name={entry.icon ?? 'clock-fill'} /> : null}
            {entry.state === 'wrong' ? <Icon name="close" /> : null}
          </span>
          <b>
            {entry.title}
            <span className="sr">{t(`progressState.${entry.state}`)}</span>
          </b>
          <span className="x">
            <Phrases>{entry.detail}</Phrases>
          </span>
        </li>
      ))}
    </ol>
  );
}

export interface SummaryLine {
  label: string;
  value: string;
  /** Said by a screen reader instead of asterisks. */
  spoken?: string;
}

/** One group of the review page; `source` names where the values come from, `onChange` leads back. */
export function SummaryGroup(props: {
  title: string;
  lines: readonly SummaryLine[];
  source?: string;
  onChange?: () => void;
}): ReactElement {
  const { t } = useTranslation('ui');
  return (
    <section className="sum" aria-label={props.title}>
      <div className="sum-head">
        <h2>{props.title}</h2>
        {props.source === undefined ? null : <StateTag tone="info">{props.source}</StateTag>}
        <span className="sp" />
        {props.onChange === undefined ? null : (
          <SmallButton icon="pencil" name={t('review.changeName', { group: props.title })} onPress={props.onChange}>
            {t('review.change')}
          </SmallButton>
        )}
      </div>
      <dl>
        {props.lines.map((line) => (
          <div key={line.label}>
            <dt>{line.label}</dt>
            <dd>{line.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Half widths that a fact's value may take where four stand in a line. */
const FACT_WIDTH = 11;

/** Definition pairs: fee, time limit, effort. In one line, or in two where a value is long. */
export function Facts({ facts }: { facts: readonly { name: string; value: string }[] }): ReactElement {
  const long = facts.some(({ value }) => halfWidths(value) > FACT_WIDTH);
  return (
    <dl className={long ? 'facts facts-two' : 'facts'}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
