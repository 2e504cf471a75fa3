import { EXIT, failed } from './common.ts';
import type { CliPorts, DeviceCommand } from './common.ts';
import type { Options } from './options.ts';

const WHERE =
  'the camera is worked by the kiosk window (getUserMedia), so this program cannot reach it. ' +
  'At the kiosk: maintenance mode, devices, document camera, Test. Without a kiosk: does another program show its picture?';

/** The camera lives in the window: every command says where it is tested instead. */
export const DOCUMENT_CAMERA: readonly DeviceCommand[] = (['status', 'watch', 'test'] as const).map((word) => ({
  word,
  summary: 'says where the camera is tested: in the kiosk window, not here',
  more: 'JSON: {"ok": false, "error": "not-supported", "message"}',
  prepare: () => () => Promise.resolve(EXIT.usage),
  alone: async (options: Options, ports: CliPorts) =>
    failed({ code: 'not-supported', detail: WHERE }, { options, ports }),
}));
