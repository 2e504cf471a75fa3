import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Headset } from '../services/speech.ts';
import { alsaPlugged, pulsePlugged } from './headset-probes.ts';
import { watchHeadset } from './speech-headset.ts';

const JACK = (on: boolean, mute: number): string =>
  [
    "numid=1,iface=MIXER,name='Master Playback Volume'",
    '  ; type=INTEGER,access=rw---R--,values=1,min=0,max=87,step=0',
    '  : values=60',
    "numid=9,iface=MIXER,name='Auto-Mute Mode'",
    '  ; type=ENUMERATED,access=rw------,values=1,items=2',
    "  ; Item #0 'Disabled'",
    "  ; Item #1 'Enabled'",
    `  : values=${mute}`,
    "numid=20,iface=CARD,name='Front Headphone Jack'",
    '  ; type=BOOLEAN,access=r-------,values=1',
    `  : values=${on ? 'on' : 'off'}`,
    '',
  ].join('\n');

const SINKS = (port: string, availability: string, form: string): string =>
  JSON.stringify([
    { name: 'hdmi', active_port: null, ports: [], properties: {} },
    {
      name: 'main',
      active_port: port,
      ports: [
        { name: 'analog-output-speaker', type: 'Speaker', availability: 'availability unknown' },
        { name: 'analog-output-headphones', type: 'Headphones', availability },
      ],
      properties: form === '' ? {} : { 'device.form_factor': form },
    },
  ]);

describe('jack controls of a sound card', () => {
  it('tell that something is plugged in and the loudspeaker silent', () => {
    expect(alsaPlugged(JACK(true, 1))).toBe(true);
    expect(alsaPlugged(JACK(false, 1))).toBe(false);
  });
  it('of a card whose loudspeaker goes on speaking are no headset', () => {
    expect(alsaPlugged(JACK(true, 0))).toBe(false);
    expect(alsaPlugged(JACK(true, 1).replace('Auto-Mute', 'Other'))).toBe(false);
  });
  it('are not there on every card', () => {
    expect(alsaPlugged("numid=1,iface=MIXER,name='Master Playback Volume'\n  : values=60\n")).toBeNull();
    expect(alsaPlugged('')).toBeNull();
  });
});

describe('a sound server', () => {
  it('is believed for where it sends the sound', () => {
    expect(pulsePlugged(SINKS('analog-output-headphones', 'available', ''), 'main\n')).toBe(true);
    expect(pulsePlugged(SINKS('analog-output-speaker', 'available', ''), 'main\n')).toBe(false);
    expect(pulsePlugged(SINKS('analog-output-headphones', 'not available', ''), 'main')).toBe(false);
    expect(pulsePlugged(SINKS('analog-output-speaker', 'available', 'handset'), 'main')).toBe(true);
    expect(pulsePlugged(SINKS('analog-output-headphones', 'available', ''), 'hdmi')).toBe(false);
  });
  it('that says something else says nothing', () => {
    for (const answer of ['', '{}', '[{"name":1}]', '[]']) expect(pulsePlugged(answer, 'main')).toBeNull();
  });
});

describe('the headset socket', () => {
  let root: string;
  let headset: Headset | null = null;
  const next = (): Promise<'in' | 'out'> => new Promise((resolve) => headset?.changes.subscribe(resolve));
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'h24-headset-'));
  });
  afterEach(async () => {
    headset?.stop();
    headset = null;
    await rm(root, { recursive: true, force: true });
  });
  const places = (answers: Readonly<Record<string, string>> = {}) => ({
    extcon: join(root, 'extcon'),
    asound: join(root, 'asound'),
    everyMs: 10,
    run: (command: string, args: readonly string[]) => Promise.resolve(answers[`${command} ${args.join(' ')}`] ?? null),
  });

  it('tells by the kernel that something is plugged in', async () => {
    await mkdir(join(root, 'extcon', 'extcon0'), { recursive: true });
    await writeFile(join(root, 'extcon', 'extcon0', 'state'), 'LINE-OUT=0\nHEADPHONE=1\n');
    headset = watchHeadset(places());
    expect(headset.state).toBe('out');
    expect(await next()).toBe('in');
    expect(headset.state).toBe('in');
  });

  it('tells by the sound card where there is no server', async () => {
    await mkdir(join(root, 'asound', 'card2'), { recursive: true });
    headset = watchHeadset(places({ 'amixer -c 2 contents': JACK(true, 1) }));
    expect(await next()).toBe('in');
  });

  it('tells by the sound server, which knows better than the card', async () => {
    await mkdir(join(root, 'asound', 'card0'), { recursive: true });
    headset = watchHeadset(
      places({
        'pactl --format=json list sinks': SINKS('analog-output-headphones', 'available', ''),
        'pactl get-default-sink': 'main\n',
        'amixer -c 0 contents': JACK(false, 1),
      }),
    );
    expect(await next()).toBe('in');
  });

  it('is a handset of a known USB id, where the configuration names it', async () => {
    await mkdir(join(root, 'asound', 'card1'), { recursive: true });
    headset = watchHeadset(places());
    headset.only?.('0D8C:0014');
    await writeFile(join(root, 'asound', 'card1', 'usbid'), '0d8c:0014\n');
    expect(await next()).toBe('in');
    await rm(join(root, 'asound', 'card1'), { recursive: true });
    expect(await next()).toBe('out');
  });

  it('of a machine that cannot be asked is empty', () => {
    headset = watchHeadset(places());
    expect(headset.state).toBe('out');
  });
});
