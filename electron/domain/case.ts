import type { ItemPack } from './item-pack.ts';
import type { Language } from './text.ts';

/** Values of a form by field id, as typed and checked. */
export type FormValues = Readonly<Record<string, string>>;

/**
 * Where a case is, as far as the kiosk knows:
 * `kept` sealed in this kiosk, not yet at the platform; `received` the platform has it and gave a number;
 * `approved` decided at once; `refused` the platform refused to take it (reason in words);
 * `parked` it cannot be sent as it is, duty staff must act.
 */
export type CaseState = 'kept' | 'received' | 'approved' | 'refused' | 'parked';

/** Content of a submission before sealing. Personal data: exists in the visit and inside the envelope only. */
export type CasePayload = {
  readonly schema: 'hall24.case/1';
  readonly caseId: string;
  readonly itemId: string;
  readonly itemVersion: ItemPack['version'];
  readonly itemCode: string;
  readonly language: Language;
  readonly applicant: {
    readonly kind: ItemPack['applicant'];
    readonly name: string;
    readonly idType: 'resident';
    readonly idNumber: string;
  };
  readonly values: FormValues;
};
