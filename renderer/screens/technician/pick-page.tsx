import { useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Actions,
  MainButton,
  Notice,
  PageFrame,
  Row,
  Rows,
  Scroll,
  SecondButton,
  Waiting,
} from '../../components/index.ts';
import './store.css';

/** One thing to pick. */
interface Item {
  /** What it is asked for by, e.g. the path of a file. */
  readonly id: string;
  readonly title: string;
  readonly detail?: string;
}

interface Props {
  /** Where the page stands: the name of its task under the tab of queue and keys. */
  readonly task: string;
  readonly title: string;
  readonly lead: string;
  /** What there is to pick; null while it is looked for. */
  readonly items: readonly Item[] | null;
  readonly list: string;
  readonly none: { readonly fact: string; readonly todo: string };
  /** What one should know of it before it is done. */
  readonly warning: { readonly fact: string; readonly todo: string };
  readonly words: { readonly do: string; readonly stay: string; readonly choose: string };
  readonly onLook: () => void;
  /** Does it with the thing of that id. Gives what went wrong, in words. */
  readonly onDo: (id: string) => Promise<string | null>;
  /** What came of it; null until it is done. */
  readonly done: { readonly title: string; readonly lead: string; readonly body: ReactNode } | null;
  readonly onBack: () => void;
}

/** A technician picks one thing of a list, is told what follows, and has it done. */
export function PickPage(props: Props): ReactElement {
  const { t } = useTranslation('technician');
  const { items, done, onLook, onBack } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const run = async (): Promise<void> => {
    if (chosen === null) return setFault(props.words.choose);
    setBusy(true);
    setFault(null);
    const wrong = await props.onDo(chosen);
    setBusy(false);
    setFault(wrong);
  };
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="low"
      path={[t('path'), t('tab.store'), props.task]}
      title={done?.title ?? props.title}
      lead={done?.lead ?? props.lead}
      onBack={onBack}
      visitBar={false}
      actions={
        done !== null ? (
          <Actions>
            <MainButton onPress={onBack}>{t('discard.back')}</MainButton>
          </Actions>
        ) : (
          <Actions split="one-two">
            <SecondButton onPress={chosen === null ? onLook : onBack}>
              {chosen === null ? t('handOver.look') : props.words.stay}
            </SecondButton>
            <MainButton busy={busy} onPress={() => void run()}>
              {props.words.do}
            </MainButton>
          </Actions>
        )
      }
    >
      <div className="hand-over-fault" role="alert">
        {fault === null ? null : <Notice tone="err" fact={fault} />}
      </div>
      {done !== null ? (
        done.body
      ) : items === null ? (
        <Waiting words={t('loading')} />
      ) : items.length === 0 ? (
        <Notice tone="wait" {...props.none} />
      ) : (
        <Scroll label={props.list}>
          <div className="hand-over">
            <Rows label={props.list}>
              {items.map(({ id, ...shown }) => (
                <Row
                  key={id}
                  icon="wallet"
                  {...shown}
                  chosen={id === chosen}
                  onPress={() => {
                    setFault(null);
                    setChosen(id);
                  }}
                />
              ))}
            </Rows>
            {chosen === null ? null : <Notice tone="wait" {...props.warning} />}
          </div>
        </Scroll>
      )}
    </PageFrame>
  );
}
