import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture } from './camera.ts';
import type { Findings } from './findings.ts';
import { LANGUAGES, LAYOUTS, MODES } from './options.ts';

/** A scenario that could not be photographed. */
export interface Failure {
  readonly scenario: string;
  readonly language: string;
  readonly reason: string;
}

/** The last line of standard output. */
export interface Totals {
  readonly pictures: number;
  readonly axeViolations: number;
  readonly smallTargets: number;
  readonly smallText: number;
  readonly clipped: number;
  /** Scenarios, once a language, that could not be photographed. */
  readonly failed: number;
}

const KINDS: readonly { readonly key: keyof Findings; readonly title: string }[] = [
  { key: 'axe', title: 'Accessibility rules broken (axe)' },
  { key: 'clipped', title: 'Cut off or covered' },
  { key: 'smallTargets', title: 'Controls too small' },
  { key: 'smallText', title: 'Text too small' },
];

export function totalsOf(pictures: readonly Picture[], failures: readonly Failure[]): Totals {
  const sum = (key: keyof Findings): number => pictures.reduce((all, { findings }) => all + findings[key].length, 0);
  return {
    pictures: pictures.length,
    axeViolations: sum('axe'),
    smallTargets: sum('smallTargets'),
    smallText: sum('smallText'),
    clipped: sum('clipped'),
    failed: failures.length,
  };
}

/** Writes `report.json` and the contact sheet `index.html` beside the pictures. */
export async function writeReport(
  outDir: string,
  pictures: readonly Picture[],
  failures: readonly Failure[],
): Promise<void> {
  const report = { totals: totalsOf(pictures, failures), failures, pictures };
  await writeFile(join(outDir, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  await writeFile(join(outDir, 'index.html'), contactSheet(pictures, failures));
}

/** What a person reads: every kind of finding, the same one in many pictures said once, the most frequent first. */
export function summaryOf(pictures: readonly Picture[], failures: readonly Failure[]): string {
  const lines = failures.map(({ scenario, language, reason }) => `NOT TAKEN  ${scenario} (${language}): ${reason}`);
  for (const { key, title } of KINDS) {
    const places = new Map<string, string[]>();
    for (const { findings, file } of pictures) {
      for (const finding of findings[key]) places.set(finding, [...(places.get(finding) ?? []), file]);
    }
    lines.push(`${title}: ${[...places.values()].reduce((all, files) => all + files.length, 0)}`);
    const frequent = [...places].sort(([, a], [, b]) => b.length - a.length).slice(0, 12);
    for (const [finding, files] of frequent)
      lines.push(`  ${String(files.length).padStart(4)} x ${finding}  e.g. ${files[0]}`);
    if (places.size > frequent.length) lines.push(`  and ${places.size - frequent.length} others: report.json`);
  }
  return `${lines.join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function figure({ language, layout, mode, file, findings }: Picture): string {
  const found = KINDS.flatMap(({ key, title }) =>
    findings[key].map((one) => `<li><b>${title}:</b> ${escaped(one)}</li>`),
  );
  const details =
    found.length === 0
      ? ''
      : `<details><summary>${found.length} findings</summary><ul>${found.join('')}</ul></details>`;
  return `<figure class="is-${language} is-${layout} is-${mode} ${found.length === 0 ? 'is-clean' : ''}">
<a href="${file}"><img loading="lazy" src="${file}" alt="${escaped(file)}"></a>
<figcaption>${language} · ${layout} · ${mode}</figcaption>${details}</figure>`;
}

function filterBox(name: string): string {
  return `<label><input type="checkbox" id="show-${name}" checked> ${name}</label>`;
}

const STYLE = `
:root { font: 16px/1.5 system-ui, sans-serif; color: #14201f; background: #f4f0e7; }
body { margin: 0; padding: 0 32px 64px; }
header { position: sticky; top: 0; z-index: 1; background: #f4f0e7; padding: 16px 0; border-bottom: 1px solid #857e70; }
h1 { margin: 0 0 8px; font-size: 20px; }
fieldset { display: inline-flex; gap: 16px; border: 0; margin: 0 24px 0 0; padding: 0; }
h2 { margin: 32px 0 12px; font-size: 18px; scroll-margin-top: 120px; }
.row { display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start; }
figure { margin: 0; max-width: 400px; }
img { height: 380px; width: auto; display: block; background: #fff; border: 1px solid #857e70; }
.is-landscape img { width: 400px; height: auto; }
figcaption { font-size: 14px; color: #43504e; padding-top: 4px; }
details { font-size: 14px; color: #a8261c; max-width: 400px; }
ul { padding-left: 20px; overflow-wrap: anywhere; }
.failures { color: #a8261c; }
body:has(#only-findings:checked) .is-clean { display: none; }
`;

/** One page for the eye: every scenario in every way that it was photographed. Needs no script. */
function contactSheet(pictures: readonly Picture[], failures: readonly Failure[]): string {
  const totals = totalsOf(pictures, failures);
  const names = [...new Set(pictures.map(({ scenario }) => scenario))];
  const sections = names.map((name) => {
    const own = pictures.filter(({ scenario }) => scenario === name).map(figure);
    return `<section><h2 id="${escaped(name)}">${escaped(name)}</h2><div class="row">${own.join('\n')}</div></section>`;
  });
  const hide = [...LANGUAGES, ...LAYOUTS, ...MODES]
    .map((way) => `body:has(#show-${way}:not(:checked)) .is-${way} { display: none; }`)
    .join('\n');
  const failed = failures.map((one) => `<li>${escaped(`${one.scenario} (${one.language}): ${one.reason}`)}</li>`);
  const numbers = `${totals.pictures} pictures · axe ${totals.axeViolations} · cut off ${totals.clipped} · small controls ${totals.smallTargets} · small text ${totals.smallText}`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>hall24 gallery</title><style>${STYLE}${hide}</style></head>
<body>
<header><h1>hall24 gallery</h1><p>${numbers}</p>
${[LANGUAGES, LAYOUTS, MODES].map((ways) => `<fieldset>${ways.map(filterBox).join('')}</fieldset>`).join('')}
<label><input type="checkbox" id="only-findings"> only with findings</label></header>
${failed.length === 0 ? '' : `<ul class="failures">${failed.join('')}</ul>`}
${sections.join('\n')}
</body></html>
`;
}
