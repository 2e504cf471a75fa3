import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyHeardDto, KeypadProfileDto, SettingFault } from '../../../electron/contract/dto.ts';
import {
  Actions,
  Field,
  MainButton,
  Notice,
  PageFrame,
  Scroll,
  SecondButton,
  SmallButton,
  Waiting,
} from '../../components/index.ts';
import { Keyboard, useTyping, withoutLast } from '../../ime/index.ts';
import { Chips } from './chips.tsx';
import { Fault, type Editor } from './edit-device.tsx';
import { emptyProfile, hexPairs, keysOf, LEVELS, profileName, withKey, type Level } from './key-profile.ts';
import type { Ask } from './use-session.ts';

/** What the page waits for, or has heard. */
type Hearing =
  | { readonly name: 'idle' }
  | { readonly name: 'waiting'; readonly wanted: Level; readonly learn: boolean }
  | { readonly name: 'heard'; readonly wanted: Level; readonly learn: boolean; readonly heard: KeyHeardDto | null };

/** Waits for presses, one after the other; what comes late is dropped. */
function useHearing(ask: Ask, editor: Editor) {
  const [hearing, setHearing] = useState<Hearing>({ name: 'idle' });
  const [fault, setFault] = useState<SettingFault | null>(null);
  const turn = useRef(0);
  const stop = useCallback((): void => {
    turn.current += 1;
    void ask('technician.cancelTest', {});
    setHearing({ name: 'idle' });
  }, [ask]);
  // Nobody listens to a keypad whose page was left.
  useEffect(
    () => () => {
      if (turn.current > 0) void ask('technician.cancelTest', {});
    },
    [ask],
  );
  const listen = async (wanted: Level, learn: boolean): Promise<KeyHeardDto | null> => {
    turn.current += 1;
    const mine = turn.current;
    setFault(null);
    setHearing({ name: 'waiting', wanted, learn });
    const setting = { ...editor.draft, address: editor.draft.address.trim() };
    // Whatever a key sends is heard; the profile must be one that can be read.
    const heardBy = learn ? { ...setting, options: { ...setting.options, profile: fallbackOf(editor) } } : setting;
    const answer = await ask('technician.keypadListen', { setting: heardBy });
    if (answer === null || mine !== turn.current) return null;
    if (!answer.ok || answer.value.fault !== null) {
      setFault(answer.ok ? answer.value.fault : { field: 'address', reason: answer.error.code });
      setHearing({ name: 'idle' });
      return null;
    }
    setHearing({ name: 'heard', wanted, learn, heard: answer.value.heard });
    return answer.value.heard;
  };
  return { hearing, fault, listen, stop };
}

function fallbackOf(editor: Editor): string {
  return editor.driver?.options.find((option) => option.key === 'profile')?.fallback ?? '';
}

/** What came, in a sentence, and whether it is what was wanted. */
function Heard({ hearing }: { hearing: Extract<Hearing, { name: 'heard' }> }): ReactElement {
  const { t } = useTranslation('technician');
  const { heard, wanted, learn } = hearing;
  if (heard === null) return <Notice tone="wait" live fact={t('keys.nothing')} todo={t('keys.nothingNote')} />;
  const bytes = <span className="mono">{t('keys.bytes', { bytes: heard.bytes })}</span>;
  if (learn) {
    return heard.key === null ? (
      <Notice tone="err" live fact={t('keys.notLearnt')} todo={bytes} />
    ) : (
      <Notice tone="ok" live fact={t('keys.learnt', { level: t(`keys.level.${wanted}`) })} todo={bytes} />
    );
  }
  if (heard.level === wanted) {
    return <Notice tone="ok" live fact={t('keys.right', { level: t(`keys.level.${wanted}`) })} todo={bytes} />;
  }
  return (
    <Notice
      tone="err"
      live
      fact={
        heard.level === null
          ? t('keys.noLevel')
          : t('keys.wrong', { wanted: t(`keys.level.${wanted}`), level: t(`keys.level.${heard.level}`) })
      }
      todo={bytes}
    />
  );
}

