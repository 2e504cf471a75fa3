import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TEST_CARDS } from '../fixtures/cards.ts';
import type { SimulatorBench } from './bench.ts';
import { runPanelAction } from './panel-actions.ts';
import type { PanelExtras } from './panel-actions.ts';

export type { PanelExtras, PanelMessage, PlatformFault } from './panel-actions.ts';

/** Newest lines of activity that a page gets. */
const ACTIVITY_SHOWN = 200;
const RECEIPTS_SHOWN = 8;
const MESSAGES_SHOWN = 30;
const MAX_BODY_BYTES = 16_384;
/** The page, made of files beside this one. */
const PAGE_FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  '/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
};
/** Changes are told to pages at most this often, in milliseconds. */
const TELL_MS = 80;

/**
 * The simulator panel: one page on 127.0.0.1 by which a person plays the hardware of a simulated kiosk. Development
 * only. Requests from other web pages are refused (`Host`, `Origin` and content type are checked).
 */
export class SimulatorPanel {
  readonly #bench: SimulatorBench;
  readonly #extras: PanelExtras;
  readonly #server: Server;
  readonly #pages = new Set<ServerResponse>();
  readonly #unsubscribe: () => void;
  #telling: NodeJS.Timeout | null = null;
  #port = 0;

  private constructor(bench: SimulatorBench, extras: PanelExtras) {
    this.#bench = bench;
    this.#extras = extras;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#unsubscribe = bench.changes.subscribe(() => this.changed());
  }

  /** @param options.port 0 or left out for any free port */
  static async start(
    bench: SimulatorBench,
    extras: PanelExtras = {},
    options: { readonly port?: number } = {},
  ): Promise<SimulatorPanel> {
    const panel = new SimulatorPanel(bench, extras);
    await new Promise<void>((resolve, reject) => {
      panel.#server.once('error', reject);
      panel.#server.listen(options.port ?? 0, '127.0.0.1', () => resolve());
    });
    panel.#port = (panel.#server.address() as AddressInfo).port;
    return panel;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Tells open pages that something changed that the bench does not know of, e.g. a new text message. */
  changed(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      for (const page of this.#pages) page.write('data: changed\n\n');
    }, TELL_MS);
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    if (this.#telling !== null) clearTimeout(this.#telling);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      if (!response.headersSent) reply(response, 500, 'text/plain', error instanceof Error ? error.message : 'error');
      else response.end();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const host = `127.0.0.1:${this.#port}`;
    const { origin } = request.headers;
    if (request.headers.host !== host || (origin !== undefined && origin !== `http://${host}`)) {
      reply(response, 403, 'text/plain', 'only from this machine');
    } else if (request.method === 'POST' && path === '/action') {
      await this.#act(request, response);
    } else if (request.method !== 'GET') {
      reply(response, 405, 'text/plain', 'GET only');
    } else if (PAGE_FILES[path] !== undefined) {
      const { file, type } = PAGE_FILES[path];
      reply(response, 200, type, await readFile(new URL(`panel-page/${file}`, import.meta.url)));
    } else if (path === '/state') {
      reply(response, 200, 'application/json', JSON.stringify(this.#state()));
    } else if (path === '/events') {
      this.#listen(response);
    } else if (path.startsWith('/receipts/')) {
      const receipt = this.#bench.receipts.find((one) => path === `/receipts/${one.id}.png`);
      if (receipt === undefined) reply(response, 404, 'text/plain', 'no such receipt');
      else reply(response, 200, 'image/png', await readFile(receipt.path));
    } else {
      reply(response, 404, 'text/plain', 'nothing here');
    }
  }

  async #act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers['content-type'] !== 'application/json') {
      reply(response, 415, 'text/plain', 'JSON only');
      return;
    }
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of request) {
      size += (part as Buffer).length;
      if (size > MAX_BODY_BYTES) {
        reply(response, 413, 'text/plain', 'too long');
        return;
      }
      parts.push(part as Buffer);
    }
    let body: unknown;
    try {
      body = JSON.parse(Buffer.concat(parts).toString('utf8'));
    } catch {
      reply(response, 400, 'text/plain', 'not JSON');
      return;
    }
    const problem = await runPanelAction(this.#bench, this.#extras, body);
    if (problem === null) reply(response, 200, 'application/json', JSON.stringify(this.#state()));
    else reply(response, 400, 'text/plain', problem);
    this.changed();
  }

  #state(): unknown {
    const { network, platform, messages } = this.#extras;
    return {
      ...this.#bench.state(),
      cards: Object.values(TEST_CARDS).map(({ key, label }) => ({ key, label })),
      activity: this.#bench.log.slice(-ACTIVITY_SHOWN).reverse(),
      papers: this.#bench.receipts
        .slice(-RECEIPTS_SHOWN)
        .reverse()
        .map(({ id, at, end }) => ({ id, at, end })),
      network: network === undefined ? null : { cut: network.isCut() },
      platform: platform === undefined ? null : { fault: platform.fault() },
      messages: messages === undefined ? null : messages().slice(-MESSAGES_SHOWN).reverse(),
    };
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('data: hello\n\n');
    this.#pages.add(response);
    response.on('close', () => this.#pages.delete(response));
  }
}

function reply(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'self'; script-src 'self'",
  });
  response.end(body);
}
