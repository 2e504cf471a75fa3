import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceSettingDto, PortDto, SettingFault } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { Actions, Field, Icon, MainButton, Notice, Scroll, SecondButton, SmallButton } from '../../components/index.ts';
import { problemText } from '../../i18n/index.ts';
import { Keyboard, useTyping, withoutLast } from '../../ime/index.ts';
import { BEGINNINGS, baudOf, faultCodes, isSerial, withBaud, withPort } from './address-text.ts';
import { Chips } from './chips.tsx';
import type { DeviceClass } from './device-look.ts';
import type { DevicesView } from './devices-tab.tsx';
import { profileName } from './key-profile.ts';
import { PortList } from './port-list.tsx';
import type { Ask } from './use-session.ts';

/** Why the setting was refused, in words where known, with the exact reason of the check. */
export function Fault({ fault }: { fault: SettingFault }): ReactElement {
  const { t, i18n } = useTranslation('technician');
  const known = faultCodes(fault.reason).filter((code) => i18n.exists(`technician:fault.${code}`));
  const code = known.at(-1);
  return (
    <div className="message" role="alert">
      <Notice
        tone="err"
        fact={code === undefined ? t(`faultField.${fault.field}`) : t(`fault.${code}`)}
        todo={<span className="mono">{fault.reason}</span>}
      />
    </div>
  );
}

/** The editor's state and its one call. Lives as long as one device is edited. */
export function useEditor(view: DevicesView, deviceClass: DeviceClass, ask: Ask, onSaved: (version: number) => void) {
  const drivers = view.drivers.filter((driver) => driver.deviceClass === deviceClass);
  const [draft, setDraft] = useState<DeviceSettingDto>(
    () =>
      view.settings.find((setting) => setting.deviceClass === deviceClass) ?? {
        deviceClass,
        driver: drivers[0]?.id ?? '',
        address: '',
        options: {},
      },
  );
  const [ports, setPorts] = useState<readonly PortDto[] | null>(null);
  const [fault, setFault] = useState<SettingFault | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [base, setBase] = useState(view.version);

  const findPorts = useCallback((): void => {
    setPorts(null);
    void ask('technician.ports', {}).then((answer) => {
      if (answer !== null) setPorts(answer.ok ? answer.value.ports : []);
    });
  }, [ask]);
  useEffect(findPorts, [findPorts]);

  const change = useCallback((next: Partial<DeviceSettingDto>): void => {
    setFault(null);
    setProblem(null);
    setDraft((old) => ({ ...old, ...next }));
  }, []);
  /** What the keys do: always on the newest text. */
  const editAddress = useCallback((edit: (address: string) => string): void => {
    setFault(null);
    setDraft((old) => ({ ...old, address: edit(old.address) }));
  }, []);
  const driver = drivers.find((one) => one.id === draft.driver);
  const chooseDriver = (id: string): void => {
    const next = drivers.find((one) => one.id === id);
    const options = Object.fromEntries((next?.options ?? []).map((option) => [option.key, option.fallback]));
    change({ driver: id, options });
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    setProblem(null);
    const setting = { ...draft, address: draft.address.trim() };
    const answer = await ask('technician.save', { setting, baseVersion: base });
    setBusy(false);
    if (answer === null) return;
    if (!answer.ok) return setProblem(answer.error);
    if (answer.value.saved) return onSaved(answer.value.version);
    setFault(answer.value.fault);
    // Pressing Save again after a newer version means: on top of that one.
    setBase(answer.value.version);
  };
  return { draft, drivers, driver, ports, fault, problem, busy, change, editAddress, chooseDriver, findPorts, save };
}
export type Editor = ReturnType<typeof useEditor>;

/** Typing the address; the only part of the editor with a keyboard. */
export function AddressKeys({ editor, onClose }: { editor: Editor; onClose: () => void }): ReactElement {
  const { t } = useTranslation('technician');
  const { editAddress } = editor;
  const insert = useCallback((text: string) => editAddress((old) => old + text), [editAddress]);
  const erase = useCallback(() => editAddress(withoutLast), [editAddress]);
  const typing = useTyping('device', insert, erase);
  return (
    <>
      <Keyboard handle={typing} />
      <div className="keys-close">
        <SmallButton tone="solid" onPress={onClose}>
          {t('edit.typed')}
        </SmallButton>
      </div>
    </>
  );
}

