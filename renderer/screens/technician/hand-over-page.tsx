import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import { Row, Rows, Scroll } from '../../components/index.ts';
import { problemText } from '../../i18n/index.ts';
import { PickPage } from './pick-page.tsx';
import type { Ask } from './use-session.ts';

type Copy = NonNullable<CallOutput<'technician.handOver'>['copy']>;

/** The queue is copied for the machine that takes this one's place; this one sends and takes nothing from then on. */
export function HandOverPage({ ask, onBack }: { ask: Ask; onBack: () => void }): ReactElement {
  const { t } = useTranslation('technician');
  const [folders, setFolders] = useState<readonly string[] | null>(null);
  const [copy, setCopy] = useState<Copy | null>(null);
  const look = useCallback((): void => {
    void ask('technician.copyPlaces', {}).then((answer) => {
      if (answer?.ok === true) setFolders(answer.value.folders);
    });
  }, [ask]);
  useEffect(look, [look]);
  const handOver = async (folder: string): Promise<string | null> => {
    const answer = await ask('technician.handOver', { folder });
    if (answer === null) return null;
    if (!answer.ok) return problemText(t, answer.error).title;
    if (answer.value.copy === null) return t(`handOver.why.${answer.value.why ?? 'not-written'}`);
    setCopy(answer.value.copy);
    return null;
  };
  return (
    <PickPage
      task={t('store.handOver')}
      title={t('handOver.title')}
      lead={t('handOver.lead')}
      items={folders?.map((folder) => ({ id: folder, title: folder })) ?? null}
      list={t('handOver.places')}
      none={{ fact: t('handOver.none'), todo: t('handOver.noneTodo') }}
      warning={{ fact: t('handOver.warn'), todo: t('handOver.warnTodo') }}
      words={{ do: t('handOver.do'), stay: t('handOver.stay'), choose: t('handOver.choose') }}
      onLook={look}
      onDo={handOver}
      done={
        copy === null ? null : { title: t('handOver.done'), lead: t('handOver.doneLead'), body: <Copied copy={copy} /> }
      }
      onBack={onBack}
    />
  );
}

function Copied({ copy }: { copy: Copy }): ReactElement {
  const { t } = useTranslation('technician');
  return (
    <Scroll label={t('handOver.done')}>
      <div className="hand-over">
        <Rows>
          <Row
            title={t('handOver.entries', { count: copy.entries })}
            detail={<span className="mono">{copy.file}</span>}
          />
          <Row title={t('handOver.hash')} detail={<span className="mono">{copy.sha256}</span>} />
        </Rows>
      </div>
    </Scroll>
  );
}
