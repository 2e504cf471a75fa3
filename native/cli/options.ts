/** What the command line knows of one option. */
export interface OptionDefinition {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for its value in help texts; none for a switch. */
  readonly value?: string;
  /** One line for help texts. */
  readonly help: string;
}

/** Every option of the bench tool. A command names those that it takes. */
export const OPTIONS = {
  driver: { type: 'string', value: 'ID', help: 'driver; may be left out where a class has only one' },
  port: { type: 'string', value: 'ADDRESS', help: 'where the device is connected; see the addresses below' },
  option: { type: 'string', multiple: true, value: 'KEY=VALUE', help: 'option of the driver, may be repeated' },
  tap: { type: 'string', value: 'WHERE', help: 'sniff: where the program connects; pty makes a port' },
  cell: { type: 'string', value: 'N', help: 'lock of the board, from 1' },
  board: { type: 'string', value: 'B', help: "board address (default: the driver's first)" },
  to: { type: 'string', value: 'BAUD', help: 'speed to set the device to' },
  file: {
    type: 'string',
    value: 'FILE',
    help: 'what is printed: a receipt as JSON {"language", "lines"} (default: a test page), a PDF for pages',
  },
  out: { type: 'string', value: 'FILE', help: 'file that is written' },
  ledger: { type: 'string', value: 'FILE', help: 'where numbers of the device are kept between runs (paper used)' },
  width: { type: 'string', value: 'MM', help: 'paper width: 80 (default) or 58' },
  set: { type: 'string', multiple: true, value: 'KEY=VALUE', help: 'setting of the device itself, may be repeated' },
  wait: { type: 'string', value: 'SECONDS', help: 'how long to wait for a person, 1 to 300' },
  full: { type: 'boolean', help: 'shows personal data, which is masked otherwise' },
  json: { type: 'boolean', help: 'one JSON object a line, the last one the result' },
  help: { type: 'boolean', short: 'h', help: 'this text; behind a class or a command: more about it' },
} as const satisfies Record<string, OptionDefinition>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<D extends OptionDefinition> = D extends { readonly type: 'boolean' }
  ? boolean
  : D extends { readonly multiple: true }
    ? readonly string[]
    : string;

/** Options as given; what is not there was not given. */
export type Options = { readonly [K in OptionName]?: ValueOf<(typeof OPTIONS)[K]> };

/** Options that every command of a device class takes besides its own. */
export const COMMON_OPTIONS: readonly OptionName[] = ['driver', 'port', 'option', 'json', 'help'];
