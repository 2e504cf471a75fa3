import type { CodeScanner } from '../model/code-scanner.ts';
import type { DriverDefinition, DriverOption } from '../model/driver-registry.ts';
import { SCAN_CHARSETS } from './code-text.ts';
import type { ScanCharset } from './code-text.ts';
import { COMMAND_SETS } from './command-frames.ts';
import type { CommandSet } from './command-frames.ts';
import { POS_MAPS, PosSource } from './pos-source.ts';
import { SCAN_TAILS } from './scan-stream.ts';
import type { ScanTail } from './scan-stream.ts';
import { Scanner } from './scanner.ts';
import { SerialSource } from './serial-source.ts';
import { ALT_NUMBERS, WEDGE_TAILS, WedgeSource } from './wedge-source.ts';

/** What the technician sets for a serial scanner. */
export interface ScannerSettings {
  readonly tail: ScanTail;
  readonly charset: ScanCharset;
  readonly trigger: CommandSet;
}

type Options = Readonly<Record<string, string>>;

/** The value of an option, or its first where it is unknown. */
function chosen<T extends string>(options: Options, key: string, values: readonly [T, ...T[]]): T {
  return values.find((value) => value === options[key]) ?? values[0];
}

/** Settings from the technician's options; an unknown value takes the fallback. */
export function scannerSettings(options: Options): ScannerSettings {
  return {
    tail: chosen(options, 'tail', SCAN_TAILS),
    charset: chosen(options, 'charset', SCAN_CHARSETS),
    trigger: chosen(options, 'trigger', COMMAND_SETS),
  };
}

const CHARSET_OPTION: DriverOption = {
  key: 'charset',
  label: { 'zh-CN': '汉字编码', en: 'Character set' },
  values: SCAN_CHARSETS,
  fallback: 'auto',
};
const HEALTH_OPTION: DriverOption = {
  key: 'health',
  label: { 'zh-CN': '健康检查', en: 'Health check: line open, or the scanner asked (needs commands)' },
  values: ['line', 'ask'],
  fallback: 'line',
};

/** Serial and USB-COM scanners (Newland, Honeywell, GM65 modules and the like). */
export const serialScanner: DriverDefinition<CodeScanner> = {
  id: 'serial-scanner',
  deviceClass: 'code-scanner',
  name: { 'zh-CN': '串口扫码器', en: 'Serial code scanner' },
  schemes: ['serial', 'tcp'],
  bauds: [9_600, 115_200, 57_600, 38_400, 19_200],
  options: [
    { key: 'tail', label: { 'zh-CN': '结束符', en: 'Tail' }, values: SCAN_TAILS, fallback: 'auto' },
    CHARSET_OPTION,
    { key: 'trigger', label: { 'zh-CN': '触发命令', en: 'Commands' }, values: COMMAND_SETS, fallback: 'none' },
    HEALTH_OPTION,
  ],
  create: ({ transport, clock, options }) => {
    const { tail, charset, trigger } = scannerSettings(options);
    const source = new SerialSource(tail, trigger);
    const asks = options['health'] === 'ask';
    return new Scanner({ driverId: 'serial-scanner', transport, clock, source, charset, commands: trigger, asks });
  },
};

/** Newland's commands travel in output report 04: id, length, up to 62 bytes (protocols 5.2). */
const OUTPUT_REPORT_ID = 0x04;
const OUTPUT_REPORT_LENGTH = 64;
const OUTPUT_DATA_LENGTH = 62;

/** A command inside an output report; none of the commands here is longer than one. */
export function outputReport(frame: Uint8Array): Uint8Array {
  const report = new Uint8Array(OUTPUT_REPORT_LENGTH);
  const data = frame.subarray(0, OUTPUT_DATA_LENGTH);
  report[0] = OUTPUT_REPORT_ID;
  report[1] = data.length;
  report.set(data, 2);
  return report;
}

/** USB scanners in HID POS mode (usage page 8C). */
export const hidPosScanner: DriverDefinition<CodeScanner> = {
  id: 'hid-pos-scanner',
  deviceClass: 'code-scanner',
  name: { 'zh-CN': 'USB HID POS 扫码器', en: 'USB code scanner (HID POS)' },
  schemes: ['hid'],
  bauds: [],
  options: [
    { key: 'map', label: { 'zh-CN': '报文格式', en: 'Report layout' }, values: POS_MAPS, fallback: 'auto' },
    CHARSET_OPTION,
    { key: 'trigger', label: { 'zh-CN': '触发命令', en: 'Commands' }, values: ['none', 'newland'], fallback: 'none' },
    HEALTH_OPTION,
  ],
  create: ({ transport, clock, options }) => {
    const commands = chosen(options, 'trigger', ['none', 'newland']);
    const source = new PosSource(chosen(options, 'map', POS_MAPS), commands);
    const charset = chosen(options, 'charset', SCAN_CHARSETS);
    const asks = options['health'] === 'ask';
    const common = { driverId: 'hid-pos-scanner', transport, clock, source, charset, commands, asks };
    return new Scanner({ ...common, wrap: outputReport });
  },
};

/** USB scanners that type (keyboard wedge). */
export const hidWedgeScanner: DriverDefinition<CodeScanner> = {
  id: 'hid-wedge-scanner',
  deviceClass: 'code-scanner',
  name: { 'zh-CN': 'USB 键盘口扫码器', en: 'USB code scanner (keyboard)' },
  schemes: ['hid'],
  bauds: [],
  options: [
    { key: 'tail', label: { 'zh-CN': '结束键', en: 'Key behind a code' }, values: WEDGE_TAILS, fallback: 'auto' },
    {
      key: 'alt',
      label: { 'zh-CN': 'Alt 数字编码', en: 'Numbers typed with Alt' },
      values: ALT_NUMBERS,
      fallback: 'gbk',
    },
  ],
  create: ({ transport, clock, options }) => {
    const source = new WedgeSource(chosen(options, 'tail', WEDGE_TAILS), chosen(options, 'alt', ALT_NUMBERS));
    const common = { driverId: 'hid-wedge-scanner', transport, clock, source };
    return new Scanner({ ...common, charset: 'utf-8', commands: 'none', asks: false });
  },
};
