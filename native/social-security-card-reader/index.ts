import type { DriverDefinition } from '../model/driver-registry.ts';
import type { SocialSecurityCardReader } from '../model/social-security-card-reader.ts';
import { PcscSocialSecurityCardReader } from './pcsc-reader.ts';

/** Chip card readers that the operating system knows by PC/SC. */
export const pcscReader: DriverDefinition<SocialSecurityCardReader> = {
  id: 'pcsc',
  deviceClass: 'social-security-card-reader',
  name: { 'zh-CN': '社保卡读卡器（PC/SC）', en: 'Social security card reader (PC/SC)' },
  schemes: ['pcsc'],
  bauds: [],
  options: [],
  create: ({ transport, clock, ledger }) => new PcscSocialSecurityCardReader(transport, clock, ledger),
};
