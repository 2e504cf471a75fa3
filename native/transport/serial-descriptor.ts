import { readSync, writeSync } from 'node:fs';

type Ready = 'readable' | 'writable';

/** What serialport's bindings for Linux and macOS hold of an open port; the one for Windows has no descriptor. */
interface DescriptorPort {
  fd: number | null;
  readonly poller: { once(event: Ready, callback: (error: Error | null) => void): unknown };
  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }>;
  write(buffer: Buffer): Promise<void>;
}

function hasDescriptor(port: object): port is DescriptorPort {
  return 'fd' in port && typeof port.fd === 'number' && 'poller' in port;
}

/** Not there yet, or broken off: asked again when the port is ready. */
function isLater(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR';
}

/**
 * Lets an open port read and write on its own descriptor, which never blocks, instead of by way of the thread pool: four
 * threads fewer wake for each question that a device answers. A line that has hung up reads as nothing; serialport would
 * read it again and again without end and never tell, here it is the end of the line at once.
 * @param port the binding's hold on the port, before anything was read
 */
export function workAtOnce(port: object): void {
  if (!hasDescriptor(port)) return;
  const ready = (event: Ready): Promise<void> =>
    new Promise((resolve, reject) => port.poller.once(event, (error) => (error ? reject(error) : resolve())));
  const descriptor = (): number => {
    if (port.fd === null) throw Object.assign(new Error('Port is not open'), { canceled: true });
    return port.fd;
  };
  port.read = async (buffer, offset, length) => {
    for (;;) {
      await ready('readable');
      try {
        const bytesRead = readSync(descriptor(), buffer, offset, length, null);
        if (bytesRead > 0) return { buffer, bytesRead };
      } catch (error) {
        if (isLater(error)) continue;
        throw error;
      }
      throw Object.assign(new Error('the line has hung up'), { disconnect: true });
    }
  };
  port.write = async (buffer) => {
    for (let done = 0; done < buffer.length;) {
      try {
        done += writeSync(descriptor(), buffer, done, buffer.length - done);
      } catch (error) {
        if (!isLater(error)) throw error;
        await ready('writable');
      }
    }
  };
}
