import type { DeviceDriver } from './device.ts';

/**
 * How a camera is, as the page that shows its picture knows it. Cameras are worked by the window (`getUserMedia`); what
 * they see stays there.
 * - `ready`: there is one, and nothing speaks against using it
 * - `none`: no camera is plugged in
 * - `refused`: the system or this product does not allow its use
 * - `in-use`: another program has it
 * - `unplugged`: it went away while its picture was shown
 * - `failed`: it is there and gives no picture
 */
export const CAMERA_STATES = ['ready', 'none', 'refused', 'in-use', 'unplugged', 'failed'] as const;
export type CameraState = (typeof CAMERA_STATES)[number];

/** What the camera can be asked for. */
export interface CameraAbilities {
  /** Can be told to focus. */
  readonly focus: boolean;
  /** Has a lamp that can be switched. */
  readonly lamp: boolean;
}

/** What the window tells of its camera. Never a picture. */
export interface CameraReport {
  readonly state: CameraState;
  /** Name of the camera where it is known, cut to 80 characters; empty before it was first used. */
  readonly label: string;
  /** Size of the picture in pixels while it is shown, else null. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly abilities: CameraAbilities;
}

export type DocumentCameraEvent = { readonly type: 'state-changed'; readonly report: CameraReport };

/** The camera as the main process knows it: whether it works. Pictures are taken and kept by the page alone. */
export interface DocumentCamera extends DeviceDriver<DocumentCameraEvent> {
  /** What the window told last; null before the first word. */
  readonly report: CameraReport | null;
}
