import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskSnapshot } from '../../electron/contract/dto.ts';
import { useEvent } from '../api/index.ts';
import { Notice, PageFrame } from '../components/index.ts';
import { resetModes, setModes } from '../flow/modes.ts';
import { DEFAULT_LANGUAGE, switchLanguage } from '../i18n/index.ts';
import { Shelf } from './card/shelf.tsx';

/** The visit is over and wiped, but its card still lies on the reader: its holder is asked to take it, as the visit was used. */
export function TakeCardPage(props: {
  readonly left: NonNullable<KioskSnapshot['cardLeft']>;
  readonly snapshot: KioskSnapshot;
}): ReactElement {
  const { t } = useTranslation('ui');
  const { left, snapshot } = props;
  const { spoken, language } = left;
  const side = snapshot.slots.card;
  // A page that is made ready in the background says nothing.
  const [shown, setShown] = useState(() => 'shown' in document.documentElement.dataset);
  useEvent('page-shown', () => setShown(true));
  useEffect(() => {
    if (!shown) return undefined;
    switchLanguage(language);
    if (spoken) setModes({ speech: true });
    return () => {
      switchLanguage(DEFAULT_LANGUAGE);
      resetModes();
    };
  }, [shown, spoken, language]);
  return (
    <PageFrame
      screen="take-card"
      title={t('takeCard.title')}
      lead={t('takeCard.lead')}
      visitBar={false}
      hotline
      lamp={{ side, words: t(`takeCard.lamp.${side}`) }}
    >
      <Shelf slots={snapshot.slots} scanner={snapshot.scanner} printer={snapshot.printer} taking />
      <div className="gap-3" />
      <Notice tone="plain" icon="eye-off" fact={t('takeCard.wiped')} todo={t('takeCard.wipedNote')} />
    </PageFrame>
  );
}
