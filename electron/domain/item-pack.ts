import type { LocalText } from './text.ts';

/** Who applies: a natural person or an enterprise (through its agent). */
export type ApplicantKind = 'person' | 'enterprise';

/** How the platform decides: at once by rules, or by an office within the time limit. */
export type DecisionMode = 'instant' | 'office';

/** What a material is and whether the citizen must bring it. */
export interface Material {
  readonly id: string;
  readonly name: LocalText;
  /** Where it is needed, in plain words, e.g. lay it on the reader. */
  readonly note: LocalText;
  /** `bring`: needed here; `not-needed`: asked for elsewhere but looked up by the system. */
  readonly need: 'bring' | 'not-needed';
}

/** A case of this item that a kiosk cannot take, with where to go instead. Shown before the materials. */
export interface NotHere {
  readonly when: LocalText;
  readonly instead: LocalText;
}

/** One checked input kind; the rules stand in `field-rules.ts`. */
export type FieldKind =
  | 'text'
  | 'person-name'
  | 'id-number'
  | 'phone'
  | 'credit-code'
  | 'address'
  | 'date'
  | 'money'
  | 'integer'
  | 'choice'
  | 'consent'
  | 'signature';

/** What a field may be filled with from the identity card. */
export type CardSource = 'name' | 'number' | 'sex' | 'birthDate' | 'address' | 'nation';

/** One answer of a choice. */
export interface FieldChoice {
  readonly value: string;
  readonly label: LocalText;
}

/** Limits of a field; each applies to the kinds that it makes sense for. */
export interface FieldLimits {
  /** Characters for text, name and address. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Value for integer and money (yuan, at most two decimals). */
  readonly min?: number;
  readonly max?: number;
  /** Date: not before / not after another field of the form, or `today`. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** Age in full years today, for a birth date (`date`) or an ID number. */
  readonly minAge?: number;
  readonly maxAge?: number;
}

/** One question of the form. Values are strings: dates `YYYY-MM-DD`, money `2600.00`, consent `yes` or empty,
 * signatures as `signature.ts` writes them. */
export interface FormField {
  readonly id: string;
  readonly kind: FieldKind;
  /** The question as a title on a screen of its own, at most about 18 Chinese characters. */
  readonly question: LocalText;
  /** Short name on the review page and receipt. */
  readonly label: LocalText;
  readonly help: LocalText;
  readonly required: boolean;
  readonly limits?: FieldLimits;
  readonly choices?: readonly FieldChoice[];
  /** Filled from the card; then shown as such and not asked. */
  readonly fromCard?: CardSource;
  /** Asked only when another field has one of these values. */
  readonly onlyWhen?: { readonly field: string; readonly isOneOf: readonly string[] };
}

/** Fields that belong together on the review page. */
export interface FormGroup {
  readonly id: string;
  readonly title: LocalText;
  readonly fields: readonly FormField[];
}

/** Pictures of papers that a person may add to the case. */
export interface AttachmentSlot {
  readonly id: string;
  readonly title: LocalText;
  /** Which pages, and how to lay them, in a sentence. */
  readonly help?: LocalText;
  /** Most files of it, 1 to 20. */
  readonly max: number;
  /** The case is not taken without it; else it can be handed in later at a window. */
  readonly required?: boolean;
}

/** A service item as data: guide, form and rules. Adding an item is adding one such file. */
export interface ItemPack {
  /** Short stable id, kebab-case, e.g. `rent-filing`. */
  readonly id: string;
  /** Version of this pack; a visit keeps the version it began with. */
  readonly version: number;
  /** Implementation code of the item (31 or 33 characters, GB/T 39554.1). */
  readonly code: string;
  readonly name: LocalText;
  /** One line under the name in lists. */
  readonly summary: LocalText;
  readonly department: LocalText;
  readonly applicant: ApplicantKind;
  /** Words one might search with besides the name. */
  readonly keywords: readonly string[];
  /** Pinyin initials of the Chinese name in small letters, e.g. `fwzldjba`, for searching. */
  readonly pinyin?: string;
  /** A social security card shows well enough who the applicant is; it holds no address. ID cards always do. */
  readonly alsoSocialSecurityCard?: boolean;
  readonly lifeEvents: readonly string[];
  readonly decision: DecisionMode;
  readonly guide: {
    readonly fee: LocalText;
    /** How long until it is done, e.g. 当场办结. */
    readonly timeLimit: LocalText;
    /** Time at the kiosk, e.g. 10 分钟. */
    readonly effort: LocalText;
    readonly who: LocalText;
    readonly notHere: readonly NotHere[];
    readonly materials: readonly Material[];
    /** Steps in a few characters each. */
    readonly steps: readonly LocalText[];
    readonly legalBasis: readonly LocalText[];
  };
  readonly form: { readonly groups: readonly FormGroup[] };
  /** Files of the case; none when left out. Together they are at most 20. */
  readonly attachments?: readonly AttachmentSlot[];
  /** What the case ends in besides the decision; `seal-in-locker` is announced later as a pick-up. */
  readonly result: 'record' | 'certificate-by-post' | 'seal-in-locker';
}

/** What a list shows of an item. */
export type ItemSummary = Pick<
  ItemPack,
  | 'id'
  | 'version'
  | 'name'
  | 'summary'
  | 'department'
  | 'applicant'
  | 'keywords'
  | 'pinyin'
  | 'lifeEvents'
  | 'decision'
  | 'attachments'
>;

/** All fields of a form in order. */
export function fieldsOf(pack: Pick<ItemPack, 'form'>): readonly FormField[] {
  return pack.form.groups.flatMap((group) => group.fields);
}
