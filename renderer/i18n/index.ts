import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Problem } from '../../electron/contract/problems.ts';
import type { FieldProblem } from '../../electron/domain/field-problem.ts';
import type { Language, LocalText } from '../../electron/domain/text.ts';
import { clockText, dateText } from './format.ts';
import { addFormats } from './formats.ts';
import { fallbacksOf, markPage } from './packs.ts';

export const DEFAULT_LANGUAGE: Language = 'zh-CN';

/** A translate function as every helper takes it. */
export type Translate = (key: string, params: Record<string, unknown>) => string;

type Tree = Record<string, unknown>;
const files = import.meta.glob<Tree>(['../../assets/locales/*/*.json', '!../../assets/locales/*/technician.json'], {
  eager: true,
  import: 'default',
});
/** Texts that no citizen's screen shows: fetched with the screens that do. */
const later = import.meta.glob<Tree>('../../assets/locales/*/technician.json', { import: 'default' });

/** `{ 'zh-CN': { ui: {...} } }` from the files' paths; a new file is a new namespace, a new folder a new language. */
function resources(): Record<string, Record<string, Tree>> {
  const all: Record<string, Record<string, Tree>> = {};
  for (const [path, tree] of Object.entries(files)) {
    const [language, file] = path.split('/').slice(-2);
    if (language === undefined || file === undefined) continue;
    (all[language] ??= {})[file.replace('.json', '')] = tree;
  }
  return all;
}

/** Loads the texts of every screen of a visit. */
export async function startI18n(): Promise<void> {
  const bundle = resources();
  await i18next.use(initReactI18next).init({
    resources: bundle,
    lng: DEFAULT_LANGUAGE,
    fallbackLng: (tag: string) => [...fallbacksOf(tag)],
    ns: Object.keys(bundle[DEFAULT_LANGUAGE] ?? {}),
    defaultNS: 'ui',
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
  addFormats(i18next);
  markPage(DEFAULT_LANGUAGE);
}

/** Fetches the technician's texts in every language. */
export async function loadTechnicianTexts(): Promise<void> {
  await Promise.all(
    Object.entries(later).map(async ([path, load]) => {
      const language = path.split('/').at(-2) ?? DEFAULT_LANGUAGE;
      i18next.addResourceBundle(language, 'technician', await load());
    }),
  );
}

/** Switches every text; component state stays. */
export function switchLanguage(language: Language): void {
  markPage(language);
  void i18next.changeLanguage(language);
}

/** A text of the catalogue or snapshot in the present language. */
export function local(text: LocalText, language: Language): string {
  return text[language];
}

/** Moments among the values of a problem as people write them. */
function spoken(params: Problem['params']): Record<string, string | number> {
  const language: Language = i18next.language === 'en' ? 'en' : 'zh-CN';
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      const isMoment = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
      return [key, isMoment ? `${dateText(value, language)} ${clockText(value)}` : value];
    }),
  );
}

/** Title and help of a problem for the person at the screen. */
export function problemText(t: Translate, problem: Problem): { title: string; help: string } {
  const params = spoken(problem.params);
  return { title: t(`problems:${problem.code}.title`, params), help: t(`problems:${problem.code}.help`, params) };
}

/** The same before anything was tried: why something cannot be begun now, where that differs from "it failed". */
export function obstacleText(t: Translate, problem: Problem): { title: string; help: string } {
  const { title, help } = problemText(t, problem);
  return { title, help: t(`problems:${problem.code}.before`, { ...spoken(problem.params), defaultValue: help }) };
}

/** Values of a field problem that repeat what the person typed; the others are places, lengths and limits. */
const TYPED = /\{\{(?:char|digit|year|month|day|area|age)\}\}/u;

/** Title and help of a mistake in an answer, and whether each repeats something of the answer itself. */
export function faultText(
  t: Translate,
  fault: FieldProblem,
): { title: string; help: string; titleRepeats: boolean; helpRepeats: boolean } {
  const params = { ...fault.params };
  const key = `fields:field.${fault.code}`;
  const repeats = (part: string): boolean => TYPED.test(t(`${key}.${part}`, { skipInterpolation: true }));
  return {
    title: t(`${key}.title`, params),
    help: t(`${key}.help`, params),
    titleRepeats: repeats('title'),
    helpRepeats: repeats('help'),
  };
}
