import type { CodeScanner } from '../model/code-scanner.ts';
import type { DriverDefinition } from '../model/driver-registry.ts';
import { SCAN_TAILS } from './scan-stream.ts';
import { SerialScanner } from './serial-scanner.ts';
import type { ScannerSettings } from './serial-scanner.ts';
import { TRIGGER_MODES } from './trigger.ts';

/** Settings from the technician's options; an unknown value takes the fallback. */
export function scannerSettings(options: Readonly<Record<string, string>>): ScannerSettings {
  return {
    tail: SCAN_TAILS.find((tail) => tail === options['tail']) ?? 'auto',
    charset: options['charset'] === 'gbk' ? 'gbk' : 'utf-8',
    trigger: TRIGGER_MODES.find((mode) => mode === options['trigger']) ?? 'none',
  };
}

/** Serial and USB-COM scanners (Newland, Honeywell, GM65 modules and the like). */
export const serialScanner: DriverDefinition<CodeScanner> = {
  id: 'serial-scanner',
  deviceClass: 'code-scanner',
  name: { 'zh-CN': '串口扫码器', en: 'Serial code scanner' },
  schemes: ['serial', 'tcp'],
  bauds: [9_600, 115_200, 57_600, 38_400, 19_200],
  options: [
    { key: 'tail', label: { 'zh-CN': '结束符', en: 'Tail' }, values: SCAN_TAILS, fallback: 'auto' },
    {
      key: 'charset',
      label: { 'zh-CN': '汉字编码', en: 'Character set' },
      values: ['utf-8', 'gbk'],
      fallback: 'utf-8',
    },
    { key: 'trigger', label: { 'zh-CN': '触发命令', en: 'Trigger command' }, values: TRIGGER_MODES, fallback: 'none' },
  ],
  create: ({ transport, clock, options }) => new SerialScanner(transport, clock, scannerSettings(options)),
};
