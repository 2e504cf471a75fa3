import type { DeviceCommand } from './common.ts';

export const CODE_SCANNER: readonly DeviceCommand[] = [];
