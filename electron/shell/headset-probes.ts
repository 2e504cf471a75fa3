import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isProgram } from './programs.ts';

/**
 * Whether the sound goes to somebody's ears alone: true or false where a probe knows, null where it cannot be asked.
 * A probe that is not certain where the sound goes says false: then nothing private is spoken.
 */
export type Plugged = boolean | null;

/** Longest that a sound tool may take, in milliseconds. */
const TOOL_MS = 2_000;
/** Most that is read of its answer, in characters. */
const TOOL_OUTPUT = 512 * 1024;

/** Runs a tool of the sound system and gives what it wrote; null when it is not there or fails. */
export type RunTool = (command: string, args: readonly string[]) => Promise<string | null>;

/** Variables by which sound tools find their server. */
const SOUND_ENV = ['PATH', 'HOME', 'XDG_RUNTIME_DIR', 'PULSE_SERVER', 'PULSE_RUNTIME_PATH', 'DBUS_SESSION_BUS_ADDRESS'];

/** The environment of a sound tool: its messages in English, nothing else of the kiosk's own. */
export function soundEnv(): Record<string, string> {
  const known = SOUND_ENV.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(known), LC_ALL: 'C' };
}

export const runTool: RunTool = (command, args) =>
  new Promise((resolve) => {
    // A fork of a process as large as this one, to learn that the program is not there, takes 5 ms.
    if (!isProgram(command)) return resolve(null);
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], env: soundEnv() });
    let text = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), TOOL_MS);
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (part: string) => {
      if (text.length < TOOL_OUTPUT) text += part;
    });
    const done = (value: string | null): void => {
      clearTimeout(timer);
      resolve(value);
    };
    child.on('error', () => done(null));
    child.on('close', (code) => done(code === 0 ? text : null));
  });

/** Jacks that the kernel's extcon class names, e.g. `HEADPHONE=1`. */
const EXTCON_PLUGGED = /^(HEADPHONE|MICROPHONE|LINE-OUT)=1$/mu;

/** The kernel's extcon class, where the sound chip reports to it (boards of ARM kiosks). */
export async function extconPlugged(root: string): Promise<Plugged> {
  try {
    const names = await readdir(root);
    const states = await Promise.all(names.map((name) => readFile(join(root, name, 'state'), 'utf8').catch(() => '')));
    const jacks = states.filter((state) => /^(HEADPHONE|MICROPHONE|LINE-OUT)=/mu.test(state));
    return jacks.length === 0 ? null : jacks.some((state) => EXTCON_PLUGGED.test(state));
  } catch {
    return null;
  }
}

const Port = z.object({ name: z.string(), type: z.string().optional(), availability: z.string().optional() });
const Sinks = z.array(
  z.object({
    name: z.string(),
    active_port: z.string().nullish(),
    ports: z.array(Port).optional(),
    properties: z.record(z.string(), z.unknown()).optional(),
  }),
);

/** Ports and forms of devices that stand at one person's ear. */
const AT_THE_EAR = /head(?:phone|set)s?|handset|ear/iu;

/**
 * Where a PulseAudio or PipeWire server sends the sound now: its default sink is a headset by its form, or its active port
 * is one, and that port is not known to be empty.
 * @param sinks answer of `pactl --format=json list sinks`
 * @param defaultSink answer of `pactl get-default-sink`
 */
export function pulsePlugged(sinks: string, defaultSink: string): Plugged {
  let json: unknown;
  try {
    json = JSON.parse(sinks);
  } catch {
    return null;
  }
  const parsed = Sinks.safeParse(json);
  if (!parsed.success) return null;
  const sink = parsed.data.find(({ name }) => name === defaultSink.trim());
  if (sink === undefined) return null;
  const port = sink.ports?.find(({ name }) => name === sink.active_port);
  if (port?.availability === 'not available') return false;
  const form = sink.properties?.['device.form_factor'];
  if (typeof form === 'string' && AT_THE_EAR.test(form)) return true;
  return port !== undefined && AT_THE_EAR.test(`${port.type ?? ''} ${port.name}`);
}

export async function askPulse(run: RunTool): Promise<Plugged> {
  const sinks = await run('pactl', ['--format=json', 'list', 'sinks']);
  if (sinks === null) return null;
  const name = await run('pactl', ['get-default-sink']);
  return name === null ? null : pulsePlugged(sinks, name);
}

/**
 * The jack of a sound card without a sound server, by its ALSA controls. A card whose loudspeaker is not muted by the jack
 * speaks to everybody all the same: false.
 * @param contents answer of `amixer -c N contents`
 */
export function alsaPlugged(contents: string): Plugged {
  const controls = contents.split(/^(?=numid=)/mu);
  const jacks = controls.filter((control) => /name='[^']*(?:Headphone|Headset|Handset)[^']*Jack'/u.test(control));
  if (jacks.length === 0) return null;
  if (!jacks.some((jack) => /: values=on\b/u.test(jack))) return false;
  const autoMute = controls.find((control) => /name='Auto-Mute Mode'/u.test(control));
  if (autoMute === undefined) return false;
  const chosen = /: values=(\d+)/u.exec(autoMute)?.[1];
  const item = new RegExp(`Item #${chosen ?? ''} '([^']*)'`, 'u').exec(autoMute)?.[1];
  return item !== undefined && item !== 'Disabled';
}

/** Numbers of the sound cards; none where there is no sound system. */
async function cardsOf(asound: string): Promise<readonly string[]> {
  const names = await readdir(asound).catch(() => []);
  return names.flatMap((name) => /^card(\d+)$/u.exec(name)?.[1] ?? []);
}

export async function askAlsa(run: RunTool, asound: string): Promise<Plugged> {
  let known: Plugged = null;
  for (const card of await cardsOf(asound)) {
    const contents = await run('amixer', ['-c', card, 'contents']);
    const plugged = contents === null ? null : alsaPlugged(contents);
    if (plugged === true) return true;
    known = plugged ?? known;
  }
  return known;
}

/** Sound devices on USB by their ids, with the names that the sound system gives them. */
export async function usbHandsets(asound: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const found = await Promise.all(
    (await cardsOf(asound)).map(async (card) => {
      const id = (await readFile(join(asound, `card${card}`, 'usbid'), 'utf8').catch(() => '')).trim().toLowerCase();
      const name = (await readFile(join(asound, `card${card}`, 'id'), 'utf8').catch(() => '')).trim();
      return /^[0-9a-f]{4}:[0-9a-f]{4}$/.test(id) ? [{ id, name: name === '' ? id : name }] : [];
    }),
  );
  return found.flat();
}

/**
 * Whether the handset with this USB id (`0d8c:0014`) is there. The kiosk's sound must be set to go to it while it is:
 * who writes the id into the configuration says that.
 */
export async function usbPlugged(asound: string, id: string): Promise<Plugged> {
  const cards = await cardsOf(asound);
  const ids = await Promise.all(
    cards.map((card) => readFile(join(asound, `card${card}`, 'usbid'), 'utf8').catch(() => '')),
  );
  return ids.some((one) => one.trim().toLowerCase() === id.toLowerCase());
}
