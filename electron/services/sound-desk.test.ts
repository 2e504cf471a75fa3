import { describe, expect, it } from 'vitest';
import { Emitter } from '../../native/model/events.ts';
import { err, ok } from '../../native/model/result.ts';
import type { SoundSettingDto } from '../contract/dto.ts';
import { SoundDesk, type SoundSettings } from './sound-desk.ts';
import { NO_ENGINE, SettledHeadset, Speech, type Headset } from './speech.ts';
import { USUAL_SOUNDS } from './sounds.ts';

function socket(state: 'in' | 'out') {
  const changes = new Emitter<'in' | 'out'>();
  const asked: (string | null)[] = [];
  let now = state;
  let stopped = 0;
  const headset: Headset = {
    get state() {
      return now;
    },
    changes,
    only: (id) => void asked.push(id),
    handsets: async () => [{ id: '0d8c:0014', name: 'Device' }],
    stop: () => {
      stopped += 1;
    },
  };
  const plug = (next: 'in' | 'out'): void => {
    now = next;
    changes.emit(next);
  };
  return { headset, asked, plug, stopped: () => stopped, listeners: () => changes.size };
}

describe('the headset as it is set', () => {
  it('is what the socket says, unless it is known', () => {
    const { headset, plug } = socket('out');
    const settled = new SettledHeadset(headset, undefined);
    const told: string[] = [];
    settled.changes.subscribe((state) => told.push(state));
    plug('in');
    settled.set('never');
    plug('out');
    settled.set('always');
    plug('in');
    settled.set('detect');
    plug('out');
    expect(told).toEqual(['in', 'out', 'in', 'out']);
  });

  it('asks for a handset by its id, and for any again', () => {
    const { headset, asked } = socket('out');
    const settled = new SettledHeadset(headset, { usb: '0d8c:0014' });
    settled.set({ usb: '1234:abcd' });
    settled.set('detect');
    settled.set('never');
    expect(asked).toEqual(['0d8c:0014', '1234:abcd', null]);
  });

  it('knows nobody without a socket, but for a fixed handset', async () => {
    const settled = new SettledHeadset(undefined, 'detect');
    expect(settled.state).toBe('out');
    settled.set('always');
    expect(settled.state).toBe('in');
    expect(await settled.handsets()).toEqual([]);
    settled.stop();
  });

  it('lets go of the socket', () => {
    const { headset, stopped, listeners } = socket('out');
    new SettledHeadset(headset, 'detect').stop();
    expect([stopped(), listeners()]).toEqual([1, 0]);
  });
});

describe('the desk of sound', () => {
  const desk = (refuse = false) => {
    const { headset } = socket('out');
    const settled = new SettledHeadset(headset, undefined);
    const config: { headset?: SoundSettingDto['headset']; sounds?: SoundSettingDto['sounds'] } = {};
    const records: string[] = [];
    let version = 4;
    const settings: SoundSettings = {
      config,
      version: () => version,
      saveSound: async (setting, base) => {
        if (refuse || base !== version) return err({ field: 'version', reason: 'saved meanwhile' });
        Object.assign(config, setting);
        version += 1;
        return ok({ version });
      },
    };
    const sound = new SoundDesk({
      settings,
      headset: settled,
      speech: new Speech(NO_ENGINE, settled),
      record: async (what, detail) => void records.push(`${what}: ${detail}`),
    });
    return { sound, settled, records };
  };

  it('shows the usual where nothing is set', async () => {
    expect(await desk().sound.look()).toEqual({
      setting: { headset: 'detect', sounds: USUAL_SOUNDS },
      handsets: [{ id: '0d8c:0014', name: 'Device' }],
      ...{ heard: 'out', engine: 'missing', version: 4 },
    });
  });

  it('puts in force what it saved, and on record', async () => {
    const { sound, settled, records } = desk();
    const setting = { headset: 'always', sounds: { ...USUAL_SOUNDS, chimes: 'off' } } as const;
    expect(await sound.save(setting, 4)).toEqual({ saved: true, version: 5, fault: null });
    expect(settled.state).toBe('in');
    expect(await sound.look()).toMatchObject({ setting, heard: 'in', version: 5 });
    expect(records).toEqual(['setting-saved: headset always, chimes off']);
  });

  it('changes nothing that was not saved', async () => {
    const { sound, settled, records } = desk(true);
    const saved = await sound.save({ headset: 'always', sounds: USUAL_SOUNDS }, 4);
    expect(saved).toMatchObject({ saved: false, version: 4, fault: { field: 'version' } });
    expect(settled.state).toBe('out');
    expect(records).toEqual(['setting-refused: headset always, chimes on']);
  });
});
