import type { IdCardType } from '../model/id-card-reader.ts';

/** Place of a field in bytes of the text block. */
export type FieldPlace = readonly [offset: number, length: number];

/** Every field that some layout has. */
export type CardTextField =
  | 'name'
  | 'sex'
  | 'nationCode'
  | 'birthDate'
  | 'address'
  | 'number'
  | 'issuer'
  | 'validFrom'
  | 'validTo'
  | 'permitNumber'
  | 'issueCount'
  | 'englishName'
  | 'nationality'
  | 'cardVersion'
  | 'authorityCode'
  | 'olderNumberLink';

/** Where one kind of card keeps its fields. */
export interface CardLayout {
  readonly type: IdCardType;
  /** Type mark at byte 248, the same place in all layouts. */
  readonly mark: ' ' | 'J' | 'I' | 'Y';
  /** A field of several places is written on from one to the next. */
  readonly fields: Readonly<Partial<Record<CardTextField, readonly FieldPlace[]>>>;
}

const RESIDENT_FIELDS = {
  name: [[0, 30]],
  sex: [[30, 2]],
  birthDate: [[36, 16]],
  address: [[52, 70]],
  number: [[122, 36]],
  issuer: [[158, 30]],
  validFrom: [[188, 16]],
  validTo: [[204, 16]],
} as const satisfies CardLayout['fields'];

/** The four layouts of the 256-byte text block (protocols: SDT, text block in UTF-16LE, padded with spaces). */
export const CARD_LAYOUTS: Readonly<Record<IdCardType, CardLayout>> = {
  resident: { type: 'resident', mark: ' ', fields: { ...RESIDENT_FIELDS, nationCode: [[32, 4]] } },
  'hmt-permit': {
    type: 'hmt-permit',
    mark: 'J',
    fields: { ...RESIDENT_FIELDS, permitNumber: [[220, 18]], issueCount: [[238, 4]] },
  },
  'foreigner-2017': {
    type: 'foreigner-2017',
    mark: 'I',
    fields: {
      englishName: [[0, 120]],
      sex: [[120, 2]],
      number: [[122, 30]],
      nationality: [[152, 6]],
      name: [[158, 30]],
      validFrom: [[188, 16]],
      validTo: [[204, 16]],
      birthDate: [[220, 16]],
      cardVersion: [[236, 4]],
      authorityCode: [[240, 8]],
    },
  },
  'foreigner-2023': {
    type: 'foreigner-2023',
    mark: 'Y',
    fields: {
      name: [[0, 30]],
      sex: [[30, 2]],
      issueCount: [[32, 4]],
      birthDate: [[36, 16]],
      englishName: [
        [52, 70],
        [220, 22],
      ],
      number: [[122, 36]],
      validFrom: [[188, 16]],
      validTo: [[204, 16]],
      nationality: [[242, 6]],
      olderNumberLink: [[250, 6]],
    },
  },
};
