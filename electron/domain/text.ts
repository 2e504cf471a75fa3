/** Languages that the product ships complete; locale packs add others later. */
export const LANGUAGES = ['zh-CN', 'en'] as const;
/** One of them. */
export type Language = (typeof LANGUAGES)[number];

/** A text in every shipped language. */
export type LocalText = Readonly<Record<Language, string>>;
