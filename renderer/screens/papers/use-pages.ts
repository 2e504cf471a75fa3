import { useCallback, useEffect, useState } from 'react';
import type { AttachmentDto } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import { call } from '../../api/index.ts';

export type Page = AttachmentDto;

/** Pages of papers that this visit has taken for an item; null until it is known. What is on them is known to nobody here. */
export function useTakenPages(visitId: string | null, itemId: string | null) {
  const [pages, setPages] = useState<readonly Page[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = useCallback(async (): Promise<void> => {
    if (visitId === null || itemId === null) return;
    const answer = await call('attachment.list', { visitId, itemId });
    if (answer.ok) setPages(answer.value.attachments.filter(({ complete }) => complete));
    else setProblem(answer.error);
  }, [visitId, itemId]);
  useEffect(() => void load(), [load]);
  return { pages, problem, setProblem, load };
}

/** Why a picture was not kept. */
export type NotKept =
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'too-many' | 'too-large' | 'no-such-slot' };

/** Hands a picture over to be sealed and kept, chunk by chunk. Null: it is kept whole. */
export async function keepPage(
  visitId: string,
  itemId: string,
  slot: string,
  bytes: Uint8Array,
): Promise<NotKept | null> {
  const begun = await call('attachment.add', { visitId, itemId, slot, type: 'image/jpeg', size: bytes.length });
  if (!begun.ok) return { kind: 'problem', problem: begun.error };
  if (!begun.value.added) return { kind: begun.value.why };
  const { attachmentId, chunkBytes } = begun.value;
  let complete = false;
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.slice(at, at + chunkBytes);
    const sent = await call('attachment.chunk', { visitId, attachmentId, bytes: chunk });
    chunk.fill(0);
    if (!sent.ok) return { kind: 'problem', problem: sent.error };
    complete = sent.value.complete;
  }
  return complete ? null : { kind: 'problem', problem: { code: 'K103-store-unavailable', params: {} } };
}
