import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Transport, TransportError } from '../model/transport.ts';
import { MAX_REPORT_LENGTH, ReportSplitter, encodeReport } from './hid-over-tcp.ts';
import { matchDevice } from './hid.ts';
import { openTransport } from './open.ts';
import { openTcp } from './tcp.ts';

interface FarEnd {
  readonly port: number;
  /** The connection of the product. */
  readonly connected: Promise<Socket>;
}

const servers: Server[] = [];

async function listen(): Promise<FarEnd> {
  const server = createServer();
  servers.push(server);
  const connected = new Promise<Socket>((resolve) => {
    server.once('connection', (socket) => {
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, connected };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function open(address: string): Promise<Transport> {
  const opened = await openTransport(address);
  if (!opened.ok) throw new Error(`${opened.error.code} ${opened.error.detail}`);
  return opened.value;
}

function nextData(transport: Transport): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const forget = transport.onData((bytes) => {
      forget();
      resolve(bytes);
    });
  });
}

function closedOf(transport: Transport): Promise<TransportError | null> {
  return new Promise((resolve) => transport.onClosed(resolve));
}

describe('TCP transport', () => {
  it('carries bytes both ways and ends without an error when closed', async () => {
    const far = await listen();
    const transport = await open(`tcp://127.0.0.1:${far.port}`);
    const socket = await far.connected;
    expect(transport).toMatchObject({ kind: 'stream', baud: null, address: `tcp://127.0.0.1:${far.port}` });
    const heard = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(await transport.write(Uint8Array.of(1, 2, 3))).toEqual({ ok: true, value: undefined });
    expect([...(await heard)]).toEqual([1, 2, 3]);
    const data = nextData(transport);
    socket.write(Uint8Array.of(0, 255));
    expect([...(await data)]).toEqual([0, 255]);
    const closed = closedOf(transport);
    await transport.close();
    await transport.close();
    expect(await closed).toBeNull();
    expect(await closedOf(transport)).toBeNull();
    expect(await transport.write(Uint8Array.of(1))).toMatchObject({ ok: false, error: { code: 'lost' } });
  });

  it.each([
    ['end', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('is lost when the far end does %s', async (_, leave) => {
    const far = await listen();
    const transport = await open(`tcp://127.0.0.1:${far.port}`);
    const closed = closedOf(transport);
    leave(await far.connected);
    expect(await closed).toMatchObject({ code: 'lost' });
    expect(await transport.write(Uint8Array.of(1))).toMatchObject({ ok: false, error: { code: 'lost' } });
    await transport.close();
  });

  it('says unreachable where nobody listens and bad-address for nonsense', async () => {
    const far = await listen();
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    expect(await openTransport(`tcp://127.0.0.1:${far.port}`)).toMatchObject({ error: { code: 'unreachable' } });
    expect(await openTransport('tcp://nowhere')).toMatchObject({ error: { code: 'bad-address' } });
  });

  it('gives up on a far end that takes nothing', async () => {
    const far = await listen();
    const opened = await openTcp({ scheme: 'tcp', host: '127.0.0.1', port: far.port }, { writeGraceMs: 50 });
    if (!opened.ok) throw new Error(opened.error.detail);
    const socket = await far.connected;
    socket.pause();
    const closed = closedOf(opened.value);
    expect(await opened.value.write(new Uint8Array(16_000_000))).toMatchObject({ ok: false, error: { code: 'io' } });
    expect(await closed).toMatchObject({ code: 'io' });
    await opened.value.close();
    socket.destroy();
  });
});

describe('HID over TCP', () => {
  it('carries whole reports however the stream is cut', async () => {
    const far = await listen();
    const transport = await open(`hid+tcp://127.0.0.1:${far.port}`);
    const socket = await far.connected;
    expect(transport.kind).toBe('reports');
    const heard = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    await transport.write(Uint8Array.of(4, 1));
    expect([...(await heard)]).toEqual([0, 2, 4, 1]);
    const report = nextData(transport);
    socket.write(Uint8Array.of(0));
    socket.write(Uint8Array.of(3, 9));
    socket.write(Uint8Array.of(8, 7));
    expect([...(await report)]).toEqual([9, 8, 7]);
    expect(await transport.write(new Uint8Array(0))).toMatchObject({ ok: false });
    await transport.close();
  });

  it('is lost when the far end speaks something else', async () => {
    const far = await listen();
    const transport = await open(`hid+tcp://127.0.0.1:${far.port}`);
    const closed = closedOf(transport);
    (await far.connected).write(Uint8Array.of(0xff, 0xff, 1));
    expect(await closed).toMatchObject({ code: 'io' });
  });

  it('splits what was joined', () => {
    const report = fc.uint8Array({ minLength: 1, maxLength: 70 });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 8 }), fc.integer({ min: 1, max: 20 }), (reports, step) => {
        const stream = Uint8Array.from(reports.flatMap((one) => [...encodeReport(one)]));
        const splitter = new ReportSplitter();
        const got: Uint8Array[] = [];
        for (let start = 0; start < stream.length; start += step) {
          got.push(...(splitter.push(stream.subarray(start, start + step)) ?? []));
        }
        expect(got).toEqual(reports);
      }),
    );
  });

  it('refuses impossible lengths', () => {
    expect(new ReportSplitter().push(Uint8Array.of(0, 0))).toBeNull();
    const tooLong = MAX_REPORT_LENGTH + 1;
    expect(new ReportSplitter().push(Uint8Array.of(tooLong >> 8, tooLong & 0xff))).toBeNull();
  });
});

describe('choice of a HID device', () => {
  const keyboard = { vendorId: 0x1234, productId: 1, path: 'a', usagePage: 1, usage: 6, release: 0, interface: 0 };
  const vendor = { ...keyboard, path: 'b', usagePage: 0xff00, usage: 1, serialNumber: 'S1' };
  const any = {
    scheme: 'hid',
    path: null,
    vendorId: 0x1234,
    productId: 1,
    usagePage: null,
    usage: null,
    serialNumber: null,
  } as const;

  it.each([
    [{ ...any, usagePage: 0xff00 }, 'b'],
    [{ ...any, usage: 6 }, 'a'],
    [{ ...any, serialNumber: 'S1' }, 'b'],
    [{ ...any, vendorId: null, productId: null, path: 'a' }, 'a'],
    [{ ...any, productId: 2 }, null],
  ])('%j -> %s', (address, path) => {
    expect(matchDevice(address, [keyboard, vendor])).toBe(path);
  });
});
