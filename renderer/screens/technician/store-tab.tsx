import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import type { OutboxEntryDto } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { useNow } from '../../api/index.ts';
import { Notice, Scroll, SmallButton, StateTag, Waiting } from '../../components/index.ts';
import { isoDay, sinceText } from '../../i18n/format.ts';
import { problemText } from '../../i18n/index.ts';
import { maskedSubject, Reason, type OutboxView } from './outbox-tab.tsx';
import type { Ask } from './use-session.ts';
import './store.css';

type Standing = CallOutput<'technician.store'>;
type Loss = CallOutput<'technician.selfCheck'>['checks'][number];
type Chain = CallOutput<'technician.checkEvidence'>;
type Step = 'technician.rotateKey' | 'technician.renewKey' | 'technician.takeBack' | 'technician.noteLoss';

interface Props {
  readonly ask: Ask;
  readonly view: OutboxView | null;
  readonly language: Language;
  readonly onResend: (entryId: string) => void;
  readonly onDiscard: (entry: OutboxEntryDto) => void;
  readonly onHandOver: () => void;
  readonly onTakeOver: () => void;
  /** Told of how many keys want a person, whenever it is looked. */
  readonly onKeyTrouble: (count: number) => void;
}

/** How many keys are lost, or guard nothing because the disk refused. */
export function keyTroubleOf({ keys, settingsKey }: Standing): number {
  return Number(keys.state === 'lost') + Number(settingsKey.state !== 'held');
}

/** One fact of the store: what it is, how it stands, what can be done about it. */
function Fact(props: {
  title: string;
  detail: string;
  /** A second line. */
  more?: string | null;
  state?: ReactElement;
  children?: ReactElement;
}): ReactElement {
  return (
    <li className="tout">
      <div className="tout-what">
        <b>{props.title}</b>
        <span className="note">{props.detail}</span>
        {props.more ? <span className="note">{props.more}</span> : null}
      </div>
      <div className="tout-why">{props.state}</div>
      {props.children ?? <span />}
    </li>
  );
}

/** What a look over the whole chain came to. */
function Verdict({ verdict }: Chain): ReactElement {
  const { t } = useTranslation('technician');
  if (verdict === null) return <StateTag tone="err">{t('store.chain.unreadable')}</StateTag>;
  if (verdict.sound) return <StateTag tone="ok">{t('store.chain.sound', { records: verdict.records })}</StateTag>;
  return <StateTag tone="err">{t('store.chain.broken', { seq: verdict.fault?.seq ?? 0 })}</StateTag>;
}

