import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { prefillFromCard, questionsToAsk } from '../../../electron/domain/form.ts';
import type { AttachmentSlot, ItemPack } from '../../../electron/domain/item-pack.ts';
import type { Still } from '../../api/camera.ts';
import { call } from '../../api/index.ts';
import {
  Actions,
  DocumentCamera,
  MainButton,
  Notice,
  PageFrame,
  Scroll,
  SecondButton,
  SmallButton,
  StateTag,
  Waiting,
} from '../../components/index.ts';
import { useHoldClock } from '../../flow/index.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { useModes } from '../../flow/modes.ts';
import { missingPapers, papersObstacle } from '../../flow/papers.ts';
import { problemText } from '../../i18n/index.ts';
import { keepPage, useTakenPages, type NotKept, type Page } from './use-pages.ts';
import './papers.css';

/** One paper in the list: how many pages are kept, each with a way to take it out again. */
function Paper(props: {
  readonly slot: AttachmentSlot;
  readonly pages: readonly Page[];
  readonly language: ScreenProps['language'];
  readonly removing: string | null;
  readonly onRemove: (page: Page) => void;
}): ReactElement {
  const { t } = useTranslation('ui');
  const { slot, pages, language, removing, onRemove } = props;
  const title = slot.title[language];
  return (
    <section className="pdoc" aria-label={title}>
      <div className="pdoc-head">
        <h2 className="h2">{title}</h2>
        {pages.length > 0 ? (
          <StateTag tone="ok">{t('papers.kept', { count: pages.length })}</StateTag>
        ) : (
          <StateTag
            tone={slot.required === true ? 'wait' : 'off'}
            icon={slot.required === true ? 'clock-fill' : 'file'}
          >
            {t(slot.required === true ? 'papers.required' : 'papers.optional')}
          </StateTag>
        )}
      </div>
      {slot.help === undefined ? null : <p className="note">{slot.help[language]}</p>}
      <ul className="pdoc-pages">
        {pages.map((page, index) => (
          <li key={page.attachmentId}>
            <span>{t('papers.page', { number: index + 1 })}</span>
            <SmallButton
              tone="line"
              icon="close"
              busy={removing === page.attachmentId}
              name={t('papers.removeName', { number: index + 1, paper: title })}
              onPress={() => onRemove(page)}
            >
              {t('papers.remove')}
            </SmallButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The camera for one paper, page after page. */
function Shooting(props: {
  readonly screen: ScreenProps;
  readonly item: ItemPack;
  readonly slot: AttachmentSlot;
  readonly pages: readonly Page[];
  readonly reload: () => Promise<void>;
  readonly onDone: () => void;
}): ReactElement {
  const { t } = useTranslation('ui');
  const { screen, item, slot, pages, reload, onDone } = props;
  const { language } = screen;
  const { visitId } = screen.state;
  const [fault, setFault] = useState<NotKept | null>(null);
  const [keeping, setKeeping] = useState(false);
  const allowed = useCameraUse(visitId);
  useHoldClock(keeping);
  const accept = useCallback(
    async (still: Still): Promise<boolean> => {
      if (visitId === null) return false;
      setFault(null);
      setKeeping(true);
      const failed = await keepPage(visitId, item.id, slot.id, still.bytes);
      setKeeping(false);
      await reload();
      setFault(failed);
      if (failed === null && pages.length + 1 >= slot.max) onDone();
      return failed === null;
    },
    [visitId, item.id, slot.id, slot.max, pages.length, reload, onDone],
  );
  const title = t('papers.shoot', { paper: slot.title[language] });
  const done = (
    <SecondButton onPress={onDone}>{t(pages.length === 0 ? 'papers.notNow' : 'papers.enough')}</SecondButton>
  );
  const frame = (body: ReactElement, actions: ReactElement | null): ReactElement => (
    <PageFrame
      screen="papers"
      step="form"
      wall="low"
      over={t('papers.pageNow', { number: pages.length + 1, max: slot.max })}
      title={title}
      lead={slot.help?.[language]}
      onBack={onDone}
      actions={actions ?? <Actions>{done}</Actions>}
    >
      <div className="pdoc-said" role="status">
        {fault === null && pages.length > 0 && !keeping ? (
          <StateTag tone="ok">{t('papers.pageKept', { number: pages.length })}</StateTag>
        ) : null}
      </div>
      {fault === null ? null : (
        <div role="alert">
          <Notice
            tone="err"
            fact={fault.kind === 'problem' ? problemText(t, fault.problem).title : t(`papers.fault.${fault.kind}`)}
            todo={t('papers.faultTodo')}
          />
        </div>
      )}
      {body}
    </PageFrame>
  );
  if (!allowed) return frame(<Waiting words={t('camera.opening')} />, null);
  return <DocumentCamera onAccept={accept} beside={done} frame={frame} />;
}

/** The window may use the camera only while this screen is open. */
function useCameraUse(visitId: string | null): boolean {
  const [allowed, setAllowed] = useState(false);
  useEffect(() => {
    if (visitId === null) return undefined;
    let gone = false;
    void call('camera.use', { visitId, on: true }).then((answer) => {
      if (!gone) setAllowed(answer.ok);
    });
    return () => {
      gone = true;
      void call('camera.use', { visitId, on: false });
    };
  }, [visitId]);
  return allowed;
}

/** Papers of the case are photographed, looked at, taken again or out, one page after the other. */
export function PapersScreen(props: ScreenProps): ReactElement | null {
  const { state, send, snapshot, language } = props;
  const { t } = useTranslation('ui');
  const { speech } = useModes();
  const { item, visitId } = state;
  const { pages, problem, setProblem, load } = useTakenPages(visitId, item?.id ?? null);
  const [shooting, setShooting] = useState<string | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const stop = useCallback((): void => setShooting(null), []);
  if (item === null) return null;
  const slots = item.attachments ?? [];
  const of = (slot: AttachmentSlot): readonly Page[] => (pages ?? []).filter((page) => page.slot === slot.id);
  const slot = slots.find(({ id }) => id === shooting);
  if (slot !== undefined && pages !== null) {
    return (
      <Shooting key={slot.id} screen={props} item={item} slot={slot} pages={of(slot)} reload={load} onDone={stop} />
    );
  }
  const remove = async (page: Page): Promise<void> => {
    if (visitId === null) return;
    setRemoving(page.attachmentId);
    const removed = await call('attachment.remove', { visitId, attachmentId: page.attachmentId });
    setRemoving(null);
    if (removed.ok) await load();
    else setProblem(removed.error);
  };
  const asked = questionsToAsk(item, state.values, state.card === null ? undefined : prefillFromCard(item, state.card));
  const lastQuestion = asked.at(-1);
  const back = (): void => {
    if (lastQuestion === undefined) send({ type: 'back' });
    else send({ type: 'ask', field: lastQuestion.id, back: true });
  };
  const obstacle = papersObstacle(snapshot);
  const missing = missingPapers(item, pages ?? []);
  const empty = obstacle === null ? slots.find((one) => of(one).length === 0) : undefined;
  const room = obstacle === null ? slots.findLast((one) => of(one).length < one.max) : undefined;
  const toReview = (): void => send({ type: 'go', screen: 'review' });
  const toCamera = (one: AttachmentSlot): ReactElement => (
    <MainButton icon="camera" onPress={() => setShooting(one.id)}>
      {t('papers.shoot', { paper: one.title[language] })}
    </MainButton>
  );
  const notice =
    problem !== null
      ? { tone: 'err' as const, ...problemText(t, problem) }
      : obstacle !== null
        ? { tone: 'wait' as const, ...problemText(t, obstacle) }
        : null;
  return (
    <PageFrame
      screen="papers"
      step="form"
      wall="middle"
      over={t(empty === undefined && pages !== null ? 'papers.overDone' : 'papers.over')}
      title={
        empty === undefined && pages !== null && problem === null && obstacle === null
          ? t('papers.titleDone')
          : slots.length > 1
            ? t('papers.titles', { count: slots.length })
            : t('papers.title', { paper: slots[0]?.title[language] ?? '' })
      }
      lead={t(speech ? 'papers.leadByEar' : 'papers.lead')}
      onBack={back}
      actions={
        <Actions split="one-two">
          {empty === undefined ? (
            room === undefined ? (
              <SecondButton onPress={back}>{t('form.before')}</SecondButton>
            ) : (
              <SecondButton icon="camera" onPress={() => setShooting(room.id)}>
                {t('papers.more')}
              </SecondButton>
            )
          ) : missing.length === 0 ? (
            <SecondButton onPress={toReview}>{t('papers.later')}</SecondButton>
          ) : (
            <SecondButton onPress={back}>{t('form.before')}</SecondButton>
          )}
          {empty === undefined ? (
            <MainButton iconAfter="arrow-right" onPress={toReview}>
              {t('papers.toReview')}
            </MainButton>
          ) : (
            toCamera(empty)
          )}
        </Actions>
      }
    >
      {notice === null ? null : (
        <div role="alert">
          <Notice tone={notice.tone} fact={notice.title} todo={notice.help} />
        </div>
      )}
      {speech ? (
        <div className="pdoc-help">
          <Notice
            tone="plain"
            icon="help"
            fact={t(missing.length === 0 ? 'papers.byEar' : 'papers.byEarRequired', { phone: snapshot.dutyPhone })}
          />
          <SmallButton tone="line" icon="help" onPress={() => send({ type: 'overlay', overlay: 'help' })}>
            {t('papers.staff')}
          </SmallButton>
        </div>
      ) : null}
      <Scroll label={t('papers.list')}>
        {pages === null ? (
          <Waiting words={t('camera.opening')} />
        ) : (
          slots.map((one) => (
            <Paper
              key={one.id}
              slot={one}
              pages={of(one)}
              language={language}
              removing={removing}
              onRemove={(page) => void remove(page)}
            />
          ))
        )}
      </Scroll>
    </PageFrame>
  );
}
