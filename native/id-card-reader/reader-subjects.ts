import type { DriverDefinition } from '../model/driver-registry.ts';
import type { IdCardReader } from '../model/id-card-reader.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import { sdtHidReader, sdtReader } from './index.ts';
import { FramedReaderSimulator } from './simulator-framed.ts';
import { SdtReaderSimulator } from './simulator.ts';
import type { SdtBehaviour } from './simulator.ts';

/** A simulated reader: what the line carries, and the module inside, on which cards are laid. */
export interface SimulatedReader {
  readonly device: DeviceSimulator;
  readonly module: SdtReaderSimulator;
}

/** One driver with a line and a module as a hall may meet them. */
export interface ReaderSubject {
  readonly name: string;
  readonly definition: DriverDefinition<IdCardReader>;
  readonly options: Readonly<Record<string, string>>;
  readonly line: { readonly kind: 'stream' | 'reports'; readonly baud: number | null; readonly address: string };
  /** Frames come in parts of which nothing tells that they belong together: noise between them damages the frame. */
  readonly partsUnmarked: boolean;
  readonly simulate: () => SimulatedReader;
}

const SERIAL = { kind: 'stream', baud: 115_200, address: 'serial:///dev/memory?baud=115200' } as const;
const NETWORK = { kind: 'stream', baud: null, address: 'tcp://memory:1' } as const;
const REPORTS = { kind: 'reports', baud: null, address: 'hid+tcp://memory:1' } as const;

function whole(habits: Partial<SdtBehaviour>): SimulatedReader {
  const module = new SdtReaderSimulator();
  Object.assign(module.behaviour, habits);
  return { device: module, module };
}

function framed(framing: ConstructorParameters<typeof FramedReaderSimulator>[1]): () => SimulatedReader {
  return () => {
    const device = new FramedReaderSimulator(new SdtReaderSimulator(), framing);
    return { device, module: device.module };
  };
}

function subject(
  name: string,
  line: ReaderSubject['line'],
  options: ReaderSubject['options'],
  simulate: () => SimulatedReader,
): ReaderSubject {
  const definition = line.kind === 'stream' ? sdtReader : sdtHidReader;
  const partsUnmarked = options['framing'] === 'split' || (line.kind === 'reports' && options['framing'] === 'whole');
  return { name: `${definition.id}, ${name}`, definition, options, line, partsUnmarked, simulate };
}

/** Every line and framing, and the habits of modules that differ: one line each. */
export const READER_SUBJECTS: readonly ReaderSubject[] = [
  subject('serial line', SERIAL, {}, () => whole({})),
  subject('serial device server', NETWORK, { framing: 'whole' }, () => whole({})),
  subject('hides a selected card', SERIAL, {}, () => whole({ hidesAfter: 'select', selectsAgain: true })),
  subject('hides no card', SERIAL, {}, () => whole({ hidesAfter: 'never' })),
  subject('old module', SERIAL, {}, () => whole({ noAddressCommand: true, noFingerprintCommand: true })),
  subject('silent without a card', SERIAL, {}, () => whole({ silentWithoutCard: true })),
  subject('split frames over a stream', NETWORK, { framing: 'split' }, framed('split')),
  subject('frames cut over transfers', REPORTS, { framing: 'whole' }, framed('cut')),
  subject('split frames, transfers as they come', REPORTS, { framing: 'split' }, framed('split-transfers')),
  subject('split frames in filled reports', REPORTS, { framing: 'split' }, framed('split-padded')),
  subject('vendor wrapper', REPORTS, {}, framed('hid-wrapped')),
  subject('vendor wrapper over a stream', NETWORK, { framing: 'hid-wrapped' }, framed('hid-wrapped')),
];
