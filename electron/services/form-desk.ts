import { problem, type Problem } from '../contract/problems.ts';
import { casePayloadText, makeCasePayload } from '../domain/case-payload.ts';
import type { FormValues } from '../domain/case.ts';
import { checkForm } from '../domain/form.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import { maskName } from '../domain/masking.ts';
import { shownText } from '../domain/private-use.ts';
import type { Language } from '../domain/text.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Envelope, Sealer, SealingKey } from './ports.ts';

/** What is needed to check and seal a form, none of it personal. */
export interface SealOrder {
  readonly visitId: string;
  readonly submissionId: string;
  readonly caseId: string;
  readonly pack: ItemPack;
  readonly language: Language;
  /** Local date of the kiosk, `YYYY-MM-DD`. */
  readonly today: string;
  readonly key: SealingKey;
}

/** What leaves the place where the plain form is. */
export interface SealedForm {
  readonly envelope: Envelope;
  /** e.g. 林*夏 */
  readonly applicantMasked: string;
}

/** Checks and seals the form of a submission, wherever its plain text is. */
export type SealForm = (order: SealOrder) => Promise<Result<SealedForm, Problem>>;

/** The plain form and whose card was read. */
export interface PlainForm {
  readonly card: { readonly name: string; readonly number: string } | null;
  readonly values: FormValues;
}

/** Checks and seals a form that is here. Only what the item asks for goes in, whatever the screen sent along. */
export async function sealForm(
  { card, values }: PlainForm,
  order: SealOrder,
  sealer: Sealer,
): Promise<Result<SealedForm, Problem>> {
  const { caseId, pack, language, today, key } = order;
  if (!card) return err(problem('C202-no-card'));
  const faults = Object.keys(checkForm(pack, values, today));
  if (faults.length > 0) return err(problem('S501-form-incomplete', { fields: faults.join(',') }));
  const payload = makeCasePayload({
    caseId,
    pack,
    language,
    applicant: { name: card.name, idNumber: card.number },
    values,
  });
  const plaintext = new TextEncoder().encode(casePayloadText(payload));
  try {
    const envelope = await sealer.seal(key, plaintext, `case:${caseId}:1`);
    return ok({ envelope, applicantMasked: maskName(shownText(card.name)) });
  } finally {
    plaintext.fill(0);
  }
}
