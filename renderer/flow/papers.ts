import type { KioskSnapshot } from '../../electron/contract/dto.ts';
import type { Problem } from '../../electron/contract/problems.ts';
import type { AttachmentSlot, ItemPack } from '../../electron/domain/item-pack.ts';

/** Whether pictures of papers can be taken and sent now, and what is in the way if not. */
export function papersObstacle(snapshot: Pick<KioskSnapshot, 'camera' | 'takesPapers'>): Problem | null {
  if (snapshot.camera !== 'ready') return { code: 'S508-no-camera', params: {} };
  return snapshot.takesPapers === false ? { code: 'S509-no-papers-now', params: {} } : null;
}

/** Whether pictures of papers fail at a kiosk that takes them: one that never had a camera is as it should be. */
export function papersHindered(snapshot: Pick<KioskSnapshot, 'camera' | 'takesPapers'>): boolean {
  return snapshot.camera !== undefined && snapshot.camera !== 'none' && papersObstacle(snapshot) !== null;
}

/**
 * What becomes of an item's papers here: `none` are wanted, `ask` for them at the camera, `later` at a window because they
 * cannot be taken now and need not be, `closed`: the case needs them and cannot be begun.
 */
export function papersStep(
  item: Pick<ItemPack, 'attachments'>,
  snapshot: Pick<KioskSnapshot, 'camera' | 'takesPapers'>,
): 'none' | 'ask' | 'later' | 'closed' {
  const slots = item.attachments ?? [];
  if (slots.length === 0) return 'none';
  if (papersObstacle(snapshot) === null) return 'ask';
  return slots.some(({ required }) => required === true) ? 'closed' : 'later';
}

/** Papers that must be there and are not. */
export function missingPapers(
  item: Pick<ItemPack, 'attachments'>,
  pages: readonly { readonly slot: string; readonly complete: boolean }[],
): readonly AttachmentSlot[] {
  const there = new Set(pages.filter(({ complete }) => complete).map(({ slot }) => slot));
  return (item.attachments ?? []).filter((slot) => slot.required === true && !there.has(slot.id));
}
