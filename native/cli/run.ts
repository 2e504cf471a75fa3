import { parseArgs } from 'node:util';
import { DEVICE_CLASSES } from '../model/device.ts';
import { commandsOf } from './commands.ts';
import { EXIT, UsageError } from './common.ts';
import type { CliPorts } from './common.ts';
import { settingsOf, withDevice } from './connect.ts';
import { GENERAL } from './general.ts';
import { classHelp, commandHelp, generalCommandHelp, generalHelp } from './help.ts';
import { didYouMean } from './nearest.ts';
import { COMMON_OPTIONS, OPTIONS } from './options.ts';
import type { OptionName, Options } from './options.ts';

/** Runs one command line; gives the exit code. */
export async function runCli(args: readonly string[], ports: CliPorts): Promise<number> {
  try {
    const { options, words } = parse(args);
    if (words.length === 0) {
      ports.out(generalHelp());
      return options.help ? EXIT.done : EXIT.usage;
    }
    return await dispatch(words, options, ports);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (args.includes('--json')) {
      ports.out(JSON.stringify({ ok: false, error: 'bad-request', message: error.message }));
    }
    ports.err(`${error.message}\nTry: npm run device -- ${error.helpOf === '' ? '' : `${error.helpOf} `}--help`);
    return EXIT.usage;
  }
}

function parse(args: readonly string[]): { readonly options: Options; readonly words: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
    return { options: values, words: positionals };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, name] = /^Unknown option '--?([^']+)'/u.exec(message) ?? [];
    if (name === undefined) throw new UsageError(message);
    throw new UsageError(
      `unknown option --${name}${didYouMean(
        `--${name}`,
        Object.keys(OPTIONS).map((one) => `--${one}`),
      )}`,
    );
  }
}

async function dispatch(words: readonly string[], options: Options, ports: CliPorts): Promise<number> {
  const [first = '', second, ...rest] = words;
  const general = GENERAL.find(({ word }) => word === first);
  if (general) {
    if (options.help) {
      ports.out(generalCommandHelp(general));
      return EXIT.done;
    }
    if (second !== undefined) throw new UsageError(`too many words: ${[second, ...rest].join(' ')}`, first);
    checkOptions([...general.takes, 'help'], first, options);
    return general.run(options, ports);
  }
  const deviceClass = DEVICE_CLASSES.find((known) => known === first);
  if (!deviceClass) {
    const known = [...GENERAL.map(({ word }) => word), ...DEVICE_CLASSES];
    throw new UsageError(`unknown command or device class: ${first}${didYouMean(first, known)}`);
  }
  if (second === undefined && options.help) {
    ports.out(classHelp(deviceClass));
    return EXIT.done;
  }
  const word = second ?? 'status';
  const commands = commandsOf(deviceClass);
  const command = commands.find((one) => one.word === word || one.aliases?.includes(word) === true);
  if (!command) {
    const known = commands.map((one) => one.word);
    throw new UsageError(
      `${deviceClass} cannot ${word}${didYouMean(word, known)}; it can: ${known.join(', ')}`,
      deviceClass,
    );
  }
  if (options.help) {
    ports.out(commandHelp(deviceClass, command));
    return EXIT.done;
  }
  if (rest.length > 0) throw new UsageError(`too many words: ${rest.join(' ')}`, deviceClass);
  const name = `${deviceClass} ${command.word}`;
  const { takes = [], needs = [] } = command;
  checkOptions([...COMMON_OPTIONS, ...HARMLESS, ...takes, ...needs], name, options);
  for (const needed of needs) {
    if (options[needed] === undefined) throw new UsageError(`--${needed} is needed: ${OPTIONS[needed].help}`, name);
  }
  if (command.alone) return command.alone(options, ports);
  const work = command.prepare(options);
  return withDevice(settingsOf(deviceClass, options), options, ports, work);
}

/** They change how much is shown or how long is waited, never what is done. */
const HARMLESS: readonly OptionName[] = ['wait', 'full'];

/** An option that would be ignored is a misunderstanding: it is told instead. */
function checkOptions(taken: readonly OptionName[], name: string, options: Options): void {
  for (const given of Object.keys(options) as OptionName[]) {
    if (!taken.includes(given)) throw new UsageError(`${name} does not take --${given}`, name);
  }
}
