import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import type { SettingFault, SoundSettingDto } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { Language } from '../../../electron/domain/text.ts';
import {
  Actions,
  MainButton,
  Notice,
  PageFrame,
  Scroll,
  SecondButton,
  StateTag,
  Waiting,
} from '../../components/index.ts';
import { problemText } from '../../i18n/index.ts';
import { playChime } from '../../sounds/use-chimes.ts';
import { Chips } from './chips.tsx';
import type { Ask } from './use-session.ts';
import './sound-page.css';

type View = CallOutput<'technician.sound'>;

const FROM = ['20:00', '21:00', '22:00', '23:00'] as const;
const TO = ['06:00', '07:00', '08:00', '09:00'] as const;
/** How often it is asked whether a headset was plugged in meanwhile, in milliseconds. */
const LOOK_MS = 2_000;

/** The usual hours, and the one that is set where it is none of them. */
function hours(usual: readonly string[], set: string): readonly { readonly value: string; readonly words: string }[] {
  return [...new Set([...usual, set])].toSorted().map((value) => ({ value, words: value }));
}

/** What stands for a setting of the headset on its button. */
function keyOf(headset: SoundSettingDto['headset']): string {
  return typeof headset === 'string' ? headset : headset.usb.toLowerCase();
}

/** Who listens alone, the tones and their quiet hours, and what can be heard of it now. */
export function SoundPage(props: {
  readonly ask: Ask;
  readonly language: Language;
  readonly onBack: () => void;
}): ReactElement {
  const { t } = useTranslation('technician');
  const { ask, language, onBack } = props;
  const [view, setView] = useState<View | null>(null);
  const [draft, setDraft] = useState<SoundSettingDto | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [fault, setFault] = useState<SettingFault | null>(null);
  const [saved, setSaved] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let gone = false;
    const load = (): void => {
      void ask('technician.sound', {}).then((answer) => {
        if (answer === null || gone) return;
        setProblem(answer.ok ? null : answer.error);
        if (!answer.ok) return;
        setView(answer.value);
        setDraft((old) => old ?? answer.value.setting);
      });
    };
    load();
    const timer = setInterval(load, LOOK_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [ask]);
  const change = (part: Partial<SoundSettingDto>): void => {
    setSaved(null);
    setDraft((old) => (old === null ? old : { ...old, ...part }));
  };
  const save = async (): Promise<void> => {
    if (view === null || draft === null) return;
    setBusy(true);
    const answer = await ask('technician.saveSound', { setting: draft, baseVersion: view.version });
    setBusy(false);
    if (answer === null) return;
    setProblem(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    setFault(answer.value.fault);
    if (!answer.value.saved) return;
    setSaved(answer.value.version);
    setView({ ...view, setting: draft, version: answer.value.version });
  };
  const speak = (): void => {
    void import('../../speech/say-once.ts').then(({ sayOnce }) => sayOnce(t('sound.sentence'), language));
  };
  const known = view?.handsets ?? [];
  const own = draft !== null && typeof draft.headset === 'object' ? draft.headset.usb.toLowerCase() : null;
  const handsets = [
    ...known,
    ...(own !== null && !known.some(({ id }) => id === own) ? [{ id: own, name: t('sound.headset.away') }] : []),
  ];
  const choose = (key: string): void =>
    change({ headset: key === 'detect' || key === 'always' || key === 'never' ? key : { usb: key } });
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="low"
      path={[t('path'), t('tab.devices')]}
      title={t('sound.title')}
      onBack={onBack}
      visitBar={false}
      actions={
        <Actions split="one-two">
          <SecondButton onPress={onBack}>{t('edit.back')}</SecondButton>
          <MainButton busy={busy} onPress={() => void save()}>
            {t(busy ? 'edit.saving' : 'edit.save')}
          </MainButton>
        </Actions>
      }
    >
      <Scroll label={t('sound.title')} className="edit tsound">
        {problem === null ? null : (
          <div role="alert" className="message">
            <Notice tone="err" fact={problemText(t, problem).title} todo={problemText(t, problem).help} />
          </div>
        )}
        {fault === null ? null : <Notice tone="err" live fact={t('sound.notSaved')} todo={fault.reason} />}
        {saved === null ? null : <Notice tone="ok" live fact={t('sound.saved', { version: saved })} />}
        {view === null || draft === null ? (
          <Waiting words={t('loading')} />
        ) : (
          <>
            <section className="edit-part" aria-label={t('sound.headset.label')}>
              <h2 className="h2">{t('sound.headset.label')}</h2>
              <p className="note">{t('sound.headset.why')}</p>
              <Chips
                label={t('sound.headset.label')}
                values={[
                  ...(['detect', 'always', 'never'] as const).map((value) => ({
                    value: value as string,
                    words: t(`sound.headset.${value}`),
                  })),
                  ...handsets.map(({ id, name }) => ({ value: id, words: t('sound.headset.usb', { name, id }) })),
                ]}
                chosen={keyOf(draft.headset)}
                onChoose={choose}
              />
              <StateTag tone={view.heard === 'in' ? 'ok' : 'off'} icon={view.heard === 'in' ? 'speech' : 'absent'}>
                {t(`sound.headset.now.${view.heard}`)}
              </StateTag>
            </section>
            <section className="edit-part" aria-label={t('sound.chimes.label')}>
              <h2 className="h2">{t('sound.chimes.label')}</h2>
              <Chips
                label={t('sound.chimes.label')}
                values={(['on', 'off'] as const).map((value) => ({ value, words: t(`sound.chimes.${value}`) }))}
                chosen={draft.sounds.chimes}
                onChoose={(chimes) => change({ sounds: { ...draft.sounds, chimes } })}
              />
              {draft.sounds.chimes === 'off' ? null : (
                <>
                  <h3 className="edit-h3">{t('sound.quiet.how')}</h3>
                  <Chips
                    label={t('sound.quiet.how')}
                    values={(['softer', 'off'] as const).map((value) => ({ value, words: t(`sound.quiet.${value}`) }))}
                    chosen={draft.sounds.quiet}
                    onChoose={(quiet) => change({ sounds: { ...draft.sounds, quiet } })}
                  />
                  <h3 className="edit-h3">{t('sound.quiet.from')}</h3>
                  <Chips
                    label={t('sound.quiet.from')}
                    values={hours(FROM, draft.sounds.quietFrom)}
                    chosen={draft.sounds.quietFrom}
                    onChoose={(quietFrom) => change({ sounds: { ...draft.sounds, quietFrom } })}
                  />
                  <h3 className="edit-h3">{t('sound.quiet.to')}</h3>
                  <Chips
                    label={t('sound.quiet.to')}
                    values={hours(TO, draft.sounds.quietTo)}
                    chosen={draft.sounds.quietTo}
                    onChoose={(quietTo) => change({ sounds: { ...draft.sounds, quietTo } })}
                  />
                </>
              )}
            </section>
            <section className="edit-part" aria-label={t('sound.try.label')}>
              <h2 className="h2">{t('sound.try.label')}</h2>
              <p className="note">{t('sound.try.why')}</p>
              <Actions split="pair">
                <SecondButton icon="play" onPress={() => playChime('done', 'usual')}>
                  {t('sound.try.chime')}
                </SecondButton>
                {view.engine === 'ready' ? (
                  <SecondButton icon="speech" onPress={speak}>
                    {t('sound.try.voice')}
                  </SecondButton>
                ) : null}
              </Actions>
              {view.engine === 'ready' ? null : <p className="note">{t('sound.try.noVoice')}</p>}
            </section>
          </>
        )}
      </Scroll>
    </PageFrame>
  );
}
