import { lazy, Suspense, useCallback, useEffect, useReducer, useRef, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../electron/domain/text.ts';
import { call, useEvent, useKiosk } from './api/index.ts';
import { CarryPage } from './carry/carry-page.tsx';
import { Waiting } from './components/layout.tsx';
import { CoveredContext, FlowContext } from './flow/context.tsx';
import { currentModes, isStandard, resetModes, useLayoutAttribute, useModes } from './flow/modes.ts';
import { useLeaving } from './flow/leaving.ts';
import { ScreenGuard } from './fallback.tsx';
import { emptyFlow, reduceFlow } from './flow/reducer.ts';
import type { EndReason, FlowAction, ScreenProps } from './flow/types.ts';
import { quietMsUnder } from './flow/quiet-clock.ts';
import { useQuietClock } from './flow/use-quiet-clock.ts';
import { DEFAULT_LANGUAGE, switchLanguage } from './i18n/index.ts';
import { shippedLanguage } from './i18n/packs.ts';
import { coverAfterMs, isPersonal } from './presence/rules.ts';
import { useCover } from './presence/use-presence.ts';
import { AccessibilityPage } from './screens/accessibility.tsx';
import { HelpPage } from './screens/help/index.tsx';
import { OutOfServiceScreen } from './screens/out-of-service.tsx';
import { REGISTRY } from './screens/registry.ts';
import { useChimes } from './sounds/use-chimes.ts';
import { ModesLayer } from './speech/speech-layer.tsx';
import { TimeoutPage } from './screens/timeout.tsx';

const loadStillThere = async () => ({ default: (await import('./presence/still-there.tsx')).StillTherePage });
const StillTherePage = lazy(loadStillThere);

/** Before the first answer of the main process, or when there is none. */
function Starting(): ReactElement {
  const { t } = useTranslation('ui');
  const { problem } = useKiosk();
  if (problem !== null) return <OutOfServiceScreen problem={problem} />;
  return (
    <main className="screen starting" data-screen="starting">
      <Waiting words={t('starting.words')} />
    </main>
  );
}

function useLanguage(): Language {
  const { i18n } = useTranslation('ui');
  return shippedLanguage(i18n.language);
}

/** The visit: which screen, what lies over it, and its end. */
export function App(): ReactElement {
  useLayoutAttribute();
  const { snapshot } = useKiosk();
  const language = useLanguage();
  const { i18n } = useTranslation('ui');
  const [state, send] = useReducer(reduceFlow, 0, emptyFlow);
  const newest = useRef(state);
  const [leaving, leave] = useLeaving();
  useEffect(() => {
    newest.current = state;
  });

  const inVisit = state.screen !== 'attract';

  // The main process learns of the visit when a person has begun it; an answer for an ended visit ends it there too.
  useEffect(() => {
    if (!inVisit || state.visitId !== null) return undefined;
    const epoch = state.epoch;
    void call('visit.begin', { language }).then((answer) => {
      const gone = newest.current.epoch !== epoch;
      if (answer.ok && gone) {
        leave();
        return void call('visit.end', { visitId: answer.value.visitId, reason: 'left' });
      }
      if (answer.ok) return send({ type: 'visit-begun', epoch, visitId: answer.value.visitId });
      if (!gone) send({ type: 'problem', problem: answer.error, retry: 'home' });
      return undefined;
    });
    return undefined;
    // The language of the beginning is meant; switching it does not begin a visit again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [inVisit, state.epoch, state.visitId]);

  const forget = useCallback((): void => {
    send({ type: 'ended' });
    resetModes();
    switchLanguage(DEFAULT_LANGUAGE);
  }, []);

  const endVisit = useCallback(
    (reason: EndReason): void => {
      const { visitId } = newest.current;
      const manner = { language: shippedLanguage(i18n.language), spoken: currentModes().speech };
      forget();
      if (visitId === null) return;
      // Blank at once. Another page, in a process that knows nothing of this visit, shows the attract screen.
      leave();
      void call('visit.end', { visitId, reason, manner });
    },
    [forget, leave, i18n],
  );

  useEvent('visit-ended', ({ visitId }) => {
    if (visitId !== newest.current.visitId) return;
    forget();
    leave();
  });
  useEvent('case-changed', (result) => send({ type: 'case-changed', result }));

  const entry = REGISTRY[state.screen];
  const modes = useModes();
  const overlay = state.overlay !== 'none';
  // Before a visit only the look can have been changed; left alone it goes back by itself, without asking.
  const onlyLooked = !inVisit && (overlay || i18n.language !== DEFAULT_LANGUAGE || !isStandard(modes));
  const clock = useQuietClock(onlyLooked || (inVisit && entry.quietClock), quietMsUnder(state.overlay), () =>
    endVisit('timed-out'),
  );
  const quiet = clock.phase === 'asking' || clock.phase === 'over';
  useEffect(() => {
    if (quiet && onlyLooked) forget();
  }, [quiet, onlyLooked, forget]);
  const asking = quiet && inVisit;

  const personal = inVisit && isPersonal(state);
  const [alone, hereAgain] = useCover(coverAfterMs(snapshot?.presence, personal), personal);
  const covered = alone && !asking;
  const sensed = personal && snapshot?.presence !== undefined;
  useEffect(() => {
    if (sensed) void loadStillThere();
  }, [sensed]);
  useChimes({ screen: state.screen, card: state.card !== null, asking }, snapshot?.sounds, modes.speech);

  // Whoever presses anything on the time-out page, or on the cover, is there.
  const awake = (action: FlowAction): void => {
    clock.extend();
    hereAgain();
    send(action);
  };

  if (leaving) return <main className="screen" data-screen="blank" />;
  if (snapshot === null) return <Starting />;
  const more = (): void => {
    clock.extend();
    hereAgain();
  };
  const Screen = entry.component;
  const hidden = asking || overlay || covered;
  const flow: ScreenProps = { state, send, snapshot, language, endVisit, setLanguage: switchLanguage };
  return (
    <FlowContext value={flow}>
      <ModesLayer attract={state.screen === 'attract'} maintenance={state.screen === 'technician'} />
      <div className="layer" hidden={hidden} inert={hidden} key={`${state.epoch}`}>
        <CoveredContext value={hidden}>
          <Suspense fallback={<main className="screen" data-screen="loading" />}>
            <ScreenGuard key={state.screen}>
              <Screen {...flow} />
            </ScreenGuard>
          </Suspense>
        </CoveredContext>
      </div>
      {overlay ? (
        <div className="layer" hidden={asking || covered} inert={asking || covered}>
          {state.overlay === 'help' ? <HelpPage /> : state.overlay === 'carry' ? <CarryPage /> : <AccessibilityPage />}
        </div>
      ) : null}
      {asking ? (
        <FlowContext value={{ ...flow, send: awake }}>
          <TimeoutPage leftMs={clock.leftMs} onMore={more} />
        </FlowContext>
      ) : null}
      {covered ? (
        <FlowContext value={{ ...flow, send: awake }}>
          <Suspense fallback={<main className="screen" data-screen="blank" />}>
            <StillTherePage onBack={hereAgain} />
          </Suspense>
        </FlowContext>
      ) : null}
    </FlowContext>
  );
}
