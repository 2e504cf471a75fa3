import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutboxEntryDto } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import { call, useEvent } from '../../api/index.ts';
import { Actions, Notice, PageFrame, ThirdButton, Waiting } from '../../components/index.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { problemText } from '../../i18n/index.ts';
import { CLASSES, deviceLook, type DeviceClass } from './device-look.ts';
import { CalibratePage } from './calibrate-page.tsx';
import { DevicePage } from './device-page.tsx';
import { DevicesTab, type DevicesView } from './devices-tab.tsx';
import { AddressKeys, EditActions, EditDevice, useEditor } from './edit-device.tsx';
import { KeysPage } from './keys-page.tsx';
import { LogsTab } from './logs-tab.tsx';
import { OutboxTab, type OutboxView } from './outbox-tab.tsx';
import { DiscardPage } from './discard-page.tsx';
import { HandOverPage } from './hand-over-page.tsx';
import { SoundPage } from './sound-page.tsx';
import { keyTroubleOf, StoreTab } from './store-tab.tsx';
import { TakeOverPage } from './take-over-page.tsx';
import { TestActions, TestDevice, useTester } from './test-device.tsx';
import { useSession, type Ask } from './use-session.ts';
import './technician.css';

const TABS = ['devices', 'outbox', 'store', 'logs'] as const;
type Tab = (typeof TABS)[number];
/** How often the list asks for the newest answers, in milliseconds. */
const REFRESH_MS = 5_000;

/** Devices now, renewed by events and every few seconds while they are looked at. */
function useDevices(ask: Ask, looking: boolean) {
  const [view, setView] = useState<DevicesView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = useCallback((): void => {
    void ask('technician.devices', {}).then((answer) => {
      if (answer === null) return;
      if (answer.ok) setView(answer.value);
      setProblem(answer.ok ? null : answer.error);
    });
  }, [ask]);
  useEffect(load, [load]);
  useEffect(() => {
    if (!looking) return undefined;
    const timer = setInterval(load, REFRESH_MS);
    return () => clearInterval(timer);
  }, [load, looking]);
  useEvent('devices-changed', ({ devices }) => setView((old) => (old === null ? old : { ...old, devices })));
  return { view, problem, load };
}

/** What waits to be sent, asked again whenever the number of waiting entries changes. */
function useOutbox(ask: Ask, waiting: number) {
  const [view, setView] = useState<OutboxView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const load = useCallback(async (): Promise<void> => {
    const answer = await ask('technician.outbox', {});
    if (answer === null) return;
    if (answer.ok) setView(answer.value);
    setProblem(answer.ok ? null : answer.error);
  }, [ask]);
  useEffect(() => void load(), [load, waiting]);
  const sendNow = async (): Promise<void> => {
    setSending(true);
    const answer = await ask('technician.sendNow', {});
    setSending(false);
    if (answer?.ok === false) setProblem(answer.error);
    else await load();
  };
  const resend = async (entryId: string): Promise<void> => {
    const answer = await ask('technician.resend', { entryId });
    if (answer?.ok === false) setProblem(answer.error);
    else await load();
  };
  return { view, problem, sending, load, sendNow, resend };
}

/** How many keys want a person: asked when the mode is entered, and known anew whenever the keys are looked at. */
function useKeyTrouble(ask: Ask): readonly [number, (count: number) => void] {
  const [count, setCount] = useState(0);
  useEffect(() => {
    void ask('technician.store', {}).then((answer) => {
      if (answer?.ok === true) setCount(keyTroubleOf(answer.value));
    });
  }, [ask]);
  return [count, setCount];
}

/** One device's settings on a page of its own. */
function EditPage(props: {
  screen: ScreenProps;
  view: DevicesView;
  deviceClass: DeviceClass;
  ask: Ask;
  onBack: () => void;
  onSaved: (version: number) => void;
}): ReactElement {
  const { t } = useTranslation('technician');
  const { view, deviceClass, ask, onBack, onSaved, screen } = props;
  const [typing, setTyping] = useState(false);
  const [keys, setKeys] = useState(false);
  const editor = useEditor(view, deviceClass, ask, onSaved);
  const stopTyping = (): void => setTyping(false);
  if (keys) return <KeysPage editor={editor} ask={ask} onBack={() => setKeys(false)} />;
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="low"
      path={[t('path'), t('tab.devices'), t(`class.${deviceClass}`)]}
      title={t('edit.title', { device: t(`class.${deviceClass}`) })}
      onBack={typing ? stopTyping : onBack}
      visitBar={false}
      {...(typing ? { keyboard: <AddressKeys editor={editor} onClose={stopTyping} /> } : {})}
      {...(typing ? {} : { actions: <EditActions editor={editor} onBack={onBack} /> })}
    >
      <EditDevice
        editor={editor}
        language={screen.language}
        typing={typing}
        onType={() => setTyping(true)}
        onKeys={() => setKeys(true)}
      />
    </PageFrame>
  );
}

