import type { Shot } from './walks.ts';

/** Parts of the page of components, in the page's order. */
const PARTS = ['buttons', 'fields', 'keyboards', 'states', 'lists', 'pictures'] as const;

/** The components by themselves, every one in every state. */
export const COMPONENT_SHOTS: readonly Shot[] = PARTS.map((part, index) => ({
  name: `60${'abcdef'[index] ?? ''}-components-${part}`,
  part,
  walk: async ({ page }) => {
    await page.locator(`section[aria-label="${part}"]`).waitFor();
    // The dictionaries come when a keyboard first needs them.
    if (part === 'keyboards') await page.locator('.ime-pinyin .cand').first().waitFor();
  },
}));
