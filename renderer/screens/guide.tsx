import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Material } from '../../electron/domain/item-pack.ts';
import {
  Actions,
  Facts,
  Icon,
  MainButton,
  Notice,
  PageFrame,
  Phrases,
  Row,
  Rows,
  Scroll,
  StateTag,
  ThirdButton,
  type IconName,
} from '../components/index.ts';
import { kioskNow } from '../api/index.ts';
import { fitCard } from '../flow/card-fit.ts';
import type { ScreenProps } from '../flow/index.ts';
import { papersObstacle, papersStep } from '../flow/papers.ts';
import { isoDay } from '../i18n/format.ts';
import { obstacleText } from '../i18n/index.ts';
import './guide.css';

function iconOf(material: Material): IconName {
  if (material.id.includes('id')) return 'id-card';
  return material.need === 'not-needed' ? 'house-line' : 'file';
}

/** What an item takes, before a card is asked for; what cannot be done here comes first. */
export function GuideScreen({ state, send, snapshot, language }: ScreenProps): ReactElement | null {
  const { t } = useTranslation('ui');
  const [notForMe, setNotForMe] = useState(false);
  const { item } = state;
  if (item === null) return null;
  const { guide } = item;
  const apply = snapshot.functions.find((one) => one.id === 'apply');
  const papers = papersStep(item, snapshot);
  const closed = apply?.state === 'not-now' ? apply.reason : papers === 'closed' ? papersObstacle(snapshot) : null;
  const noteOf = (material: Material): string => {
    const slot = item.attachments?.some(({ id }) => id === material.id) === true;
    const note = material.note[language];
    return slot && papers !== 'none' ? t(`papers.guide.${papers}`, { note }) : note;
  };
  const start = (): void => {
    if (closed !== null) send({ type: 'problem', problem: closed, retry: 'guide' });
    else if (state.card === null || fitCard(item, state.card, isoDay(kioskNow())).fault !== null) {
      send({ type: 'go', screen: 'card' });
    } else {
      send({ type: 'card-read', card: state.card, values: fitCard(item, state.card, isoDay(kioskNow())).values });
      send({ type: 'go', screen: 'form' });
    }
  };
  return (
    <PageFrame
      screen="guide"
      wall="low"
      path={[t('find.title'), item.department[language]]}
      whereState={
        closed === null ? (
          <StateTag tone="ok">{t('state.openHere')}</StateTag>
        ) : (
          <StateTag tone="wait">{t('state.not-now')}</StateTag>
        )
      }
      title={item.name[language]}
      lead={item.summary[language]}
      actions={
        <Actions split="one-two">
          <ThirdButton icon="question" onPress={() => setNotForMe((old) => !old)}>
            {t(notForMe ? 'guide.backToGuide' : 'guide.notForMe')}
          </ThirdButton>
          <MainButton iconAfter="arrow-right" onPress={start}>
            {t('guide.start')}
          </MainButton>
        </Actions>
      }
    >
      {closed === null ? null : (
        <Notice tone="wait" fact={obstacleText(t, closed).title} todo={obstacleText(t, closed).help} />
      )}
      {notForMe ? (
        <Scroll label={t('guide.notHere')}>
          <h2 className="h2">{t('guide.notHere')}</h2>
          <Rows>
            {guide.notHere.map((one) => (
              <Row key={one.when['zh-CN']} icon="signpost" title={one.when[language]} detail={one.instead[language]} />
            ))}
            <Row icon="phone-fill" title={t('guide.ask')} detail={t('guide.askNote', { hotline: snapshot.hotline })} />
          </Rows>
        </Scroll>
      ) : (
        <Scroll label={item.name[language]} className="guide-in">
          <Facts
            facts={[
              { name: t('guide.fee'), value: guide.fee[language] },
              { name: t('guide.timeLimit'), value: guide.timeLimit[language] },
              { name: t('guide.effort'), value: guide.effort[language] },
              { name: t('guide.who'), value: guide.who[language] },
            ]}
          />
          {guide.notHere[0] === undefined ? null : (
            <div className="notice plain nothere">
              <Icon name="signpost" />
              <div>
                {guide.notHere.map((one) => (
                  <p key={one.when['zh-CN']}>
                    <Phrases>
                      {t('guide.notHereLine', { when: one.when[language], instead: one.instead[language] })}
                    </Phrases>
                  </p>
                ))}
              </div>
            </div>
          )}
          <h2 className="h2">{t('guide.materials')}</h2>
          <Rows>
            {guide.materials.map((material) => (
              <Row
                key={material.id}
                icon={iconOf(material)}
                title={material.name[language]}
                detail={noteOf(material)}
                state={
                  material.need === 'bring' ? (
                    <StateTag tone="info" icon="bag">
                      {t('guide.bring')}
                    </StateTag>
                  ) : (
                    <StateTag tone="ok">{t('guide.notNeeded')}</StateTag>
                  )
                }
              />
            ))}
          </Rows>
          <h2 className="h2">{t('guide.how')}</h2>
          <ol className="how">
            {guide.steps.map((step, index) => (
              <li key={step['zh-CN']}>
                <i aria-hidden="true">{index + 1}</i>
                {step[language]}
              </li>
            ))}
          </ol>
          <p className="note law">
            {t('guide.law')}
            {guide.legalBasis.map((one, index) => (
              <span key={one['zh-CN']} className="keep">
                {one[language]}
                {index + 1 < guide.legalBasis.length ? t('guide.and') : ''}
              </span>
            ))}
          </p>
        </Scroll>
      )}
    </PageFrame>
  );
}
