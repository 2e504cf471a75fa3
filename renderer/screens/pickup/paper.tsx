import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Ring, SmallButton, StateTag } from '../../components/index.ts';
import { problemText } from '../../i18n/index.ts';
import type { ReceiptState } from '../done/use-receipt.ts';

/** One line on the receipt's true fate, and the way to another copy. */
export function Paper({ receipt, again }: { receipt: ReceiptState; again: () => void }): ReactElement {
  const { t } = useTranslation('pickup');
  if (receipt.name === 'none') {
    return (
      <div className="printed">
        <StateTag tone="off" icon="absent">
          {t('paper.none')}
        </StateTag>
      </div>
    );
  }
  if (receipt.name === 'printing') {
    return (
      <div className="printed" role="status">
        <span className="tag">
          <Ring size={48} part={0.4} turning />
          {t('paper.printing')}
        </span>
      </div>
    );
  }
  const cause = receipt.name === 'failed' ? receipt.problem : receipt.print.cause;
  const outcome = receipt.name === 'failed' ? 'not-printed' : receipt.print.outcome;
  const good = outcome === 'printed';
  return (
    <div className="printed" role="status">
      <div>
        <StateTag tone={good ? 'ok' : 'wait'} {...(good ? {} : { icon: 'warning' })}>
          {t(`paper.${outcome}`)}
        </StateTag>
        {cause === null || outcome === 'unknown' ? null : <p className="note">{problemText(t, cause).title}</p>}
      </div>
      <SmallButton icon="printer" onPress={again}>
        {t(good ? 'ui:done.nothingCame' : 'ui:done.printAgain')}
      </SmallButton>
    </div>
  );
}