function AddressPart({
  editor,
  typing,
  onType,
}: {
  editor: Editor;
  typing: boolean;
  onType: () => void;
}): ReactElement {
  const { t } = useTranslation('technician');
  const { draft, driver, ports, fault, change } = editor;
  const bauds = driver?.bauds ?? [];
  const baud = baudOf(draft.address);
  const atAddress = fault !== null && (fault.field === 'address' || fault.field === 'baud');
  return (
    <section className="edit-part" aria-label={t('edit.address')}>
      <h2 className="h2">{t('edit.address')}</h2>
      <div className="edit-address" onClick={onType}>
        <Field
          label={t('edit.address')}
          value={draft.address}
          shown={<span className="mono">{draft.address}</span>}
          placeholder={t('edit.addressHint')}
          state={atAddress ? 'wrong' : draft.address === '' ? 'empty' : 'typing'}
          onClear={() => change({ address: '' })}
        />
      </div>
      {atAddress && fault !== null ? <Fault fault={fault} /> : null}
      <div className="chips chips-wrap">
        <button type="button" className="chip" onClick={onType} aria-pressed={typing}>
          <Icon name="pencil" />
          {t('edit.type')}
        </button>
        {(driver?.schemes ?? []).map((scheme) => {
          const beginning = (BEGINNINGS as Readonly<Record<string, string>>)[scheme];
          return beginning === undefined ? null : (
            <button
              key={scheme}
              type="button"
              className="chip"
              onClick={() => {
                change({ address: beginning });
                onType();
              }}
            >
              {t(`edit.begin.${scheme}`, { defaultValue: beginning })}
            </button>
          );
        })}
      </div>
      {isSerial(draft.address) && bauds.length > 0 ? (
        <>
          <h3 className="edit-h3">{t('edit.baud')}</h3>
          <Chips
            label={t('edit.baud')}
            values={bauds.map((value) => ({ value, words: String(value) }))}
            chosen={baud}
            onChoose={(value) => change({ address: withBaud(draft.address, value) })}
          />
        </>
      ) : null}
      {typing ? null : (
        <>
          <div className="edit-ports-h">
            <h3 className="edit-h3">{t('edit.ports')}</h3>
            <SmallButton onPress={editor.findPorts}>{t('edit.findPorts')}</SmallButton>
          </div>
          {ports === null ? <p className="note">{t('edit.finding')}</p> : null}
          {ports !== null && ports.length === 0 ? <p className="note">{t('edit.noPorts')}</p> : null}
          <PortList
            ports={ports ?? []}
            deviceClass={draft.deviceClass}
            schemes={driver?.schemes ?? []}
            address={draft.address}
            onChoose={(address) => change({ address: withPort(draft.address, address, bauds) })}
          />
        </>
      )}
    </section>
  );
}

/** Driver, address, speed and options of one device. */
export function EditDevice(props: {
  editor: Editor;
  language: Language;
  typing: boolean;
  onType: () => void;
  /** Opens the page on which a keypad's keys are described and tried. */
  onKeys: () => void;
}): ReactElement {
  const { t } = useTranslation('technician');
  const { editor, language, typing, onType, onKeys } = props;
  const { draft, drivers, driver, fault, problem, change } = editor;
  const none = draft.driver === '';
  const parts = (
    <>
      {problem === null ? null : (
        <div role="alert" className="message">
          <Notice tone="err" fact={problemText(t, problem).title} todo={problemText(t, problem).help} />
        </div>
      )}
      {fault?.field === 'version' ? <Fault fault={fault} /> : null}
      {typing ? null : (
        <section className="edit-part" aria-label={t('edit.driver')}>
          <h2 className="h2">{t('edit.driver')}</h2>
          <Chips
            label={t('edit.driver')}
            values={[
              ...drivers.map((one) => ({ value: one.id, words: one.name[language] })),
              { value: '', words: t('edit.none') },
            ]}
            chosen={draft.driver}
            onChoose={editor.chooseDriver}
          />
          {fault?.field === 'driver' ? <Fault fault={fault} /> : null}
        </section>
      )}
      {none ? <Notice tone="plain" icon="absent" fact={t('edit.noneNote')} /> : null}
      {none ? null : <AddressPart editor={editor} typing={typing} onType={onType} />}
      {none || typing ? null : (
        <section className="edit-part" aria-label={t('edit.options')}>
          {(driver?.options ?? []).map((option) => (
            <div key={option.key}>
              <h3 className="edit-h3">{option.label[language]}</h3>
              {draft.deviceClass === 'evaluation-keypad' && option.key === 'profile' ? (
                <div className="edit-keys">
                  <b>{profileName(draft.options[option.key] ?? option.fallback)}</b>
                  <SmallButton tone="line" icon="keypad" onPress={onKeys}>
                    {t('keys.open')}
                  </SmallButton>
                </div>
              ) : (
                <Chips
                  label={option.label[language]}
                  values={option.values.map((value) => ({ value, words: value }))}
                  chosen={draft.options[option.key] ?? option.fallback}
                  onChoose={(value) => change({ options: { ...draft.options, [option.key]: value } })}
                />
              )}
            </div>
          ))}
          {fault?.field === 'options' ? <Fault fault={fault} /> : null}
        </section>
      )}
    </>
  );
  // Beside the keyboard it is short: the address alone.
  return typing ? (
    <div className="scroll edit">{parts}</div>
  ) : (
    <Scroll label={t('edit.title', { device: t(`class.${draft.deviceClass}`) })} className="edit">
      {parts}
    </Scroll>
  );
}

/** Save and back at the counter's foot. */
export function EditActions({ editor, onBack }: { editor: Editor; onBack: () => void }): ReactElement {
  const { t } = useTranslation('technician');
  return (
    <Actions split="one-two">
      <SecondButton onPress={onBack}>{t('edit.back')}</SecondButton>
      <MainButton busy={editor.busy} onPress={() => void editor.save()}>
        {t(editor.busy ? 'edit.saving' : 'edit.save')}
      </MainButton>
    </Actions>
  );
}
