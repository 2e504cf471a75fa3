import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import {
  checkForm,
  formatFieldValue,
  maskedValue,
  prefillFromCard,
  visibleFields,
} from '../../electron/domain/form.ts';
import { shownText } from '../../electron/domain/private-use.ts';
import type { FieldProblem } from '../../electron/domain/field-problem.ts';
import type { FormField } from '../../electron/domain/item-pack.ts';
import { useNow } from '../api/index.ts';
import { Actions, Icon, MainButton, Notice, PageFrame, Scroll, SummaryGroup } from '../components/index.ts';
import type { ScreenProps } from '../flow/index.ts';
import { missingPapers, papersObstacle, papersStep } from '../flow/papers.ts';
import { faultText } from '../i18n/index.ts';
import { isoDay, sinceText } from '../i18n/format.ts';
import { useTakenPages } from './papers/use-pages.ts';

/** Everything once more, masked; the state of the network is said before submitting. */
export function ReviewScreen({ state, send, snapshot, language }: ScreenProps): ReactElement | null {
  const { t } = useTranslation('ui');
  const now = useNow(30_000);
  const [bare, setBare] = useState(false);
  const [cardFault, setCardFault] = useState<FieldProblem | null>(null);
  const { item, card, values } = state;
  const { pages } = useTakenPages(state.visitId, item?.attachments === undefined ? null : item.id);
  if (item === null) return null;
  const fromCard = card === null ? {} : prefillFromCard(item, card);
  const visible = new Set(visibleFields(item, values).map((field) => field.id));
  const isFromCard = (field: FormField): boolean => field.fromCard !== undefined && (fromCard[field.id] ?? '') !== '';
  const shown = (field: FormField): string => {
    const value = values[field.id] ?? '';
    if (value === '') return t('review.empty');
    return shownText(bare ? formatFieldValue(field, value, language) : maskedValue(field, value, language));
  };
  const groups = item.form.groups
    .map((group) => ({ ...group, fields: group.fields.filter((field) => visible.has(field.id)) }))
    .filter((group) => group.fields.length > 0);
  const slots = item.attachments ?? [];
  const countOf = (slot: string): number => (pages ?? []).filter((page) => page.slot === slot).length;
  const papers = papersStep(item, snapshot);
  const paperWords = (slot: string): string => {
    if (countOf(slot) > 0) return t('papers.kept', { count: countOf(slot) });
    return t(papers === 'ask' ? 'papers.notTaken' : 'papers.notHereNow');
  };
  const submit = (): void => {
    const problems = checkForm(item, values, isoDay(now));
    const wrong = groups.flatMap((group) => group.fields).find((field) => problems[field.id] !== undefined);
    const fault = wrong === undefined ? undefined : problems[wrong.id];
    if (wrong !== undefined && fault !== undefined && isFromCard(wrong)) setCardFault(fault);
    else if (wrong !== undefined) send({ type: 'ask', field: wrong.id, fromReview: true });
    else if (missingPapers(item, pages ?? []).length > 0) {
      const obstacle = papersObstacle(snapshot);
      send(
        obstacle === null ? { type: 'go', screen: 'papers' } : { type: 'problem', problem: obstacle, retry: 'review' },
      );
    } else {
      const toHandIn = slots.filter((slot) => countOf(slot.id) === 0).map(({ id }) => id);
      send({ type: 'submit', submissionId: state.submissionId ?? crypto.randomUUID(), toHandIn });
    }
  };
  const unshown = card?.privateUse !== undefined;
  const hide = (): void => setBare(false);
  return (
    <PageFrame
      screen="review"
      step="review"
      wall="low"
      title={t('review.title')}
      actions={
        <>
          <div className="before-acts" role="alert">
            {cardFault === null ? null : (
              <Notice tone="err" fact={faultText(t, cardFault).title} todo={faultText(t, cardFault).help} />
            )}
            {snapshot.network.state === 'down' && cardFault === null ? (
              <Notice
                tone="wait"
                icon="offline-fill"
                fact={t('review.offline', { since: sinceText(snapshot.network.since, now, language) })}
                todo={t('review.offlineNote')}
              />
            ) : null}
            {snapshot.network.state === 'up' && cardFault === null && unshown ? (
              <Notice tone="plain" fact={t('review.unshown')} todo={t('review.unshownNote')} />
            ) : null}
          </div>
          <Actions split="one-two">
            <button
              type="button"
              className={`btn line ${bare ? 'press' : ''}`}
              aria-pressed={bare}
              onPointerDown={() => setBare(true)}
              onPointerUp={hide}
              onPointerLeave={hide}
              onPointerCancel={hide}
              onKeyDown={(event) => setBare(event.key === ' ' || event.key === 'Enter')}
              onKeyUp={hide}
              onBlur={hide}
              // A press of the voice's pad has no end: it turns, and going on hides.
              onClick={(event) => (event.isTrusted ? undefined : setBare(!bare))}
            >
              <Icon name="eye" />
              <span className="btn-words">{t('review.hold')}</span>
            </button>
            <MainButton iconAfter="arrow-right" onPress={submit}>
              {t('review.submit')}
            </MainButton>
          </Actions>
        </>
      }
    >
      <Scroll label={t('review.content')}>
        <div className="groups">
          {groups.map((group) => {
            const asked = group.fields.find((field) => !isFromCard(field));
            return (
              <SummaryGroup
                key={group.id}
                title={group.title[language]}
                {...(group.fields.some(isFromCard) ? { source: t('review.fromCard') } : {})}
                {...(asked === undefined
                  ? {}
                  : { onChange: () => send({ type: 'ask', field: asked.id, fromReview: true }) })}
                lines={group.fields.map((field) => ({ label: field.label[language], value: shown(field) }))}
              />
            );
          })}
          {slots.length === 0 ? null : (
            <SummaryGroup
              title={t('papers.group')}
              {...(papers === 'ask' ? { onChange: () => send({ type: 'go', screen: 'papers' }) } : {})}
              lines={slots.map((slot) => ({ label: slot.title[language], value: paperWords(slot.id) }))}
            />
          )}
        </div>
      </Scroll>
    </PageFrame>
  );
}
