import { describe, expect, it } from 'vitest';
import { HidPosSimulator } from '../../code-scanner/simulator-hid.ts';
import { framingOf } from '../../id-card-reader/framing.ts';
import { SDT_COMMANDS, encodeRequest } from '../../id-card-reader/sdt-frame.ts';
import { FramedReaderSimulator } from '../../id-card-reader/simulator-framed.ts';
import { SdtReaderSimulator } from '../../id-card-reader/simulator.ts';
import { TEST_CARD } from '../../id-card-reader/test-card.ts';
import { MemoryTransport } from '../../../test/support/memory-transport.ts';
import { FrameDecoder } from './frames.ts';
import { protocolOf } from './protocols.ts';

describe('reports on the wire', () => {
  it('tells what goes through the HID wrapper of a card reader, and no personal data', () => {
    const protocol = protocolOf('id-card-reader', 'sdt-hid');
    const [host, reader] = [new FrameDecoder(protocol, 'host'), new FrameDecoder(protocol, 'device')];
    const framing = framingOf('hid-wrapped', new MemoryTransport({ kind: 'reports', address: 'hid+tcp://memory:1' }));
    const simulator = new FramedReaderSimulator(new SdtReaderSimulator(), 'hid-wrapped');
    simulator.module.layCard(TEST_CARD);
    const told: { meaning: string; full?: string }[] = [];
    simulator.output.subscribe(({ bytes }) => told.push(...reader.push(bytes)));
    for (const command of [SDT_COMMANDS.findCard, SDT_COMMANDS.selectCard, SDT_COMMANDS.readTextAndPhoto]) {
      for (const report of framing.wrap(encodeRequest(command))) {
        told.push(...host.push(report));
        simulator.receive(report);
      }
    }
    const meanings = told.map(({ meaning }) => meaning);
    expect(meanings).toContain('find card');
    expect(meanings).toContain('read text and photo');
    expect(meanings.some((meaning) => meaning.startsWith('card found'))).toBe(true);
    expect(meanings.some((meaning) => meaning.includes('card of type resident'))).toBe(true);
    expect(meanings.join(' ')).not.toContain(TEST_CARD.name);
    expect(told.some(({ full }) => full?.includes(TEST_CARD.name))).toBe(true);
    expect(meanings.some((meaning) => meaning.includes('no frame of this protocol'))).toBe(false);
  });

  it.each(['aim', 'newland'] as const)('tells a code in the %s map by its length only', (map) => {
    const decoder = new FrameDecoder(protocolOf('code-scanner', 'hid-pos-scanner'), 'device');
    const simulator = new HidPosSimulator(map);
    const told: { meaning: string; full?: string }[] = [];
    simulator.output.subscribe(({ bytes }) => told.push(...decoder.push(bytes)));
    simulator.scan('PICK-UP-0042');
    expect(told).toHaveLength(1);
    expect(told[0]?.meaning).toMatch(/^code of 12 bytes/u);
    expect(told[0]?.full).toContain('PICK-UP-0042');
  });
});
