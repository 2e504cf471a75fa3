import { USUAL_SOUNDS } from '../../electron/services/sounds.ts';
import type { CallName } from '../../electron/contract/calls.ts';
import columns from '../fixtures/locales/columns/ui.json' with { type: 'json' };
import { PSEUDO_TAG, pseudoTree } from '../i18n/pseudo.ts';
import uyghur from '../fixtures/locales/ug/ui.json' with { type: 'json' };

/** Sample packs of a hall: one is written from right to left, one in columns. */
const PACKS = [
  { tag: 'ug', name: 'ئۈلگە ئۇيغۇرچە', direction: 'rtl', script: 'horizontal', fallback: 'zh-CN' },
  { tag: 'lzh', name: '竖排样例', direction: 'ltr', script: 'vertical', fallback: 'zh-CN' },
] as const;

/** The pack of a language that is accented and 40 % longer than English. */
const PSEUDO = { tag: PSEUDO_TAG, name: 'Ƥšéúđó', direction: 'ltr', script: 'horizontal', fallback: 'en' } as const;
const english = import.meta.glob<unknown>('../../assets/locales/en/*.json', { eager: true, import: 'default' });

function pseudoTexts(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(english).map(([path, tree]) => [
      path.split('/').at(-1)?.replace('.json', '') ?? '',
      pseudoTree(tree),
    ]),
  );
}

/** A clip of a moving hand-like mark, made on the spot: pictures of people have no place in a test. */
async function exampleClip(): Promise<string> {
  const canvas = document.createElement('canvas');
  canvas.width = 480;
  canvas.height = 270;
  const pen = canvas.getContext('2d');
  if (pen === null) return '';
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm' });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', (event) => parts.push(event.data));
  const over = new Promise((resolve) => recorder.addEventListener('stop', resolve));
  recorder.start();
  for (let frame = 0; frame < 12; frame += 1) {
    pen.fillStyle = '#0e4850';
    pen.fillRect(0, 0, 480, 270);
    pen.fillStyle = '#f8e3b4';
    pen.beginPath();
    pen.arc(160 + frame * 12, 135, 60, 0, Math.PI * 2);
    pen.fill();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  recorder.stop();
  await over;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** What a hall added, when the query string wishes it: `?packs=yes&clip=home`. */
export function extraHandlers(wish: URLSearchParams): Partial<Record<CallName, (input: never) => unknown>> {
  return {
    'camera.use': () => ({}),
    'camera.report': () => ({}),
    'attachment.list': () => ({
      attachments: Array.from({ length: Number(wish.get('papers') ?? 0) }, (_, page) => ({
        attachmentId: `00000000-0000-7000-8000-0000000000a${page}`,
        slot: 'lease',
        size: 300_000,
        received: 300_000,
        complete: true,
      })),
    }),
    'technician.sound': () => ({
      setting: { headset: { usb: '0d8c:0014' }, sounds: USUAL_SOUNDS },
      handsets: [{ id: '0d8c:0014', name: 'Device' }],
      ...{ heard: 'in', engine: 'ready', version: 7 },
    }),
    'hall.extras': () => ({
      locales: wish.get('packs') === 'yes' ? PACKS : wish.get('packs') === 'pseudo' ? [PSEUDO] : [],
      clips: wish.get('clip') === null ? [] : [wish.get('clip')],
    }),
    'hall.locale': ({ tag }: { tag: string }) => ({
      texts: tag === PSEUDO_TAG ? pseudoTexts() : { ui: tag === 'ug' ? uyghur : columns },
      font: null,
    }),
    'hall.clip': async () => ({ type: 'video/webm', data: await exampleClip() }),
  };
}
