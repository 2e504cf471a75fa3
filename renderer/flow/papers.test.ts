import { describe, expect, it } from 'vitest';
import type { AttachmentSlot } from '../../electron/domain/item-pack.ts';
import { missingPapers, papersHindered, papersObstacle, papersStep } from './papers.ts';

const title = { 'zh-CN': '房屋租赁合同', en: 'Lease' };
const lease: AttachmentSlot = { id: 'lease', title, max: 8 };
const articles: AttachmentSlot = { id: 'articles', title, max: 10, required: true };

describe('papers of an item', () => {
  it('are asked for where a camera works and the platform takes them', () => {
    expect(papersStep({ attachments: [lease, articles] }, { camera: 'ready' })).toBe('ask');
    expect(papersStep({ attachments: [lease] }, { camera: 'ready', takesPapers: true })).toBe('ask');
    expect(papersObstacle({ camera: 'ready' })).toBeNull();
  });

  it('are none where the item wants none, whatever the camera does', () => {
    expect(papersStep({}, {})).toBe('none');
    expect(papersStep({ attachments: [] }, { camera: 'away' })).toBe('none');
  });

  it.each([
    [{}, 'S508-no-camera'],
    [{ camera: 'none' }, 'S508-no-camera'],
    [{ camera: 'away' }, 'S508-no-camera'],
    [{ camera: 'ready', takesPapers: false }, 'S509-no-papers-now'],
  ] as const)('are for later, or close the item, with %o', (snapshot, code) => {
    expect(papersObstacle(snapshot)?.code).toBe(code);
    expect(papersStep({ attachments: [lease] }, snapshot)).toBe('later');
    expect(papersStep({ attachments: [lease, articles] }, snapshot)).toBe('closed');
  });

  it.each([
    [{}, false],
    [{ camera: 'none' }, false],
    [{ camera: 'ready' }, false],
    [{ camera: 'none', takesPapers: false }, false],
    [{ camera: 'away' }, true],
    [{ camera: 'ready', takesPapers: false }, true],
  ] as const)('are hindered with %o: %s', (snapshot, hindered) => {
    expect(papersHindered(snapshot)).toBe(hindered);
  });

  it('count once a page of them is kept whole', () => {
    const item = { attachments: [lease, articles] };
    expect(missingPapers(item, [])).toEqual([articles]);
    expect(missingPapers(item, [{ slot: 'articles', complete: false }])).toEqual([articles]);
    expect(missingPapers(item, [{ slot: 'articles', complete: true }])).toEqual([]);
  });
});
