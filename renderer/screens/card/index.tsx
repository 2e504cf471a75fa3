import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../electron/contract/problems.ts';
import { call, kioskNow, useEvent } from '../../api/index.ts';
import {
  Actions,
  Icon,
  MainButton,
  Notice,
  PageFrame,
  Phrases,
  Ring,
  SecondButton,
  Waiting,
} from '../../components/index.ts';
import { fitCard, type CardFault } from '../../flow/card-fit.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { isoDay } from '../../i18n/format.ts';
import { faultText, problemText } from '../../i18n/index.ts';
import { Shelf } from './shelf.tsx';

type Phase =
  | { readonly name: 'waiting' }
  | { readonly name: 'found' }
  | { readonly name: 'trouble'; readonly problem: Problem }
  | { readonly name: 'unfit'; readonly fault: CardFault };

/** Waits for the card, reads it, goes on by itself. */
export function CardScreen({ state, send, snapshot }: ScreenProps): ReactElement {
  const { t } = useTranslation('ui');
  const { visitId, item } = state;
  const [phase, setPhase] = useState<Phase>({ name: 'waiting' });
  const [turn, setTurn] = useState(0);
  const latest = useRef(item);
  useEffect(() => {
    latest.current = item;
  });

  useEffect(() => {
    if (visitId === null) return undefined;
    let gone = false;
    setPhase({ name: 'waiting' });
    const wanted = latest.current;
    void call('card.read', { visitId, ...(wanted === null ? {} : { itemId: wanted.id }) }).then((answer) => {
      if (gone) return;
      if (!answer.ok) return setPhase({ name: 'trouble', problem: answer.error });
      const pack = latest.current;
      const { card } = answer.value;
      const { values, fault } = pack === null ? { values: {}, fault: null } : fitCard(pack, card, isoDay(kioskNow()));
      send({ type: 'card-read', card, values });
      if (fault !== null) return setPhase({ name: 'unfit', fault });
      send({ type: 'go', screen: 'form', replace: true });
      return undefined;
    });
    return () => {
      gone = true;
      void call('card.cancel', { visitId });
    };
  }, [visitId, turn, send]);

  useEvent('card-found', (event) => {
    if (event.visitId === visitId) setPhase((old) => (old.name === 'waiting' ? { name: 'found' } : old));
  });

  const again = useCallback(() => setTurn((old) => old + 1), []);
  const trouble =
    phase.name === 'trouble'
      ? problemText(t, phase.problem)
      : phase.name === 'unfit'
        ? faultText(t, phase.fault.problem)
        : null;
  // Only said where it is true: the item takes it, and its reader answers.
  const either = item?.alsoSocialSecurityCard === true && snapshot.socialCardReader === 'ready';
  const unfit = phase.name === 'unfit';
  const waits = trouble === null;
  // Somebody else's card is not read; nobody is left wondering why nothing happens.
  const blocked = waits && phase.name === 'waiting' ? snapshot.cardLeft?.state : undefined;
  const other = blocked === 'unsure' ? 'takeCard.unsure' : 'takeCard.other';
  return (
    <PageFrame
      screen="card"
      step="card"
      title={trouble?.title ?? t(blocked ? other : phase.name === 'found' ? 'card.titleFound' : 'card.title')}
      lead={
        trouble?.help ??
        t(
          blocked
            ? `${other}Lead`
            : phase.name === 'found'
              ? 'card.leadFound'
              : either
                ? 'card.leadEither'
                : 'card.lead',
        )
      }
      below={
        waits ? (
          phase.name === 'found' ? (
            <p className="waiting" role="status">
              <Ring size={64} part={0.8} turning />
              {t('card.reading')}
            </p>
          ) : (
            <Waiting words={t('card.waiting')} {...(blocked ? {} : { next: t('card.waitingLong') })} since />
          )
        ) : undefined
      }
      lamp={waits ? { side: snapshot.slots.card, words: t(`card.lamp.${snapshot.slots.card}`) } : null}
      actions={
        waits ? (
          <Actions>
            <SecondButton onPress={() => send({ type: 'back' })}>{t('card.notNow')}</SecondButton>
          </Actions>
        ) : (
          <Actions split="one-two">
            {unfit ? (
              <SecondButton onPress={again}>{t('card.otherCard')}</SecondButton>
            ) : (
              <SecondButton onPress={() => send({ type: 'overlay', overlay: 'help' })}>
                {t('card.askHelp')}
              </SecondButton>
            )}
            {unfit ? (
              <MainButton onPress={() => send({ type: 'go', screen: 'find', replace: true })}>
                {t('card.otherItem')}
              </MainButton>
            ) : (
              <MainButton icon="id-card" onPress={again}>
                {t('card.again')}
              </MainButton>
            )}
          </Actions>
        )
      }
    >
      <Shelf slots={snapshot.slots} scanner={snapshot.scanner} printer={snapshot.printer} />
      <div className="gap-3" />
      {trouble === null ? (
        <Notice
          tone="plain"
          fact={
            <>
              <b>
                <Phrases>{t('card.readsWhat')}</Phrases>
              </b>
              <Phrases>{t('card.readsWhy')}</Phrases>
            </>
          }
          todo={t('card.readsNot')}
        />
      ) : (
        <Notice
          tone="wait"
          icon="help"
          live
          fact={t(unfit ? 'card.unfit' : 'card.duty', { phone: snapshot.dutyPhone })}
          todo={t(unfit ? 'card.unfitNote' : 'card.dutyNote')}
        />
      )}
      <div className="sp" />
      {waits ? (
        <p className="note no-card">
          <Icon name="question" />
          <span>
            <Phrases>{t('card.noCard', { phone: snapshot.dutyPhone })}</Phrases>
          </span>
        </p>
      ) : null}
    </PageFrame>
  );
}
