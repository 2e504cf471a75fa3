import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosk, useLasting } from '../../api/index.ts';
import {
  Actions,
  MainButton,
  Notice,
  PageFrame,
  Phrases,
  Ring,
  SecondButton,
  ThirdButton,
  Title,
  type PageFrameProps,
} from '../../components/index.ts';
import { useHoldClock, type ScreenProps } from '../../flow/index.ts';
import { clockText } from '../../i18n/format.ts';
import { problemText } from '../../i18n/index.ts';
import { PaperLine } from '../receipt/paper-line.tsx';
import { useReceipt } from '../receipt/use-receipt.ts';
import { Contents, countOf } from './contents.tsx';
import { LockerPicture } from './locker-picture.tsx';
import { pageOf, type PageId, type Topic } from './open-words.ts';
import { PickupFlow } from './pickup-flow.tsx';
import { useDoor } from './use-door.ts';
import './pickup.css';

/** After so long with the door open the screen asks to close it, in milliseconds. */
const TAKE_MS = 20_000;

/** Pages with the hand at the locker. */
const AT_LOCKER: ReadonlySet<PageId> = new Set(['take', 'close', 'sensor-lost']);
/** Pages that end here: there is nothing more that this screen can do. */
const ENDS: ReadonlySet<PageId> = new Set(['still-not-open', 'unsure', 'unsure-closed', 'stopped']);

