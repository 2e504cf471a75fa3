import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Phrases, Ring, SmallButton, StateTag } from '../../components/index.ts';
import { problemText } from '../../i18n/index.ts';
import type { ReceiptState } from './use-receipt.ts';

interface PaperLineProps {
  readonly receipt: ReceiptState;
  /** Makes another copy. */
  readonly again: () => void;
  /** Whose paper it is; the words stand in `paper:<subject>`. */
  readonly subject: 'case' | 'pickup';
}

/** One line on the paper's true fate, and the way to another copy. */
export function PaperLine({ receipt, again, subject }: PaperLineProps): ReactElement {
  const { t } = useTranslation('paper');
  if (receipt.name === 'none') {
    return (
      <div className="printed">
        <StateTag tone="off" icon="absent">
          {t(`${subject}.none`)}
        </StateTag>
      </div>
    );
  }
  if (receipt.name === 'printing') {
    return (
      <div className="printed" role="status">
        <span className="tag">
          <Ring size={48} part={0.4} turning />
          {t(`${subject}.printing`)}
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
          {t(`${subject}.${outcome}`)}
        </StateTag>
        {cause === null ? null : (
          <p className="note">
            <Phrases>{outcome === 'unknown' ? problemText(t, cause).help : problemText(t, cause).title}</Phrases>
          </p>
        )}
      </div>
      <SmallButton icon="printer" onPress={again}>
        {t(good ? 'nothingCame' : 'printAgain')}
      </SmallButton>
    </div>
  );
}
