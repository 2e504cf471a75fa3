import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TEST_KIOSK_CODE, TEST_KIOSK_TOKEN } from '../dev/kiosk-config.ts';
import { startControl, startPlatform, seedPickups, type SeededPickup } from './index.ts';

const USAGE = `npm run platform -- [options]      the reference central platform alone
  --port N           port on 127.0.0.1 (default 8724; 0 takes a free one)
  --control-port N   port of the control interface (default 8725; 0 takes a free one)
  --database WHERE   memory (default), pglite:FOLDER, or a PostgreSQL URL (default: DATABASE_URL)
  --kiosk CODE:TOKEN a kiosk that may talk to it; may be repeated (default ${TEST_KIOSK_CODE}:${TEST_KIOSK_TOKEN})
  --catalogue DIR    item packs (default assets/catalogue)
  --no-seed          without the demonstration pick-ups
  --json             one JSON object when it is ready, instead of text`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8724' },
    'control-port': { type: 'string', default: '8725' },
    database: { type: 'string', default: process.env['DATABASE_URL'] ?? 'memory' },
    kiosk: { type: 'string', multiple: true, default: [`${TEST_KIOSK_CODE}:${TEST_KIOSK_TOKEN}`] },
    catalogue: { type: 'string', default: join(import.meta.dirname, '..', '..', 'assets', 'catalogue') },
    'no-seed': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  await serve();
}

async function serve(): Promise<void> {
  const kiosks = values.kiosk.map((text) => {
    const colon = text.indexOf(':');
    return { code: text.slice(0, colon), token: text.slice(colon + 1) };
  });
  const platform = await startPlatform({
    port: Number(values.port),
    database: values.database,
    kiosks,
    catalogueDir: values.catalogue,
  });
  const control = await startControl(platform, Number(values['control-port']));
  const [first] = kiosks;
  const seeded = values['no-seed'] || first === undefined ? [] : await seedPickups(platform, first, Date.now());
  tell(platform.url, control.url, kiosks, seeded);
  platform.onMessage((message) => {
    if (!values.json) console.log(`message to ${message.to}: ${message.text['zh-CN']}`);
  });
  const stop = async (): Promise<void> => {
    await control.stop();
    await platform.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
}

function tell(
  url: string,
  control: string,
  kiosks: readonly { readonly code: string; readonly token: string }[],
  pickups: readonly SeededPickup[],
): void {
  const openApi = `${url}/openapi.json`;
  if (values.json) {
    console.log(JSON.stringify({ url, openApi, control, kiosks, pickups }));
    return;
  }
  console.log(`central platform  ${url}\nOpenAPI document  ${openApi}\ncontrol           ${control}/state`);
  for (const { code, token } of kiosks) console.log(`kiosk ${code}        Authorization: Bearer ${token}`);
  for (const { code, cell, state } of pickups) console.log(`pick-up ${code}  cell ${cell}  ${state}`);
}
