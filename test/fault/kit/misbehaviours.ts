import { SEALED_CHUNK_BYTES } from '../../../electron/domain/attachment.ts';
import { attachmentOfMetadata } from '../../../electron/platform-api/uploads.ts';
import type { Dice } from './dice.ts';
import { httpBytes, type Answering, type Misbehaviour } from './bad-line.ts';

const PORTAL = '<!doctype html><title>Login</title><form action="/login">Please sign in</form>';

/** Where the body of an answer begins. */
const bodyOf = (answer: Buffer): number => answer.indexOf('\r\n\r\n') + 4;

function json(status: number, body: unknown, headers: readonly string[] = []): Buffer {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return httpBytes(status, type, JSON.stringify(body), headers);
}

/** Answers of a batch, changed; anything else goes unchanged. */
function changedBatch({ commit, heard, socket }: Answering, change: (answers: unknown[]) => unknown[]): void {
  const answer = commit();
  if (!heard.path.endsWith('/batches')) {
    socket.write(answer);
    return;
  }
  const { answers } = JSON.parse(answer.subarray(bodyOf(answer)).toString('utf8')) as { answers: unknown[] };
  socket.write(json(200, { answers: change(answers) }));
}

/** Sends byte by byte, a byte a tick, until the other side has enough of it. */
function drip({ socket }: Answering, bytes: Buffer, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= bytes.length) clearInterval(timer);
    else socket.write(bytes.subarray(at, (at += 1)));
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
}

type Make = (dice: Dice) => Misbehaviour;
const answering =
  (name: string, answer: (line: Answering, dice: Dice) => void): Make =>
  (dice) => ({ name, answer: (line) => answer(line, dice) });

/** The connection is cut after so many bytes of the request. */
export function cutRequest(at: number): Misbehaviour {
  return { name: `request cut at ${at}`, cutRequestAt: at };
}

/** The connection is cut after so many bytes of a chunk; other calls are answered soundly. */
export function cutChunk(at: number): Misbehaviour {
  return { name: `chunk cut at ${at}`, only: 'PATCH', cutRequestAt: at };
}

/** Nothing is done to it. */
export const SOUND: Misbehaviour = { name: 'sound', answer: ({ socket, commit }) => socket.write(commit()) };

/** The platform commits, and the connection is cut after so many bytes of its answer. */
export function cutAnswer(at: number): Misbehaviour {
  return {
    name: `answer cut at ${at}`,
    answer: ({ socket, commit }) => {
      const answer = commit();
      if (at <= 0) socket.destroy();
      else socket.write(answer.subarray(0, at), () => socket.destroy());
    },
  };
}

/** Every kind of misbehaviour by its name. */
export const MISBEHAVIOURS: Readonly<Record<string, Make>> = {
  'request-cut': (dice) => cutRequest(dice.between(1, 1_200)),
  'killed-before-commit': answering('killed before commit', ({ socket }) => socket.destroy()),
  'killed-after-commit': () => cutAnswer(0),
  'answer-cut': (dice) => cutAnswer(dice.between(1, 600)),
  portal: answering('portal', ({ socket }) => socket.write(httpBytes(200, 'text/html', PORTAL))),
  'portal-json': answering('portal in JSON', ({ socket }) => socket.write(json(200, { login: 'required' }))),
  redirect: answering('redirect', ({ socket }) =>
    socket.write(httpBytes(302, 'text/html', PORTAL, ['location: http://127.0.0.1/login'])),
  ),
  'half-open': answering('half open', () => undefined),
  'half-open-after-commit': answering('half open after commit', ({ commit }) => void commit()),
  'byte-by-byte': answering('a byte a second', (line) => drip(line, line.commit(), 50)),
  'twice-delivered': answering('twice delivered', ({ socket, commit }) => {
    commit();
    socket.write(commit());
  }),
  'delivered-late': answering('delivered again much later', ({ socket, commit }, dice) => {
    socket.write(commit());
    setTimeout(commit, dice.between(5, 60));
  }),
  'length-too-long': answering('wrong length, too long', ({ socket, commit }) => {
    const answer = commit().toString('utf8');
    socket.end(
      answer.replace(/content-length: (\d+)/u, (_, length: string) => `content-length: ${Number(length) + 7}`),
    );
  }),
  'length-too-short': answering('wrong length, too short', ({ socket, commit }) => {
    const answer = commit().toString('utf8');
    socket.end(
      answer.replace(/content-length: (\d+)/u, (_, length: string) => `content-length: ${Number(length) - 7}`),
    );
  }),
  'busy-429': answering('429', ({ socket }) =>
    socket.write(json(429, { type: 'urn:hall24:busy', title: 'busy', status: 429 }, ['retry-after: 2'])),
  ),
  'busy-503': answering('503', ({ socket }) =>
    socket.write(json(503, { type: 'urn:hall24:busy', title: 'busy', status: 503 }, ['retry-after: 1'])),
  ),
  'proxy-503': answering('503 of a proxy', ({ socket }) =>
    socket.write(httpBytes(503, 'text/html', '<h1>Bad gateway</h1>', ['retry-after: 1'])),
  ),
  'bare-500': answering('500', ({ socket }) => socket.write(httpBytes(500, 'text/plain', ''))),
  '500-after-commit': answering('500 after commit', ({ socket, commit }) => {
    commit();
    socket.write(httpBytes(500, 'text/plain', 'oops'));
  }),
  noise: answering('noise', ({ socket }, dice) => void socket.end(Buffer.from(dice.bytes(dice.between(1, 300))))),
  'answer-of-another': answering('answer of another', ({ socket, commit }) => {
    const answer = commit();
    const text = answer.subarray(bodyOf(answer)).toString('utf8');
    socket.write(httpBytes(200, 'application/json', text.replaceAll(/01990000/gu, '01990bad')));
  }),
  'batch-in-part': answering('batch answered in part', (line, dice) =>
    changedBatch(line, (answers) => answers.filter(() => dice.chance(0.5))),
  ),
  'batch-shuffled': answering('batch answered in another order', (line) =>
    changedBatch(line, (answers) => answers.toReversed()),
  ),
  'batch-doubled': answering('batch answered twice', (line) =>
    changedBatch(line, (answers) => [...answers, ...answers]),
  ),
  'batch-partly-busy': answering('batch partly busy', (line, dice) =>
    changedBatch(line, (answers) =>
      answers.map((part) =>
        dice.chance(0.5)
          ? part
          : {
              ...(part as object),
              status: 503,
              retryAfter: 1,
              answer: { type: 'urn:hall24:busy', title: 'busy', status: 503 },
            },
      ),
    ),
  ),
  'sequence-gap': answering('sequence gap', ({ socket }) =>
    socket.write(json(409, { type: 'urn:hall24:sequence-gap', title: 'gap', status: 409 })),
  ),
  'unknown-problem': answering('a problem of tomorrow', ({ socket }) =>
    socket.write(json(418, { type: 'urn:hall24:of-tomorrow', title: 'new', status: 418 })),
  ),
};

