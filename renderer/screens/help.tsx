import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Actions, MainButton, PageFrame, Row, Rows } from '../components/index.ts';
import { useFlow } from '../flow/context.tsx';

/** Whom to call; what was typed stays. */
export function HelpPage(): ReactElement {
  const { t } = useTranslation('ui');
  const { snapshot, send, state } = useFlow();
  const close = (): void => send({ type: 'overlay', overlay: 'none' });
  return (
    <PageFrame
      screen="help"
      title={t('help.title')}
      lead={t(state.screen === 'attract' ? 'help.leadBefore' : 'help.lead')}
      current="help"
      onBack={close}
      actions={
        <Actions>
          <MainButton onPress={close}>{t(state.screen === 'attract' ? 'help.closeBefore' : 'help.close')}</MainButton>
        </Actions>
      }
    >
      <section className="phone-card" aria-label={t('help.duty')}>
        <p className="note">{t('help.duty')}</p>
        <p className="phone-number">{snapshot.dutyPhone}</p>
        <p className="note">{t('help.dutyNote', { number: snapshot.kioskNumber })}</p>
      </section>
      <Rows label={t('help.more')}>
        <Row icon="phone-fill" title={snapshot.hotline} detail={t('help.hotline')} />
        <Row icon="warning-line" title={t('help.stuck')} detail={t('help.stuckNote')} />
      </Rows>
    </PageFrame>
  );
}