/** Maintenance: devices, what waits to be sent, logs. Every step is on record in the main process. */
export function TechnicianScreen(props: ScreenProps): ReactElement | null {
  return props.state.technician === null ? null : <Maintenance screen={props} token={props.state.technician.token} />;
}

function Maintenance({ screen, token }: { screen: ScreenProps; token: string }): ReactElement {
  const { t } = useTranslation('technician');
  const { send, snapshot, language, endVisit } = screen;
  const [tab, setTab] = useState<Tab>('devices');
  const [editing, setEditing] = useState<DeviceClass | null>(null);
  const [looking, setLooking] = useState<DeviceClass | null>(null);
  const [calibrating, setCalibrating] = useState(false);
  const [givingUp, setGivingUp] = useState<OutboxEntryDto | null>(null);
  const [handingOver, setHandingOver] = useState(false);
  const [takingOver, setTakingOver] = useState(false);
  const [sound, setSound] = useState(false);
  const [saved, setSaved] = useState<{ readonly deviceClass: DeviceClass; readonly version: number } | null>(null);
  const ask = useSession(token, () => send({ type: 'go', screen: 'technician-unlock', replace: true }));
  const tester = useTester(ask, language);
  const { test } = tester;
  const devices = useDevices(ask, tab === 'devices' && editing === null && test === null);
  const outbox = useOutbox(ask, snapshot.waitingToSend);
  const [keyTrouble, setKeyTrouble] = useKeyTrouble(ask);

  const leave = (): void => {
    void call('technician.lock', { token });
    endVisit('left');
  };
  const open = (next: Tab): void => {
    setSaved(null);
    setTab(next);
    if (next === 'outbox' || next === 'store') void outbox.load();
  };
  const toList = (): void => {
    setEditing(null);
    setCalibrating(false);
    devices.load();
  };

  if (givingUp !== null) {
    return (
      <DiscardPage
        entry={givingUp}
        ask={ask}
        onBack={() => {
          setGivingUp(null);
          void outbox.load();
        }}
      />
    );
  }
  if (sound) return <SoundPage ask={ask} language={language} onBack={() => setSound(false)} />;
  if (takingOver) return <TakeOverPage ask={ask} language={language} onBack={() => setTakingOver(false)} />;
  if (handingOver) return <HandOverPage ask={ask} onBack={() => setHandingOver(false)} />;
  if (editing !== null && devices.view !== null) {
    return (
      <EditPage
        key={editing}
        screen={screen}
        view={devices.view}
        deviceClass={editing}
        ask={ask}
        onBack={toList}
        onSaved={(version) => {
          setSaved({ deviceClass: editing, version });
          toList();
        }}
      />
    );
  }
  const locker = devices.view?.settings.find(({ deviceClass }) => deviceClass === 'pickup-locker');
  if (calibrating && devices.view !== null && locker !== undefined) {
    return (
      <CalibratePage
        ask={ask}
        setting={locker}
        driver={devices.view.drivers.find((one) => one.deviceClass === 'pickup-locker' && one.id === locker.driver)}
        version={devices.view.version}
        locker={snapshot.locker}
        language={language}
        onBack={toList}
        onSaved={(version) => {
          setSaved({ deviceClass: 'pickup-locker', version });
          setLooking(null);
          toList();
        }}
      />
    );
  }
  if (test !== null) {
    const device = t(`class.${test.deviceClass}`);
    const hand =
      test.name === 'running' && test.deviceClass === 'id-card-reader'
        ? { side: snapshot.slots.card, words: t(`ui:card.lamp.${snapshot.slots.card}`) }
        : test.name === 'running' && test.deviceClass === 'code-scanner'
          ? { side: snapshot.slots.scanner, words: t(`pickup:scanLamp.${snapshot.slots.scanner}`) }
          : null;
    return (
      <PageFrame
        screen="technician"
        tone="night"
        wall="middle"
        path={[t('path'), t('tab.devices'), device]}
        title={t(`testing.title.${test.name === 'choosing' ? 'choose' : test.deviceClass}`)}
        lead={t(`testing.lead.${test.name === 'choosing' ? 'choose' : test.deviceClass}`)}
        onBack={tester.leave}
        visitBar={false}
        lamp={hand}
        actions={<TestActions test={test} tester={tester} />}
      >
        <TestDevice test={test} tester={tester} locker={snapshot.locker} />
      </PageFrame>
    );
  }

  if (looking !== null) {
    return (
      <DevicePage
        key={looking}
        deviceClass={looking}
        health={devices.view?.devices.find(({ deviceClass }) => deviceClass === looking)}
        language={language}
        ask={ask}
        onBack={() => setLooking(null)}
        onTest={() => tester.begin(looking)}
        onCalibrate={looking === 'pickup-locker' ? () => setCalibrating(true) : undefined}
        reload={devices.load}
      />
    );
  }

  const configured = new Set(devices.view?.settings.map((setting) => setting.deviceClass));
  const work = CLASSES.filter(
    (one) =>
      configured.has(one) && deviceLook(devices.view?.devices.find((device) => device.deviceClass === one)).needsWork,
  ).length;
  const parked = outbox.view?.parked ?? 0;
  const waiting = outbox.view?.waiting ?? snapshot.waitingToSend;
  const problem = tab === 'devices' ? devices.problem : tab === 'logs' ? null : outbox.problem;
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="low"
      path={[t('path'), t('audited')]}
      title={titleOf(t, work + parked + keyTrouble, waiting)}
      onBack={null}
      visitBar={false}
      actions={
        <Actions>
          <ThirdButton icon="sign-out" onPress={leave}>
            {t('leave')}
          </ThirdButton>
        </Actions>
      }
    >
      <div className="ttabs" role="tablist" aria-label={t('path')}>
        {TABS.map((one) => (
          <button key={one} type="button" role="tab" aria-selected={one === tab} onClick={() => open(one)}>
            {t(`tab.${one}`)}
            {one === 'outbox' && waiting + parked > 0 ? <i>{waiting + parked}</i> : null}
            {one === 'store' && keyTrouble > 0 ? <i>{keyTrouble}</i> : null}
          </button>
        ))}
      </div>
      {problem === null ? null : (
        <div className="message" role="alert">
          <Notice tone="err" fact={problemText(t, problem).title} todo={problemText(t, problem).help} />
        </div>
      )}
      {saved === null || tab !== 'devices' ? null : (
        <Notice tone="ok" live fact={t('saved', { device: t(`class.${saved.deviceClass}`), version: saved.version })} />
      )}
      {tab === 'devices' ? (
        devices.view === null ? (
          devices.problem === null ? (
            <Waiting words={t('loading')} />
          ) : null
        ) : (
          <DevicesTab
            view={devices.view}
            language={language}
            onTest={tester.begin}
            onEdit={setEditing}
            onLook={setLooking}
            onSound={() => setSound(true)}
          />
        )
      ) : null}
      {tab === 'outbox' ? (
        <OutboxTab
          view={outbox.view}
          language={language}
          network={snapshot.network}
          sending={outbox.sending}
          onSendNow={() => void outbox.sendNow()}
          onResend={(entryId) => void outbox.resend(entryId)}
        />
      ) : null}
      {tab === 'store' ? (
        <StoreTab
          ask={ask}
          view={outbox.view}
          language={language}
          onResend={(entryId) => void outbox.resend(entryId)}
          onDiscard={setGivingUp}
          onHandOver={() => setHandingOver(true)}
          onTakeOver={() => setTakingOver(true)}
          onKeyTrouble={setKeyTrouble}
        />
      ) : null}
      {tab === 'logs' ? <LogsTab ask={ask} /> : null}
    </PageFrame>
  );
}

/** "2 need work, 7 to send". */
function titleOf(t: (key: string, params: Record<string, unknown>) => string, work: number, waiting: number): string {
  const parts = [
    ...(work > 0 ? [t('title.work', { count: work })] : []),
    ...(waiting > 0 ? [t('title.waiting', { count: waiting })] : []),
  ];
  return parts.length === 0 ? t('title.calm', {}) : parts.join(t('title.and', {}));
}
