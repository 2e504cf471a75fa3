import { didYouMean } from '../../../native/cli/nearest.ts';
import type { Action, Parameter, Value, Values } from './far-end.ts';

/** An action with its values, or why the request makes no sense. */
export type Asked = { readonly action: Action; readonly values: Values } | { readonly problem: string };

/**
 * Reads one request: a JSON object `{"do": "door", "cell": 3, "behaviour": "stuck"}`, words
 * `door 3 behaviour=stuck`, or a single key.
 */
export function readRequest(line: string, actions: readonly Action[]): Asked {
  const text = line.trim();
  if (text.startsWith('{')) return readJson(text, actions);
  const key = keyAction(text, actions);
  if (key !== null) return key;
  const [word = '', ...rest] = text.match(/"[^"]*"|\S+/gu) ?? [];
  const action = actions.find((one) => one.word === word);
  if (action === undefined) return { problem: unknown(word, actions) };
  const given: Record<string, string> = {};
  const places = action.parameters.map(({ name }) => name);
  for (const part of rest) {
    const [, name, value] = /^([A-Za-z]+)=(.*)$/su.exec(part) ?? [];
    const place = name !== undefined && places.includes(name) ? name : places.find((one) => given[one] === undefined);
    if (place === undefined) return { problem: `${word}: too many values; ${describe(action)}` };
    given[place] = unquoted(place === name ? (value ?? '') : part);
  }
  return withValues(action, given);
}

/** The action behind a single key, or null. */
export function keyAction(key: string, actions: readonly Action[]): Asked | null {
  for (const action of actions) {
    const found = action.keys.find((one) => one.key === key);
    if (found !== undefined) return withValues(action, found.values());
  }
  return null;
}

function readJson(text: string, actions: readonly Action[]): Asked {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return { problem: 'not JSON' };
  }
  if (typeof request !== 'object' || request === null) return { problem: 'expected an object' };
  const { do: word, ...given } = request as Readonly<Record<string, unknown>>;
  const action = actions.find((one) => one.word === word);
  if (action === undefined) return { problem: unknown(String(word), actions) };
  return withValues(action, given);
}

function withValues(action: Action, given: Readonly<Record<string, unknown>>): Asked {
  const values: Record<string, Value> = {};
  for (const name of Object.keys(given)) {
    if (!action.parameters.some((one) => one.name === name)) {
      return { problem: `${action.word}: no value ${name}; ${describe(action)}` };
    }
  }
  for (const parameter of action.parameters) {
    const raw = given[parameter.name];
    const value = raw === undefined ? parameter.fallback : valueOf(parameter, raw);
    if (value === undefined) return { problem: `${action.word}: ${wanted(parameter)}` };
    values[parameter.name] = value;
  }
  return { action, values };
}

function valueOf({ kind, from, to, oneOf }: Parameter, raw: unknown): Value | undefined {
  if (kind === 'switch') {
    if (raw === true || raw === 'on' || raw === 'true' || raw === 'yes') return true;
    return raw === false || raw === 'off' || raw === 'false' || raw === 'no' ? false : undefined;
  }
  if (kind === 'number') {
    const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
    return value < (from ?? -Infinity) || value > (to ?? Infinity) ? undefined : value;
  }
  return typeof raw === 'string' && (oneOf === undefined || oneOf.includes(raw)) ? raw : undefined;
}

function wanted({ name, kind, from, to, oneOf }: Parameter): string {
  if (oneOf !== undefined) return `${name} must be one of ${oneOf.join(', ')}`;
  if (kind === 'number') return `${name} must be a number${from === undefined ? '' : ` from ${from} to ${to}`}`;
  return `${name} must be ${kind === 'switch' ? 'on or off' : 'a text'}`;
}

/** `door cell=1..48 [board=0] behaviour=normal|stuck   help` */
export function describe({ word, help, parameters }: Action): string {
  const values = parameters.map(({ name, kind, oneOf, fallback }) => {
    const shape = oneOf?.join('|') ?? (kind === 'switch' ? 'on|off' : kind === 'number' ? 'N' : 'TEXT');
    return fallback === undefined ? `${name}=${shape}` : `[${name}=${shape}]`;
  });
  return `${[word, ...values].join(' ')}  ${help}`;
}

function unknown(word: string, actions: readonly Action[]): string {
  const words = actions.map((one) => one.word);
  return `cannot ${word}${didYouMean(word, words)}; can: ${words.join(', ')}`;
}

function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