/** The file that a call of an upload is about. */
function fileOf({ path, headers }: Answering['heard']): string {
  return attachmentOfMetadata(headers['upload-metadata'] ?? '') ?? path.slice(path.lastIndexOf('/') + 1);
}

/** Kinds that mean the same for the calls of a file. */
const COMMON = [
  ...['killed-before-commit', 'killed-after-commit', 'answer-cut', 'portal', 'portal-json', 'redirect', 'half-open'],
  ...['half-open-after-commit', 'byte-by-byte', 'twice-delivered', 'delivered-late', 'length-too-long', 'busy-503'],
  ...['proxy-503', 'bare-500', '500-after-commit', 'noise', 'unknown-problem'],
] as const;

/** What may happen to the calls that bring a file. */
export const FILE_MISBEHAVIOURS: Readonly<Record<string, Make>> = {
  ...Object.fromEntries(COMMON.map((name) => [`file-${name}`, known(name)])),
  'file-chunk-cut': (dice) => cutRequest(dice.between(1, SEALED_CHUNK_BYTES + 600)),
  'file-head-cut': (dice) => cutRequest(dice.between(1, 600)),
  'file-kept-in-part': answering('a part of the chunk kept', ({ socket, heard, platform, commit }, dice) => {
    if (heard.method !== 'PATCH') commit();
    else {
      const { method, path, headers, body } = heard;
      platform.files.answer(method, path, headers, body, dice.below(body.length));
    }
    socket.destroy();
  }),
  'file-forgets': answering('what was kept is forgotten', ({ socket, heard, commit, platform }, dice) => {
    commit();
    const { offset = 0 } = platform.files.status(fileOf(heard)) ?? {};
    platform.files.forget(fileOf(heard), dice.below(offset + 1));
    socket.destroy();
  }),
  'file-wrong-offset': answering('another byte named', ({ socket, commit }, dice) => {
    const text = commit().toString('latin1');
    const wrong = dice.pick(['0', '1', '77777777', '-5', 'x']);
    socket.write(text.replace(/upload-offset: .*/u, `upload-offset: ${wrong}`), 'latin1');
  }),
  'file-no-tus': answering('an answer without the protocol', ({ socket, commit }) => {
    socket.write(
      commit()
        .toString('latin1')
        .replace(/tus-resumable: .*\r\n/u, ''),
      'latin1',
    );
  }),
  'file-chunk-damaged': answering('chunk damaged on its way', ({ socket, heard, commit }) => {
    const body = { type: 'urn:hall24:chunk-damaged', title: 'damaged', status: 460 };
    socket.write(heard.method === 'PATCH' ? json(460, body, ['tus-resumable: 1.0.0']) : commit());
  }),
  'file-offset-differs': answering('chunk refused for its place', ({ socket, heard, commit }) => {
    const body = { type: 'urn:hall24:offset-differs', title: 'differs', status: 409 };
    socket.write(heard.method === 'PATCH' ? json(409, body, ['tus-resumable: 1.0.0']) : commit());
  }),
};

function known(name: string): Make {
  const make = MISBEHAVIOURS[name];
  if (!make) throw new Error(`${name} is no misbehaviour`);
  return make;
}
