import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraState } from '../../native/model/document-camera.ts';
import { openCamera, reportCamera, takeStill, wipeStill, type LiveCamera, type Still } from '../api/camera.ts';
import { MainButton, SecondButton, SmallButton } from './buttons.tsx';
import './document-camera.css';
import { Actions, Waiting } from './layout.tsx';
import { Notice } from './rows.tsx';

type Phase = 'opening' | 'live' | 'taken' | Exclude<CameraState, 'ready'>;

/** Stops the camera when the component goes, and opens it again at each turn. */
function useCamera(wanted: string, turn: number) {
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<LiveCamera | null>(null);
  const [phase, setPhase] = useState<Phase>('opening');
  useEffect(() => {
    let gone = false;
    let opened: LiveCamera | null = null;
    setPhase('opening');
    const fail = (state: Exclude<CameraState, 'ready'>): void => {
      reportCamera({ state, label: opened?.label ?? '', size: null, abilities: { focus: false, lamp: false } }, null);
      setCamera(null);
      setPhase(state);
    };
    void openCamera(wanted).then((answer) => {
      if (typeof answer === 'string') {
        if (!gone) fail(answer);
        return;
      }
      if (gone) return answer.stop();
      opened = answer;
      answer.onLost(() => {
        if (!gone) fail('unplugged');
      });
      if (video.current) video.current.srcObject = answer.stream;
      setCamera(answer);
      setPhase('live');
      const { label, size, abilities } = answer;
      reportCamera({ state: 'ready', label, size, abilities }, null);
    });
    const element = video.current;
    return () => {
      gone = true;
      opened?.stop();
      if (element) element.srcObject = null;
    };
  }, [wanted, turn]);
  return { video, camera, phase, setPhase };
}

/**
 * Shows what the document camera sees, takes a picture, and lets it be taken again or accepted. The picture is this page's
 * alone: it is wiped when it is taken again, when `onAccept` has returned, and when the component goes.
 * The main process must allow the camera (`camera.use` of a visit, or the technician's test).
 * @param props.camera part of the name of the camera wanted; the first one when left out
 * @param props.onAccept false: the picture was not kept and stays, to be tried again
 * @param props.beside a second button beside the main one while no picture stands
 * @param props.frame puts view and buttons into the page of a screen; below each other when left out
 */
export function DocumentCamera(props: {
  readonly camera?: string;
  readonly onAccept: (still: Still) => void | Promise<void> | Promise<boolean>;
  readonly beside?: ReactElement;
  readonly frame?: (view: ReactElement, actions: ReactElement | null) => ReactElement;
}): ReactElement {
  const { t } = useTranslation('ui');
  const { onAccept } = props;
  const [turn, setTurn] = useState(0);
  const { video, camera, phase, setPhase } = useCamera(props.camera ?? '', turn);
  const canvas = useRef<HTMLCanvasElement>(null);
  const still = useRef<Still | null>(null);
  const [lamp, setLamp] = useState(false);
  const [keeping, setKeeping] = useState(false);

  const wipe = useCallback((): void => {
    wipeStill(still.current, canvas.current);
    still.current = null;
  }, []);
  useEffect(() => {
    const drawn = canvas.current;
    return () => {
      wipeStill(still.current, drawn);
      still.current = null;
    };
  }, []);

  const take = async (): Promise<void> => {
    if (!video.current || !canvas.current) return;
    still.current = await takeStill(video.current, canvas.current);
    if (still.current) setPhase('taken');
  };
  const again = (): void => {
    wipe();
    setPhase('live');
  };
  const accept = async (): Promise<void> => {
    const taken = still.current;
    if (!taken || !camera) return;
    const { label, size, abilities } = camera;
    setKeeping(true);
    const kept = await onAccept(taken);
    setKeeping(false);
    if (kept === false) return;
    reportCamera({ state: 'ready', label, size, abilities }, { width: taken.width, height: taken.height });
    wipe();
    setPhase('live');
  };

  const shown = phase === 'live' || phase === 'taken';
  const { beside } = props;
  const split = beside === undefined ? 'one' : 'one-two';
  const actions =
    phase === 'live' ? (
      <Actions split={split}>
        {beside}
        <MainButton icon="camera" onPress={() => void take()}>
          {t('camera.take')}
        </MainButton>
      </Actions>
    ) : phase === 'taken' ? (
      <Actions split="one-two">
        <SecondButton onPress={keeping ? () => undefined : again}>{t('camera.again')}</SecondButton>
        <MainButton icon="check" busy={keeping} onPress={() => void accept()}>
          {t(keeping ? 'camera.keeping' : 'camera.accept')}
        </MainButton>
      </Actions>
    ) : phase === 'opening' ? null : (
      <Actions split={split}>
        {beside}
        <MainButton onPress={() => setTurn((old) => old + 1)}>{t('camera.retry')}</MainButton>
      </Actions>
    );
  const view = (
    <div className="dcam">
      <div className={shown ? 'dcam-view' : 'dcam-view dcam-off'}>
        <video
          ref={video}
          className={phase === 'live' ? '' : 'dcam-off'}
          autoPlay
          muted
          playsInline
          aria-label={t('camera.live')}
        />
        <canvas
          ref={canvas}
          className={phase === 'taken' ? '' : 'dcam-off'}
          role="img"
          aria-label={t('camera.taken')}
        />
        {phase === 'live' ? <span className="dcam-corners" aria-hidden="true" /> : null}
      </div>
      {phase === 'opening' ? <Waiting words={t('camera.opening')} /> : null}
      {shown ? (
        <p className="note" role="status">
          {t(phase === 'live' ? 'camera.lay' : 'camera.check')}
        </p>
      ) : null}
      {phase === 'opening' || shown ? null : (
        <Notice tone="err" live fact={t(`camera.state.${phase}`)} todo={t('camera.stateTodo')} />
      )}
      {camera && phase === 'live' && (camera.abilities.focus || camera.abilities.lamp) ? (
        <div className="dcam-tools">
          {camera.abilities.focus ? (
            <SmallButton onPress={() => void camera.focus()}>{t('camera.focus')}</SmallButton>
          ) : null}
          {camera.abilities.lamp ? (
            <SmallButton
              onPress={() => {
                setLamp(!lamp);
                void camera.lamp(!lamp);
              }}
            >
              {t(lamp ? 'camera.lampOff' : 'camera.lampOn')}
            </SmallButton>
          ) : null}
        </div>
      ) : null}
    </div>
  );
  return props.frame === undefined ? (
    <div className="dcam-alone">
      {view}
      {actions}
    </div>
  ) : (
    props.frame(view, actions)
  );
}
