import { parseArgs } from 'node:util';

/** The ways in which every scenario is photographed. */
export const LANGUAGES = ['zh-CN', 'en', 'pseudo'] as const;
/** What is photographed when no language is named. */
const REAL: readonly Language[] = ['zh-CN', 'en'];
export const LAYOUTS = ['portrait', 'landscape'] as const;
export const MODES = ['standard', 'elder', 'contrast', 'elder-contrast', 'reach', 'elder-reach', 'speech'] as const;

export type Language = (typeof LANGUAGES)[number];
export type Layout = (typeof LAYOUTS)[number];
export type Mode = (typeof MODES)[number];

/** What to photograph. */
export interface GalleryOptions {
  /** Parts of scenario names; empty for all. */
  readonly filters: readonly string[];
  readonly languages: readonly Language[];
  readonly layouts: readonly Layout[];
  readonly modes: readonly Mode[];
  /** Folder of the pictures; null for `out/gallery`. Another one lets two galleries be made at the same time. */
  readonly out: string | null;
  /** Whether any finding fails the run, not only axe's. */
  readonly strict: boolean;
}

export const USAGE = `npm run gallery [-- PART-OF-A-NAME... [--language L] [--layout L] [--mode M]]
  --language  ${LANGUAGES.join(' | ')}
  --layout    ${LAYOUTS.join(' | ')}
  --mode      ${MODES.join(' | ')}
  --out       FOLDER for the pictures instead of out/gallery; its former content goes
  --strict    exit with 1 also for small or cut texts and small targets
pseudo is a language that is accented and 40 % longer than English: words that it cuts off will be cut off in some language.
Each may be given more than once; what is not given is photographed in every way, pseudo only when it is named.`;

function chosen<T extends string>(name: string, given: readonly string[] | undefined, all: readonly T[]): readonly T[] {
  if (given === undefined) return all;
  const strange = given.filter((one) => !all.some((known) => known === one));
  if (strange.length > 0) throw new RangeError(`--${name} ${strange.join(', ')}: there is ${all.join(', ')}`);
  return all.filter((one) => given.includes(one));
}

/**
 * Reads the command line.
 * @throws TypeError for an unknown option, RangeError for an unknown value
 */
export function galleryOptions(args: readonly string[]): GalleryOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      language: { type: 'string', multiple: true },
      layout: { type: 'string', multiple: true },
      mode: { type: 'string', multiple: true },
      out: { type: 'string' },
      strict: { type: 'boolean' },
    },
  });
  return {
    filters: positionals,
    languages: values.language === undefined ? REAL : chosen('language', values.language, LANGUAGES),
    layouts: chosen('layout', values.layout, LAYOUTS),
    modes: chosen('mode', values.mode, MODES),
    out: values.out ?? null,
    strict: values.strict ?? false,
  };
}
