import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryTransport } from '../../test/support/memory-transport.ts';
import { CAMERA_STATES } from '../model/document-camera.ts';
import type { CameraReport } from '../model/document-camera.ts';
import { windowCamera } from './index.ts';
import { encodeReport } from './window-camera.ts';

const REPORT: CameraReport = {
  state: 'ready',
  label: 'Test camera',
  size: { width: 1280, height: 720 },
  abilities: { focus: true, lamp: false },
};

function bench() {
  const transport = new MemoryTransport({ kind: 'reports', address: 'camera://', baud: null });
  return { transport, camera: windowCamera.create({ transport, clock: new FakeClock(), options: {} }) };
}

describe('document camera of the window', () => {
  it('is offline until the window has told of it', async () => {
    const { camera } = bench();
    expect(await camera.probe()).toMatchObject({
      status: 'offline',
      detail: 'the window has told nothing of a camera',
    });
    expect(camera.report).toBeNull();
  });

  it.each([
    ['ready', 'online'],
    ['none', 'offline'],
    ['refused', 'hardwareError'],
    ['in-use', 'deviceBusy'],
    ['unplugged', 'offline'],
    ['failed', 'hardwareError'],
  ] as const)('%s is %s', async (state, status) => {
    const { camera, transport } = bench();
    const states: string[] = [];
    camera.events.subscribe(({ report }) => states.push(report.state));
    transport.deliver(encodeReport({ ...REPORT, state }));
    expect(await camera.probe()).toMatchObject({ status, identity: 'Test camera' });
    expect(camera.report).toEqual({ ...REPORT, state });
    expect(states).toEqual([state]);
    transport.lose();
    expect(await camera.probe()).toMatchObject({ status: 'offline' });
  });

  it('knows all states, and nothing that is none', async () => {
    expect(CAMERA_STATES).toHaveLength(6);
    const { camera, transport } = bench();
    for (const text of ['', 'null', '{}', '{"state":"great","label":"","abilities":{}}', '{"state":"ready"}']) {
      transport.deliver(new TextEncoder().encode(text));
    }
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => transport.deliver(bytes)));
    expect(camera.report).toBeNull();
  });
});
