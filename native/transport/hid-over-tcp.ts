import { err } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError } from '../model/transport.ts';
import { formatAddress } from './address.ts';
import type { HidTcpAddress, PcscTcpAddress, WinspoolTcpAddress } from './address.ts';
import { openTcp } from './tcp.ts';
import { TransportCore, transportError } from './transport-core.ts';

/** Longest report carried, in bytes; HID reports have at most 1024, so more means that the far end speaks otherwise. */
export const MAX_REPORT_LENGTH = 4_096;

/** Puts the two-byte big-endian length before a report. */
export function encodeReport(report: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(report.length + 2);
  bytes[0] = report.length >> 8;
  bytes[1] = report.length & 0xff;
  bytes.set(report, 2);
  return bytes;
}

/** Cuts a byte stream into reports. `null` means that a length was impossible and the stream is useless. */
export class ReportSplitter {
  #pending: Uint8Array = new Uint8Array(0);

  push(bytes: Uint8Array): readonly Uint8Array[] | null {
    const joined = new Uint8Array(this.#pending.length + bytes.length);
    joined.set(this.#pending);
    joined.set(bytes, this.#pending.length);
    const reports: Uint8Array[] = [];
    let start = 0;
    while (joined.length - start >= 2) {
      const length = ((joined[start] ?? 0) << 8) | (joined[start + 1] ?? 0);
      if (length === 0 || length > MAX_REPORT_LENGTH) return null;
      if (joined.length - start - 2 < length) break;
      reports.push(joined.slice(start + 2, start + 2 + length));
      start += 2 + length;
    }
    this.#pending = joined.slice(start);
    return reports;
  }
}

/** Opens a device of whole reports (HID, CCID messages, requests to a spooler) that is carried over TCP. */
export async function openReportsOverTcp(
  address: HidTcpAddress | PcscTcpAddress | WinspoolTcpAddress,
): Promise<Result<Transport, TransportError>> {
  const stream = await openTcp({ scheme: 'tcp', host: address.host, port: address.port });
  return stream.ok ? { ok: true, value: reportsOver(stream.value, formatAddress(address)) } : stream;
}

/** Makes whole reports of a byte stream. */
function reportsOver(stream: Transport, address: string): Transport {
  const core = new TransportCore();
  const splitter = new ReportSplitter();
  stream.onData((bytes) => {
    const reports = splitter.push(bytes);
    if (reports === null) {
      core.end(transportError('io', 'the far end does not send length-prefixed reports'));
      void stream.close();
      return;
    }
    for (const report of reports) core.deliver(report);
  });
  stream.onClosed((error) => core.end(error));
  return {
    kind: 'reports',
    address,
    baud: null,
    onData: (listener) => core.onData(listener),
    onClosed: (listener) => core.onClosed(listener),
    write: async (report) =>
      report.length === 0 || report.length > MAX_REPORT_LENGTH
        ? err(transportError('io', `a report has 1 to ${MAX_REPORT_LENGTH} bytes`))
        : stream.write(encodeReport(report)),
    close: async () => {
      core.end(null);
      await stream.close();
    },
  };
}
