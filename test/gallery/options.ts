import { parseArgs } from 'node:util';

/** The ways in which every scenario is photographed. */
export const LANGUAGES = ['zh-CN', 'en', 'pseudo'] as const;
/** What is photographed when no language is named. */
const REAL: readonly Language[] = ['zh-CN', 'en'];
export const LAYOUTS = ['portrait', 'landscape'] as const;
export const MODES = ['standard', 'elder', 'contrast', 'elder-contrast', 'reach', 'elder-reach', 'speech'] as const;

/** Where a panel hangs: edge of a layout pixel (the shorter side has 1,080) and height of the lower edge, both in millimetres. */
export interface Panel {
  readonly pitchMm: number;
  readonly lowerEdgeMm: number;
}
/** Panels by their diagonal in inches, as kiosks have them. */
export const PANELS: Readonly<Record<string, Panel>> = {
  '21.5': { pitchMm: 0.248, lowerEdgeMm: 780 },
  '32': { pitchMm: 0.369, lowerEdgeMm: 820 },
};
const USUAL_PANEL = '21.5';
const LAYOUT_SIZE = { short: 1080, long: 1920 } as const;

/** Size of the page on every panel: larger ones have larger pixels, or several of them to one of the layout. */
export function sizeOf(layout: Layout): { readonly width: number; readonly height: number } {
  const { short, long } = LAYOUT_SIZE;
  return layout === 'portrait' ? { width: short, height: long } : { width: long, height: short };
}

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
  readonly panel: Panel;
  /** Serves the pages for any browser instead of photographing them. */
  readonly serve: boolean;
  /** Folder of the pictures; null for `out/gallery`. Another one lets two galleries be made at the same time. */
  readonly out: string | null;
  /** Whether any finding fails the run, not only axe's. */
  readonly strict: boolean;
}

export const USAGE = `npm run gallery [-- PART-OF-A-NAME... [--language L] [--layout L] [--mode M]]
  --language  ${LANGUAGES.join(' | ')}
  --layout    ${LAYOUTS.join(' | ')}
  --mode      ${MODES.join(' | ')}
  --panel     ${Object.keys(PANELS).join(' | ')}: inches; the reach line is in millimetres
  --serve     no pictures: the addresses of the screens and of the components, until it is stopped
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
      panel: { type: 'string', default: USUAL_PANEL },
      serve: { type: 'boolean' },
      out: { type: 'string' },
      strict: { type: 'boolean' },
    },
  });
  const panel = PANELS[values.panel];
  if (panel === undefined) throw new RangeError(`--panel ${values.panel}: there is ${Object.keys(PANELS).join(', ')}`);
  return {
    panel,
    serve: values.serve ?? false,
    filters: positionals,
    languages: values.language === undefined ? REAL : chosen('language', values.language, LANGUAGES),
    layouts: chosen('layout', values.layout, LAYOUTS),
    modes: chosen('mode', values.mode, MODES),
    out: values.out ?? null,
    strict: values.strict ?? false,
  };
}
