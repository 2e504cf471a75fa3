import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { useNow } from '../../api/index.ts';
import { Notice } from '../../components/index.ts';
import { sinceText } from '../../i18n/format.ts';
import { problemText } from '../../i18n/index.ts';
import { PickPage } from './pick-page.tsx';
import type { Ask } from './use-session.ts';

type Copies = CallOutput<'technician.copies'>['copies'];

/** Name of a file without its folders, on any system. */
const nameOf = (file: string): string => file.split(/[/\\]/).at(-1) ?? file;

/** A queue of another machine is put by; the next start reads it through and takes it over. */
export function TakeOverPage(props: { ask: Ask; language: Language; onBack: () => void }): ReactElement {
  const { t } = useTranslation('technician');
  const { ask, language, onBack } = props;
  const now = useNow(30_000);
  const [copies, setCopies] = useState<Copies | null>(null);
  const [putBy, setPutBy] = useState(false);
  const look = useCallback((): void => {
    void ask('technician.copies', {}).then((answer) => {
      if (answer?.ok === true) setCopies(answer.value.copies);
    });
  }, [ask]);
  useEffect(look, [look]);
  const takeOver = async (file: string): Promise<string | null> => {
    const answer = await ask('technician.takeOver', { file });
    if (answer === null) return null;
    if (!answer.ok) return problemText(t, answer.error).title;
    if (!answer.value.putBy) return t(`takeOver.why.${answer.value.why ?? 'not-written'}`);
    setPutBy(true);
    return null;
  };
  const items = copies?.map(({ file, bytes, at }) => ({
    id: file,
    title: nameOf(file),
    detail: t('takeOver.copy', {
      size: Math.max(1, Math.round(bytes / 1024)),
      at: sinceText(at, now, language),
      folder: file.slice(0, -nameOf(file).length - 1),
    }),
  }));
  const body = <Notice tone="wait" fact={t('takeOver.restart')} todo={t('takeOver.restartTodo')} />;
  return (
    <PickPage
      task={t('store.takeOver')}
      title={t('takeOver.title')}
      lead={t('takeOver.lead')}
      items={items ?? null}
      list={t('takeOver.copies')}
      none={{ fact: t('takeOver.none'), todo: t('takeOver.noneTodo') }}
      warning={{ fact: t('takeOver.once'), todo: t('takeOver.onceTodo') }}
      words={{ do: t('takeOver.do'), stay: t('takeOver.stay'), choose: t('takeOver.choose') }}
      onLook={look}
      onDo={takeOver}
      done={putBy ? { title: t('takeOver.done'), lead: t('takeOver.doneLead'), body } : null}
      onBack={onBack}
    />
  );
}
