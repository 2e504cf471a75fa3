/** One row: who may import what. The longest matching `zone` holds for a file. */
export interface Row {
  /** Folder or file, named from the top of the checkout. */
  readonly zone: string;
  /** Folders and files of the checkout; the zone itself is always allowed. */
  readonly may: readonly string[];
  /** Folders of which only types may be used. */
  readonly types?: readonly string[];
  /** Packages; `node:` stands for Node's modules, `*` for every package that no other rule reserves. */
  readonly packages?: readonly string[];
  /** No I/O, no clock, no randomness: everything of that kind comes in through ports. */
  readonly pure?: true;
}

/** The device classes, one folder each in native/. */
export const DEVICE_CLASSES = [
  'id-card-reader',
  'receipt-printer',
  'pickup-locker',
  'evaluation-keypad',
  'code-scanner',
  'social-security-card-reader',
  'page-printer',
  'document-camera',
  'presence-sensor',
];

/** Tables of one class that another one needs too: both kinds of card write the nation as the same code. */
const SHARED_FACTS: Readonly<Record<string, readonly string[]>> = {
  'social-security-card-reader': ['native/id-card-reader/nations.ts'],
};

const deviceClasses: readonly Row[] = DEVICE_CLASSES.flatMap((name): Row[] => [
  {
    zone: `native/${name}`,
    may: ['native/model', 'native/codec', ...(SHARED_FACTS[name] ?? [])],
    types: ['native/transport'],
    packages: [],
  },
  { zone: `native/${name}/simulator.ts`, may: ['native/model', 'native/codec', `native/${name}`], pure: true },
]);

/** The import table of the README. */
export const IMPORT_TABLE: readonly Row[] = [
  { zone: 'native/model', may: [], pure: true },
  { zone: 'native/codec', may: ['native/model'], packages: ['iconv-lite', 'uqr'], pure: true },
  {
    zone: 'native/transport',
    may: ['native/model', 'native/codec'],
    packages: ['serialport', 'node-hid', 'pcsc-mini', 'koffi', 'node:'],
  },
  ...deviceClasses,
  { zone: 'native/manager', may: ['native'] },
  { zone: 'native/cli.ts', may: ['native'], packages: ['node:'] },
  { zone: 'native/cli', may: ['native'], packages: ['node:'] },
  { zone: 'electron/domain', may: ['native/model'], pure: true },
  { zone: 'electron/contract', may: ['electron/domain', 'native/model'], packages: ['zod'], pure: true },
  { zone: 'electron/platform-api', may: ['electron/domain'], packages: ['zod'], pure: true },
  {
    zone: 'electron/services',
    may: ['electron/domain', 'electron/contract', 'electron/platform-api', 'native/model'],
    // A thread computes what would hold up the process; it is no I/O.
    packages: ['node:crypto', 'node:util', 'node:worker_threads', 'uuid'],
  },
  {
    zone: 'electron/store',
    may: ['electron/domain', 'electron/services/ports', 'native/model'],
    types: ['electron/services'],
    packages: ['better-sqlite3', 'node:'],
  },
  {
    zone: 'electron/sync',
    may: ['electron/domain', 'electron/platform-api', 'electron/services/ports', 'native/model'],
    types: ['electron/services'],
    packages: ['undici', '@hpke/core', '@hpke/dhkem-x25519', 'node:'],
  },
  { zone: 'electron/ipc', may: ['electron/contract', 'electron/domain', 'native/model'], packages: ['zod'] },
  {
    zone: 'electron/app',
    may: [
      'native',
      'assets',
      'electron/domain',
      'electron/contract',
      'electron/platform-api',
      'electron/services',
      'electron/store',
      'electron/sync',
      'electron/ipc',
    ],
    packages: ['*', 'node:'],
  },
  { zone: 'electron/launch', may: ['electron/shell'], packages: ['*', 'node:', 'better-sqlite3'] },
  {
    zone: 'electron/shell',
    may: ['native', 'assets', 'electron'],
    packages: ['*', 'node:', 'electron', 'original-fs'],
  },
  // The entry points: main.ts, preload.ts and the utility processes.
  { zone: 'electron', may: ['native', 'assets', 'electron'], packages: ['*', 'node:', 'electron', 'original-fs'] },
  {
    zone: 'renderer',
    may: ['electron/contract', 'electron/domain', 'assets'],
    types: ['native/model'],
    packages: ['react', 'react-dom', 'i18next', 'react-i18next', 'uqr', 'pinyin-pro'],
  },
];

/** Packages that `*` does not include: each belongs to the one folder that wraps it. */
export const RESERVED_PACKAGES = [
  'electron',
  'original-fs',
  'serialport',
  'node-hid',
  'pcsc-mini',
  'koffi',
  'better-sqlite3',
  'node:',
];

/** Nothing of the product may import these. */
export const OUTSIDE_THE_PRODUCT = ['electron/launch', 'test'];