/** What each key sends: choose a profile, change its keys, press them and see what comes. Saved with the device. */
export function KeysPage(props: {
  readonly editor: Editor;
  readonly ask: Ask;
  readonly onBack: () => void;
}): ReactElement {
  const { t } = useTranslation('technician');
  const { editor, ask, onBack } = props;
  const [shipped, setShipped] = useState<readonly KeypadProfileDto[]>([]);
  const [typing, setTyping] = useState<{ readonly level: Level; readonly text: string } | null>(null);
  const { hearing, fault, listen, stop } = useHearing(ask, editor);
  useEffect(() => {
    void ask('technician.keypadProfiles', {}).then((answer) => {
      if (answer?.ok === true) setShipped(answer.value.profiles);
    });
  }, [ask]);
  const option = editor.driver?.options.find(({ key }) => key === 'profile');
  const text = editor.draft.options['profile'] ?? option?.fallback ?? '';
  const line = editor.driver?.schemes.includes('hid') === true ? 'hid' : 'serial';
  const own = t('keys.own');
  const keys = keysOf(text);
  const choose = (profile: string): void => {
    stop();
    editor.change({ options: { ...editor.draft.options, profile } });
  };
  const files = shipped.filter((one) => one.line === line);
  const isOwn = keys !== null && !files.some((one) => one.text === text);
  const learn = async (level: Level): Promise<void> => {
    const heard = await listen(level, true);
    const key = heard?.key ?? null;
    if (key !== null) {
      editor.change({ options: { ...editor.draft.options, profile: withKey(text, level, key, own) } });
    }
  };
  const typed = (): void => {
    if (typing !== null) choose(withKey(text, typing.level, hexPairs(typing.text), own));
    setTyping(null);
  };
  const insert = useCallback((character: string) => {
    setTyping((old) => old && { ...old, text: hexPairs(old.text + character) });
  }, []);
  const erase = useCallback(() => {
    setTyping((old) => old && { ...old, text: hexPairs(withoutLast(old.text.trimEnd())) });
  }, []);
  const handle = useTyping('device', insert, erase);
  return (
    <PageFrame
      screen="technician"
      tone="night"
      paged={typing !== null}
      wall="low"
      path={[t('path'), t('tab.devices'), t('class.evaluation-keypad')]}
      title={t('keys.title')}
      lead={t('keys.lead')}
      onBack={typing === null ? onBack : () => setTyping(null)}
      visitBar={false}
      {...(typing === null
        ? {
            actions: (
              <Actions>
                <MainButton onPress={onBack}>{t('keys.done')}</MainButton>
              </Actions>
            ),
          }
        : {
            keyboard: (
              <>
                <Keyboard handle={handle} />
                <div className="keys-close">
                  <SmallButton tone="solid" onPress={typed}>
                    {t('keys.typed')}
                  </SmallButton>
                </div>
              </>
            ),
          })}
    >
      {typing === null ? (
        <Scroll label={t('keys.keys')} className="edit">
          <section className="edit-part">
            <h2 className="h2">{t('keys.profile')}</h2>
            <Chips
              label={t('keys.profile')}
              values={[
                ...(option?.values ?? []).map((value) => ({
                  value,
                  words: t(`keys.named.${value}`, { defaultValue: value }),
                })),
                ...files.map((one) => ({ value: one.text, words: one.name })),
                { value: isOwn ? text : emptyProfile(line, own), words: isOwn ? profileName(text) : own },
              ]}
              chosen={text}
              onChoose={choose}
            />
          </section>
          <section className="edit-part">
            <h2 className="h2">{t('keys.keys')}</h2>
            {fault === null ? null : <Fault fault={fault} />}
            <div className="keys-said">
              {hearing.name === 'waiting' ? (
                <div className="keys-wait">
                  <Waiting words={t('keys.press', { level: t(`keys.level.${hearing.wanted}`) })} />
                  <SmallButton onPress={stop}>{t('keys.stop')}</SmallButton>
                </div>
              ) : hearing.name === 'heard' ? (
                <Heard hearing={hearing} />
              ) : (
                <Notice tone="plain" icon="keypad" fact={t(keys === null ? 'keys.hintBuiltIn' : 'keys.hint')} />
              )}
            </div>
            <ul className="keys" aria-label={t('keys.keys')}>
              {LEVELS.map((level) => {
                const words = t(`keys.level.${level}`);
                return (
                  <li key={level}>
                    <div className="keys-level">
                      <b>{words}</b>
                      <span className={keys?.[level].length === 0 ? 'note keys-none' : 'mono'}>
                        {keys === null ? '' : keys[level].length === 0 ? t('keys.none') : keys[level].join(', ')}
                      </span>
                    </div>
                    {keys === null ? null : (
                      <>
                        <SmallButton name={t('keys.learnName', { level: words })} onPress={() => void learn(level)}>
                          {t('keys.learn')}
                        </SmallButton>
                        <SmallButton
                          name={t('keys.typeName', { level: words })}
                          onPress={() => {
                            stop();
                            setTyping({ level, text: keys[level][0] ?? '' });
                          }}
                        >
                          {t('keys.type')}
                        </SmallButton>
                      </>
                    )}
                    <SmallButton
                      tone="line"
                      name={t('keys.tryName', { level: words })}
                      onPress={() => void listen(level, false)}
                    >
                      {t('keys.try')}
                    </SmallButton>
                  </li>
                );
              })}
            </ul>
          </section>
        </Scroll>
      ) : (
        <section className="edit-part edit">
          <h2 className="h2">{t('keys.typeTitle', { level: t(`keys.level.${typing.level}`) })}</h2>
          <div className="edit-address">
            <Field
              label={t('keys.typeTitle', { level: t(`keys.level.${typing.level}`) })}
              value={typing.text}
              shown={<span className="mono">{typing.text}</span>}
              placeholder={t('keys.typeHint')}
              state={typing.text === '' ? 'empty' : 'typing'}
              onClear={() => setTyping({ ...typing, text: '' })}
            />
          </div>
          <p className="note">{t('keys.typeNote')}</p>
          <SecondButton onPress={() => setTyping(null)}>{t('keys.typeCancel')}</SecondButton>
        </section>
      )}
    </PageFrame>
  );
}
