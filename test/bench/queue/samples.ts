import { createHash } from 'node:crypto';
import type { NewCase } from '../../../electron/services/ports.ts';
import { v7 } from 'uuid';
import { PAYLOAD_BYTES } from './contender.ts';

/** A sealed payload of 10 KB; what is in it makes no difference to a queue. */
export const ENVELOPE: NewCase['envelope'] = {
  alg: 'HPKE-X25519-SHA256-AES256GCM',
  kid: 'bench',
  enc: createHash('sha256').update('bench').digest('base64url'),
  ct: createHash('shake256', { outputLength: (PAYLOAD_BYTES * 3) / 4 })
    .update('bench')
    .digest('base64url'),
};

/** A case with an id of its own. */
export function benchCase(): NewCase {
  return {
    caseId: v7(),
    submissionId: v7(),
    actId: v7(),
    kioskCode: 'CH03',
    localDate: '2026-01-05',
    itemId: 'rent-filing',
    itemVersion: 1,
    itemCode: '11990001000000000100000000000000X',
    itemName: { 'zh-CN': '房屋租赁登记备案', en: 'Rental registration' },
    language: 'zh-CN',
    keptAt: Date.now(),
    envelope: ENVELOPE,
    applicantMasked: '林*夏',
  };
}
