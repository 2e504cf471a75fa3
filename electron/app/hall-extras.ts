import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LanguageDto, type LocalePackDto } from '../contract/dto.ts';
import type { LogPort } from '../services/ports.ts';

/** Largest file of a pack and largest clip, in bytes. */
const LARGEST_TEXT = 512 * 1024;
const LARGEST_CLIP = 12 * 1024 * 1024;
const LARGEST_FONT = 6 * 1024 * 1024;
/** Most packs and clips of one hall. */
const MOST = 200;

/** `manifest.json` of a locale pack. */
const Manifest = z.object({
  format: z.literal(1),
  tag: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/),
  name: z.string().min(1).max(40),
  direction: z.enum(['ltr', 'rtl']),
  script: z.enum(['horizontal', 'vertical']),
  /** Shipped language for whatever the pack or the catalogue does not say in this one. */
  fallback: LanguageDto,
});

type Tree = { readonly [key: string]: string | Tree };
const Tree: z.ZodType<Tree> = z.lazy(() =>
  z.record(z.string().max(80), z.union([z.string().max(2_000), Tree])),
) as z.ZodType<Tree>;

/** A language that a hall added. */
export interface LocalePack {
  readonly manifest: LocalePackDto;
  /** Texts by namespace, e.g. `ui`. */
  readonly texts: Readonly<Record<string, Tree>>;
  /** `font.woff2` for a script that the product's fonts lack. */
  readonly font: Uint8Array | null;
}

/** What a hall added to the product in its data folder: languages and sign-language clips. */
export interface HallExtras {
  readonly locales: readonly LocalePack[];
  /** Names of clips without their ending, e.g. `guide`, `form`. */
  readonly clips: readonly string[];
  /** A clip's bytes and type, or null when there is none (any more). */
  clip(name: string): Promise<{ readonly type: string; readonly bytes: Uint8Array } | null>;
}

const CLIP_TYPES: Readonly<Record<string, string>> = { webm: 'video/webm', mp4: 'video/mp4' };
const CLIP_NAME = /^([a-z0-9-]{1,60})\.(webm|mp4)$/;

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted().slice(0, MOST);
  } catch {
    return [];
  }
}

async function jsonOf(path: string): Promise<unknown> {
  if ((await stat(path)).size > LARGEST_TEXT) throw new RangeError('too large');
  return JSON.parse(await readFile(path, 'utf8'));
}

/** Values that a text uses: what a pack's text may not invent. */
function blanks(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1] ?? '');
}

/** Full keys and their texts. */
function flat(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(`${prefix}${key}`, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}

const PLURAL = /_(zero|one|two|few|many|other)$/;

/** First key of the pack that the shipped texts do not know, or whose values differ; null when there is none. */
export function packFault(pack: Tree, shipped: Tree): string | null {
  const known = new Map([...flat(shipped)].map(([key, text]) => [key.replace(PLURAL, ''), text]));
  for (const [key, text] of flat(pack)) {
    const own = known.get(key.replace(PLURAL, ''));
    if (own === undefined) return `${key}: no such text`;
    const strange = blanks(text).find((name) => !blanks(own).includes(name) && name !== 'count');
    if (strange !== undefined) return `${key}: no value {{${strange}}}`;
  }
  return null;
}

/** A font file, null when there is none; anything else of that name is refused. */
async function fontOf(path: string): Promise<Uint8Array | null> {
  const size = await stat(path).then(
    (found) => found.size,
    () => null,
  );
  if (size === null) return null;
  if (size > LARGEST_FONT) throw new RangeError('font.woff2: too large');
  const bytes = await readFile(path);
  if (bytes.subarray(0, 4).toString('latin1') !== 'wOF2') throw new RangeError('font.woff2: no WOFF2 font');
  return bytes;
}

async function loadPack(folder: string, shippedDir: string): Promise<LocalePack> {
  const manifest = Manifest.parse(await jsonOf(join(folder, 'manifest.json')));
  const texts: Record<string, Tree> = {};
  for (const name of await namesIn(folder)) {
    if (!name.endsWith('.json') || name === 'manifest.json') continue;
    const tree = Tree.parse(await jsonOf(join(folder, name)));
    const shipped = Tree.parse(await jsonOf(join(shippedDir, manifest.fallback, name)));
    const fault = packFault(tree, shipped);
    if (fault !== null) throw new RangeError(`${name}: ${fault}`);
    texts[name.replace('.json', '')] = tree;
  }
  if (texts['ui'] === undefined) throw new RangeError('ui.json is missing');
  const { format: _format, ...rest } = manifest;
  return { manifest: rest, texts, font: await fontOf(join(folder, 'font.woff2')) };
}

/**
 * Reads `locales/TAG/` and `sign/` below the hall's folder. A pack that is not right is left out and named in the log; the
 * kiosk opens without it. Clips of the hall stand before those shipped with the product.
 */
export async function loadHallExtras(hallDir: string, assetsDir: string, log: LogPort): Promise<HallExtras> {
  const locales: LocalePack[] = [];
  for (const name of await namesIn(join(hallDir, 'locales'))) {
    try {
      const pack = await loadPack(join(hallDir, 'locales', name), join(assetsDir, 'locales'));
      if (locales.some((one) => one.manifest.tag === pack.manifest.tag)) throw new RangeError('tag is taken');
      locales.push(pack);
      log.event('info', 'locale-pack-loaded', { pack: name });
    } catch (cause) {
      const reason =
        cause instanceof z.ZodError ? cause.issues[0]?.path.join('.') : cause instanceof Error ? cause.message : '';
      log.event('error', 'locale-pack-refused', { pack: name, reason });
    }
  }
  const clips = new Map<string, { readonly path: string; readonly type: string }>();
  for (const folder of [join(assetsDir, 'sign'), join(hallDir, 'sign')]) {
    for (const file of await namesIn(folder)) {
      const [, name, ending] = CLIP_NAME.exec(file) ?? [];
      const type = CLIP_TYPES[ending ?? ''];
      if (name !== undefined && type !== undefined) clips.set(name, { path: join(folder, file), type });
    }
  }
  return {
    locales,
    clips: [...clips.keys()],
    clip: async (name) => {
      const clip = clips.get(name);
      if (clip === undefined) return null;
      try {
        if ((await stat(clip.path)).size > LARGEST_CLIP) return null;
        return { type: clip.type, bytes: await readFile(clip.path) };
      } catch {
        return null;
      }
    },
  };
}