/** Kiosk time at which `active` began, as `20:47`. */
function useSince(active: boolean): string {
  const { offsetMs } = useKiosk();
  const [since, setSince] = useState('');
  useEffect(() => {
    setSince(active ? clockText(new Date(Date.now() + offsetMs)) : '');
    // The moment of the beginning counts, not a later correction of the clock.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [active]);
  return since;
}

/** Opens the door, follows the sensor, prints the receipt once it is closed. Never claims that things were taken. */
export function PickupOpenScreen({ state, send, snapshot, language, endVisit }: ScreenProps): ReactElement | null {
  const { t } = useTranslation('pickup');
  const { visitId, pickup } = state;
  const { flow, looking, tryAgain, look } = useDoor(visitId, pickup?.pickupId ?? null);
  const [topic, setTopic] = useState<Topic>('none');
  const open = flow.name === 'open';
  const long = useLasting(open, TAKE_MS);
  const since = useSince(open);
  const slow = useLasting(flow.name === 'opening', 5_000);
  useHoldClock(open || flow.name === 'opening');
  const closed = flow.name === 'closed';
  const { receipt, again } = useReceipt(
    visitId,
    closed && pickup !== null ? pickup.pickupId : null,
    language,
    snapshot.printer !== 'none',
    'pickup',
  );
  useEffect(() => setTopic('none'), [flow.name, long]);

  if (pickup === null) return null;
  const page = pageOf(flow, long);
  const { cell } = pickup;
  const words = { cell, since, phone: snapshot.dutyPhone, count: countOf(pickup) };
  const trouble = flow.name === 'stopped' ? problemText(t, flow.problem) : null;
  const layout = snapshot.locker;
  const lamp = ((): PageFrameProps['lamp'] => {
    const { locker, receipt: slot } = snapshot.slots;
    if (AT_LOCKER.has(page.id)) {
      return {
        side: locker,
        point: locker,
        words: t(`lamp.${page.id === 'take' ? 'take' : 'close'}.${locker}`, { cell }),
      };
    }
    if (closed && receipt.name === 'over' && receipt.print.outcome !== 'not-printed') {
      return { side: slot, words: t(`ui:done.lamp.${slot}`) };
    }
    return null;
  })();

  const finish = (): void => endVisit('finished');
  const check = (
    <SecondButton busy={looking} onPress={look}>
      {t(looking ? 'looking' : 'look')}
    </SecondButton>
  );
  const actions = ((): ReactElement | undefined => {
    switch (page.id) {
      case 'opening':
        return undefined;
      case 'take':
        return (
          <Actions split="pair">
            <SecondButton onPress={() => setTopic('stuck')}>{t('stuck')}</SecondButton>
            <SecondButton onPress={() => setTopic('wrong-things')}>{t('wrongThings')}</SecondButton>
          </Actions>
        );
      case 'close':
      case 'sensor-lost':
        return (
          <Actions split="pair">
            <SecondButton onPress={() => setTopic('wont-close')}>{t('wontClose')}</SecondButton>
            {check}
          </Actions>
        );
      case 'not-open':
        return (
          <Actions split="one-two">
            {check}
            <MainButton icon="door" onPress={tryAgain}>
              {t('tryAgain')}
            </MainButton>
          </Actions>
        );
      case 'still-not-open':
      case 'unsure':
      case 'unsure-closed':
      case 'stopped':
        return (
          <div className="acts">
            <Actions split="pair">
              {flow.name === 'unknown' && flow.mayTryAgain && flow.door === 'closed' ? (
                <SecondButton icon="door" onPress={tryAgain}>
                  {t('tryAgain')}
                </SecondButton>
              ) : (
                check
              )}
              <ThirdButton icon="sign-out" onPress={finish}>
                {t('ui:visit.end')}
              </ThirdButton>
            </Actions>
          </div>
        );
      case 'closed':
        return (
          <div className="acts">
            <PaperLine receipt={receipt} again={again} subject="pickup" />
            <MainButton
              icon="star"
              onPress={() => send({ type: 'rate', subject: { subject: 'pickup', subjectId: pickup.pickupId } })}
            >
              {t('ui:done.rate')}
            </MainButton>
            <Actions split="pair">
              <SecondButton onPress={() => send({ type: 'home' })}>{t('ui:done.another')}</SecondButton>
              <ThirdButton icon="sign-out" onPress={finish}>
                {t('ui:visit.end')}
              </ThirdButton>
            </Actions>
          </div>
        );
    }
  })();

  const notice = ((): ReactElement | null => {
    if (topic !== 'none') {
      return (
        <Notice
          tone="wait"
          icon="help"
          live
          fact={t(`topic.${topic}.fact`, words)}
          todo={t(`topic.${topic}.todo`, words)}
        />
      );
    }
    if (page.id === 'close' || page.id === 'sensor-lost') {
      return (
        <Notice
          tone="wait"
          icon="door"
          live
          fact={t(`note.${page.id}.fact`, words)}
          todo={t(`note.${page.id}.todo`, words)}
        />
      );
    }
    if (ENDS.has(page.id) || page.id === 'not-open') {
      return (
        <Notice
          tone="wait"
          icon="help"
          live
          fact={t('note.call.fact', words)}
          todo={t(`note.call.${page.id === 'not-open' ? 'first' : 'todo'}`, words)}
        />
      );
    }
    return null;
  })();

  return (
    <PageFrame
      screen="pickup-open"
      wall="middle"
      path={[t('ui:functions.collect.title'), pickup.holder]}
      title={
        <span aria-live="polite">
          <Title>{trouble?.title ?? t(`page.${page.id}.title`, words)}</Title>
        </span>
      }
      lead={trouble?.help ?? t(`page.${page.id}.lead${page.id === 'opening' && slow ? 'Slow' : ''}`, words)}
      {...(page.id === 'opening' ? { picture: <Ring size={150} part={0.4} turning /> } : {})}
      onBack={null}
      visitBar={false}
      lamp={lamp ?? null}
      {...(actions === undefined ? {} : { actions })}
    >
      <div className={closed ? 'pickup-desk is-closed' : 'pickup-desk'}>
        {closed ? null : layout === null ? (
          <p className="pickup-number">
            <span className="note">{t('cell')}</span>
            <b>{cell}</b>
          </p>
        ) : (
          <LockerPicture layout={layout} cell={cell} look={page.look} />
        )}
        <div className="pickup-side">
          {notice ?? (closed ? null : <Contents pickup={pickup} language={language} />)}
          {closed ? (
            <div className="pickup-after">
              <Notice tone="ok" icon="door" fact={t('afterClosed')} todo={t('afterClosedNote', words)} />
              <h2 className="h2">
                <Phrases>{t('wereInside')}</Phrases>
              </h2>
              <Contents pickup={pickup} language={language} />
            </div>
          ) : null}
          <PickupFlow now={page.step} />
        </div>
      </div>
    </PageFrame>
  );
}
