import type { DocumentCamera } from '../model/document-camera.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { WindowCamera } from './window-camera.ts';

/** Cameras that the kiosk's own window works (`getUserMedia`): document cameras and webcams of any maker. */
export const windowCamera: DriverDefinition<DocumentCamera> = {
  id: 'window-camera',
  deviceClass: 'document-camera',
  name: { 'zh-CN': '高拍仪（USB 摄像头）', en: 'Document camera (USB video)' },
  schemes: ['camera'],
  bauds: [],
  options: [],
  create: ({ transport }) => new WindowCamera(transport),
};
