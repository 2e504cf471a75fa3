import type { DeviceCommand } from './common.ts';

export const EVALUATION_KEYPAD: readonly DeviceCommand[] = [];
