import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadSqlite } from '../../../electron/store/index.ts';

/*
 * A platform for measuring, in a process of its own: `node bench-platform.ts DIR KEEPS`. It keeps every message by its key and
 * opens nothing; a message whose hash is wrong is refused. KEEPS is `disk` (synchronous=FULL, one commit a request) or `memory`
 * (a platform has a machine of its own: its disk is not the kiosk's). Parent and child talk by IPC: out `{port}`,
 * `{kept}` at the first request and after each that keeps something, in `{hang: KEY | null}`.
 */
const [dir = '', keeps = 'disk'] = process.argv.slice(2);
const db = new (loadSqlite())(keeps === 'memory' ? ':memory:' : join(dir, 'platform.sqlite'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(
  'CREATE TABLE message (key TEXT PRIMARY KEY, sha256 TEXT NOT NULL, body BLOB NOT NULL, answer TEXT NOT NULL) STRICT',
);
const find = db.prepare('SELECT sha256, answer FROM message WHERE key = ?');
const keep = db.prepare('INSERT INTO message VALUES (?, ?, ?, ?)');
let kept = 0;
let asked = false;
let hang: string | null = null;

interface Submission {
  readonly caseId: string;
  readonly trackingNumber: string;
  readonly itemId: string;
  readonly sha256: string;
}

/** The answer to one message; the first one again for a known key. */
function take(key: string, body: Buffer): { readonly status: number; readonly text: string } {
  const sha256 = createHash('sha256').update(body).digest('hex');
  const known = find.get(key) as { sha256: string; answer: string } | undefined;
  if (known && known.sha256 !== sha256) {
    return { status: 422, text: '{"type":"urn:hall24:key-reused","title":"reused","status":422}' };
  }
  if (known) return { status: 201, text: known.answer };
  const { caseId, trackingNumber, itemId, sha256: envelopeHash } = JSON.parse(body.toString('utf8')) as Submission;
  const now = new Date().toISOString();
  const text = JSON.stringify({
    caseId,
    trackingNumber,
    itemId,
    state: 'approved',
    caseNumber: `990001-2026-${caseId.slice(-7)}`,
    receivedAt: now,
    decidedAt: now,
    outcome: null,
    sha256: envelopeHash,
  });
  keep.run(key, sha256, body, text);
  kept += 1;
  return { status: 201, text };
}

const NOOP = '/noop?answers=';
let noop: { readonly count: number; readonly text: string } = { count: 0, text: '' };

/** An answer as long as one to so many cases. */
function noopAnswer(count: number): string {
  const part = {
    key: 'case:01234567-0123-7123-8123-0123456789ab:1',
    status: 201,
    replayed: false,
    answer: 'x'.repeat(400),
  };
  if (noop.count !== count)
    noop = { count, text: JSON.stringify({ answers: Array.from({ length: count }, () => part) }) };
  return noop.text;
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.end(text);
}

function handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  if (request.url?.startsWith(NOOP)) {
    JSON.parse(body.toString('utf8'));
    return send(response, 200, noopAnswer(Number(request.url.slice(NOOP.length))));
  }
  if (!asked) process.send?.({ kept });
  asked = true;
  if (request.url === '/v1/heartbeats') {
    const now = new Date().toISOString();
    const batch = { entries: 50, bytes: 1 << 20 };
    return send(response, 200, JSON.stringify({ now, catalogueVersion: 1, pickupsVersion: 1, batch }));
  }
  if (request.url === '/v1/batches') {
    const { entries } = JSON.parse(body.toString('utf8')) as { entries: { key: string; body: string }[] };
    if (entries.some(({ key }) => key === hang)) return undefined;
    db.exec('BEGIN IMMEDIATE');
    const answers = entries.map(({ key, body: text }) => {
      const { status, text: answer } = take(key, Buffer.from(text, 'utf8'));
      return `{"key":${JSON.stringify(key)},"status":${status},"replayed":false,"answer":${answer}}`;
    });
    db.exec('COMMIT');
    process.send?.({ kept });
    return send(response, 200, `{"answers":[${answers.join(',')}]}`);
  }
  const key = String(request.headers['idempotency-key'] ?? '');
  if (request.url === '/v1/cases' && key !== '') {
    if (key === hang) return undefined;
    const { status, text } = take(key, body);
    process.send?.({ kept });
    return send(response, status, text);
  }
  return send(response, 404, '{"type":"urn:hall24:not-found","title":"no","status":404}');
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => handle(request, Buffer.concat(chunks), response));
});
process.on('message', (message: { hang: string | null }) => {
  hang = message.hang;
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