/** Queue, keys, evidence and hand-over. Every step says how it ended; those that cannot be undone are asked twice. */
export function StoreTab(props: Props): ReactElement {
  const { t } = useTranslation('technician');
  const { ask, view, language, onResend, onDiscard, onHandOver, onTakeOver, onKeyTrouble } = props;
  const now = useNow(30_000);
  const [standing, setStanding] = useState<Standing | null>(null);
  const [losses, setLosses] = useState<readonly Loss[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chain, setChain] = useState<Chain | null>(null);
  const [checking, setChecking] = useState(false);
  const [asked, setAsked] = useState<Step | null>(null);
  const [running, setRunning] = useState<Step | null>(null);
  const [ended, setEnded] = useState<{ readonly step: Step; readonly why: string | null } | null>(null);
  const load = useCallback(async (): Promise<void> => {
    const [store, checks] = [await ask('technician.store', {}), await ask('technician.selfCheck', {})];
    if (store?.ok === true) {
      setStanding(store.value);
      onKeyTrouble(keyTroubleOf(store.value));
    } else if (store !== null) setProblem(store.error);
    if (checks?.ok === true) setLosses(checks.value.checks.filter(({ what }) => what.startsWith('store-')));
  }, [ask, onKeyTrouble]);
  useEffect(() => void load(), [load]);
  const check = async (): Promise<void> => {
    setChecking(true);
    const answer = await ask('technician.checkEvidence', {});
    setChecking(false);
    if (answer?.ok === true) setChain(answer.value);
    else if (answer !== null) setProblem(answer.error);
    await load();
  };
  const run = async (step: Step): Promise<void> => {
    setAsked(null);
    setEnded(null);
    setProblem(null);
    setRunning(step);
    const answer = await ask(step, {});
    setRunning(null);
    if (answer === null) return;
    if (answer.ok) setEnded({ step, why: answer.value.done ? null : (answer.value.why ?? 'unknown') });
    else setProblem(answer.error);
    await load();
  };
  /** First touch asks, second one does it. */
  const button = (step: Step, sure = false): ReactElement => (
    <SmallButton
      tone={asked === step ? 'solid' : 'line'}
      busy={running === step}
      onPress={() => (sure || asked === step ? void run(step) : setAsked(step))}
    >
      {t(asked === step ? `store.sure.${step.slice(11)}` : `store.do.${step.slice(11)}`)}
    </SmallButton>
  );
  if (standing === null || view === null) {
    return problem === null ? (
      <Waiting words={t('loading')} />
    ) : (
      <Notice tone="err" fact={problemText(t, problem).title} />
    );
  }
  const parked = view.entries.filter(({ state }) => state === 'parked');
  const oldest = view.entries.map(({ createdAt }) => createdAt).toSorted()[0];
  const { keys, settingsKey, evidence, handedOver, takeOver } = standing;
  const made = ({ madeAt, old }: { readonly madeAt: string | null; readonly old: boolean }): string | null =>
    madeAt === null ? null : t(old ? 'store.keyOld' : 'store.keyMade', { day: isoDay(new Date(madeAt)) });
  return (
    <>
      <div className="tout-head">
        <div>
          <h2 className="h2">{t('store.counts', { waiting: view.waiting, parked: view.parked })}</h2>
          <p className="note">
            {oldest === undefined ? t('outbox.empty') : t('store.oldest', { since: sinceText(oldest, now, language) })}
          </p>
        </div>
      </div>
      <div className="message" role="alert">
        {problem !== null ? (
          <Notice tone="err" fact={problemText(t, problem).title} todo={problemText(t, problem).help} />
        ) : asked !== null ? (
          <Notice tone="wait" fact={t(`store.ask.${asked.slice(11)}`)} />
        ) : ended !== null ? (
          <Notice
            tone={ended.why === null ? 'ok' : 'err'}
            fact={t(`store.${ended.why === null ? 'done' : 'notDone'}.${ended.step.slice(11)}`)}
          />
        ) : null}
      </div>
      <Scroll label={t('tab.store')}>
        {losses.map(({ what, detail }) => (
          <div key={what} className="store-loss">
            <Notice
              tone="err"
              fact={t(`host.${what}`)}
              todo={
                <>
                  {t(`host.${what}-todo`)} <span className="mono">{detail}</span>
                </>
              }
            />
            {button('technician.noteLoss')}
          </div>
        ))}
        <ul className="touts" aria-label={t('tab.store')}>
          {parked.map((entry) => (
            <li key={entry.entryId} className="tout parked">
              <div className="tout-what">
                <b>
                  {t(`outbox.kind.${entry.kind}`)} <span className="mono">{maskedSubject(entry.subject)}</span>
                </b>
                <span className="note">
                  <Reason entry={entry} /> {t(`store.owner.${entry.owner ?? 'duty-staff'}`)}
                </span>
              </div>
              <SmallButton
                tone="line"
                name={t('store.discardName', { subject: maskedSubject(entry.subject) })}
                onPress={() => onDiscard(entry)}
              >
                {t('store.discard')}
              </SmallButton>
              <SmallButton
                tone="solid"
                name={t('outbox.resendName', { subject: maskedSubject(entry.subject) })}
                onPress={() => onResend(entry.entryId)}
              >
                {t('outbox.resend')}
              </SmallButton>
            </li>
          ))}
          <Fact
            title={t('store.key')}
            detail={keys.keyId === null ? t('store.keyNone') : t('store.keyId', { id: keys.keyId.slice(0, 12) })}
            more={keys.state === 'held' ? made(keys) : null}
            state={
              <StateTag tone={keys.state === 'held' ? 'ok' : keys.state === 'lost' ? 'err' : 'off'}>
                {t(`store.keyState.${keys.state}`)}
              </StateTag>
            }
          >
            {keys.state === 'none' ? (
              <span />
            ) : (
              button(keys.state === 'lost' ? 'technician.renewKey' : 'technician.rotateKey')
            )}
          </Fact>
          <Fact
            title={t('store.settingsKey')}
            detail={
              settingsKey.state === 'lost'
                ? t('store.settingsLost', {
                    what: settingsKey.closed
                      .map((place) => t(`store.closed.${place.split('.').at(-1) ?? ''}`))
                      .join(t('store.and')),
                  })
                : settingsKey.state === 'plain' || settingsKey.keyId === null
                  ? t('store.settingsPlain')
                  : t('store.keyId', { id: settingsKey.keyId.slice(0, 12) })
            }
            more={settingsKey.state === 'held' ? made(settingsKey) : null}
            state={
              <StateTag tone={settingsKey.state === 'held' ? 'ok' : 'err'}>
                {t(`store.settingsState.${settingsKey.state}`)}
              </StateTag>
            }
          />
          <Fact
            title={t('store.evidence')}
            detail={
              evidence === null
                ? t('store.evidenceNone')
                : t('store.evidenceHead', { seq: evidence.seq, hash: evidence.hash.slice(0, 16) })
            }
            {...(chain === null ? {} : { state: <Verdict verdict={chain.verdict} /> })}
          >
            <SmallButton tone="line" busy={checking} onPress={() => void check()}>
              {t('store.check')}
            </SmallButton>
          </Fact>
          <Fact
            title={t('store.handOver')}
            detail={
              handedOver === null
                ? t('store.handOverNone')
                : t(handedOver.copied ? 'store.handedOver' : 'store.handOverHalf', { count: handedOver.entries })
            }
          >
            {handedOver === null || !handedOver.copied ? (
              <div className="tout-do">
                <SmallButton tone="line" onPress={onHandOver}>
                  {t('store.handOverBegin')}
                </SmallButton>
                {handedOver === null ? null : button('technician.takeBack')}
              </div>
            ) : (
              <StateTag tone="wait">{t('store.handOverOut')}</StateTag>
            )}
          </Fact>
          {takeOver.possible || takeOver.waiting !== null || takeOver.taken !== null ? (
            <Fact
              title={t('store.takeOver')}
              detail={
                takeOver.waiting !== null
                  ? t('store.takeOverWaits', { name: takeOver.waiting })
                  : takeOver.taken === null
                    ? t('store.takeOverNone')
                    : takeOver.taken.code === null
                      ? t('store.takenOver', { count: takeOver.taken.entries })
                      : t('store.notTakenOver', { why: t(`takeOver.refused.${takeOver.taken.code}`) })
              }
              {...(takeOver.taken === null || takeOver.waiting !== null
                ? {}
                : {
                    state: (
                      <StateTag tone={takeOver.taken.code === null ? 'ok' : 'err'}>
                        {t(takeOver.taken.code === null ? 'store.takeOverDone' : 'store.takeOverRefused')}
                      </StateTag>
                    ),
                  })}
            >
              {takeOver.possible ? (
                <SmallButton tone="line" onPress={onTakeOver}>
                  {t('store.takeOverBegin')}
                </SmallButton>
              ) : (
                <span />
              )}
            </Fact>
          ) : null}
        </ul>
      </Scroll>
    </>
  );
}
