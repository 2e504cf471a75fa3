import type { CameraAbilities, CameraReport, CameraState } from '../../native/model/document-camera.ts';
import { LARGEST_ATTACHMENT } from '../../electron/domain/attachment.ts';
import { call } from './bridge.ts';

/** A picture that was taken: JPEG, in this page's memory only. Whoever holds it wipes it. */
export interface Still {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A camera whose picture runs. */
export interface LiveCamera {
  readonly stream: MediaStream;
  readonly label: string;
  readonly abilities: CameraAbilities;
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Focuses once more; does nothing where the camera cannot. */
  focus(): Promise<void>;
  /** Switches the camera's own lamp; does nothing where it has none. */
  lamp(on: boolean): Promise<void>;
  /** Called when the camera goes away by itself. */
  onLost(listener: () => void): void;
  stop(): void;
}

/** What document cameras can do beyond what the DOM's types know. */
interface ExtraCapabilities {
  readonly torch?: boolean;
  readonly focusMode?: readonly string[];
}

const NO_ABILITIES: CameraAbilities = { focus: false, lamp: false };
/** A4 at 200 dpi and more; a camera that has less gives what it has. */
const WANTED = { width: { ideal: 3264 }, height: { ideal: 2448 } };
/** The main process may allow it a moment after the screen was opened. */
const REFUSED_TRIES = 5;
const REFUSED_PAUSE_MS = 300;

/** Tells the main process how the camera is, and the size of a picture that was accepted. */
export function reportCamera(
  report: CameraReport,
  picture: { readonly width: number; readonly height: number } | null,
): void {
  void call('camera.report', { ...report, label: report.label.slice(0, 80), picture });
}

/** Opens a camera, the first one or one whose name holds `wanted`. Only while the main process allows it. */
export async function openCamera(wanted = ''): Promise<LiveCamera | Exclude<CameraState, 'ready'>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return live(await chosen(wanted));
    } catch (cause) {
      const state = stateOf(cause);
      if (state !== 'refused' || attempt >= REFUSED_TRIES) return state;
      await new Promise((resolve) => setTimeout(resolve, REFUSED_PAUSE_MS));
    }
  }
}

/** Names are told only after the first opening, so a camera is looked for by its name afterwards. */
async function chosen(wanted: string): Promise<MediaStream> {
  const first = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
  const [track] = first.getVideoTracks();
  if (wanted === '' || track?.label.includes(wanted) === true) return first;
  const devices = await navigator.mediaDevices.enumerateDevices();
  const other = devices.find((device) => device.kind === 'videoinput' && device.label.includes(wanted));
  for (const one of first.getTracks()) one.stop();
  if (!other) throw new DOMException('no camera of this name', 'NotFoundError');
  return navigator.mediaDevices.getUserMedia({
    video: { ...WANTED, deviceId: { exact: other.deviceId } },
    audio: false,
  });
}

function live(stream: MediaStream): LiveCamera {
  const [track] = stream.getVideoTracks();
  if (track === undefined) throw new DOMException('a stream without a picture', 'NotReadableError');
  const can = track.getCapabilities() as MediaTrackCapabilities & ExtraCapabilities;
  const { width, height } = track.getSettings();
  const abilities = { focus: can.focusMode?.includes('single-shot') === true, lamp: can.torch === true };
  const apply = async (extra: Readonly<Record<string, unknown>>): Promise<void> => {
    await track.applyConstraints({ advanced: [extra as MediaTrackConstraintSet] }).catch(() => undefined);
  };
  return {
    stream,
    label: track.label,
    abilities,
    size: width === undefined || height === undefined ? null : { width, height },
    focus: () => (abilities.focus ? apply({ focusMode: 'single-shot' }) : Promise.resolve()),
    lamp: (on) => (abilities.lamp ? apply({ torch: on }) : Promise.resolve()),
    onLost: (listener) => track.addEventListener('ended', listener, { once: true }),
    stop: () => {
      for (const one of stream.getTracks()) one.stop();
    },
  };
}

function stateOf(cause: unknown): Exclude<CameraState, 'ready'> {
  switch (cause instanceof DOMException ? cause.name : '') {
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotReadableError':
    case 'AbortError':
      return 'in-use';
    default:
      return 'failed';
  }
}

/** Tried in turn until the picture is small enough to be handed in. */
const QUALITIES = [0.9, 0.75, 0.5] as const;

/** Draws the running picture on a canvas and gives it as a JPEG; null when there is no picture yet. */
export async function takeStill(video: HTMLVideoElement, canvas: HTMLCanvasElement): Promise<Still | null> {
  const { videoWidth: width, videoHeight: height } = video;
  const pen = canvas.getContext('2d');
  if (width === 0 || height === 0 || pen === null) return null;
  canvas.width = width;
  canvas.height = height;
  pen.drawImage(video, 0, 0);
  let blob: Blob | null = null;
  for (const quality of QUALITIES) {
    blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob === null || blob.size <= LARGEST_ATTACHMENT) break;
  }
  return blob === null ? null : { bytes: new Uint8Array(await blob.arrayBuffer()), width, height };
}

/** Overwrites a picture and what was drawn of it. */
export function wipeStill(still: Still | null, canvas: HTMLCanvasElement | null): void {
  still?.bytes.fill(0);
  if (canvas === null) return;
  // Setting the size is what empties a canvas for certain.
  canvas.width = 1;
  canvas.height = 1;
}

/** Tells the main process whether a camera is plugged in, now and whenever that changes. Opens none. */
export function watchCameras(): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const look = async (): Promise<void> => {
    const found = await devices.enumerateDevices().catch(() => []);
    const camera = found.find((device) => device.kind === 'videoinput');
    reportCamera(
      { state: camera ? 'ready' : 'none', label: camera?.label ?? '', size: null, abilities: NO_ABILITIES },
      null,
    );
  };
  devices.addEventListener('devicechange', () => void look());
  void look();
}
