// Generates HTTP load from a process of its own, over sockets that stay open, as cheaply as it can: it shares the machine.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

const BLANK = Buffer.from('\r\n\r\n');

/** One connection: one request at a time. Resolves with status and body. */
const connection = (port) => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = Buffer.alloc(0);
  let answer;
  const failed = (error) => answer?.reject(error ?? new Error('the connection was closed'));
  socket.on('error', failed);
  socket.on('close', () => failed());
  socket.on('data', (chunk) => {
    received = received.length ? Buffer.concat([received, chunk]) : chunk;
    const end = received.indexOf(BLANK);
    if (end < 0) return;
    const head = received.toString('latin1', 0, end);
    const length = /content-length: (\d+)/i.exec(head);
    if (!length) return failed(new Error(`an answer without a length: ${head}`));
    const whole = end + 4 + Number(length[1]);
    if (received.length < whole) return;
    const body = received.toString('utf8', end + 4, whole);
    received = received.subarray(whole);
    const { resolve } = answer;
    answer = undefined;
    resolve({ status: Number(head.slice(9, 12)), body });
  });
  return {
    ask: (bytes) =>
      new Promise((resolve, reject) => {
        answer = { resolve, reject };
        socket.write(bytes);
      }),
    close: () => socket.destroy(),
  };
};

process.on('message', async ({ port, path, at, total, requests, expect }) => {
  try {
    let next = 0;
    let bytes = 0;
    // Anew each time: a server ends connections on which nothing was asked for a while.
    const ready = Array.from({ length: at }, () => connection(port));
    const started = performance.now();
    await Promise.all(
      ready.map(async ({ ask }) => {
        while (next < total) {
          const { token, body } = requests[next++ % requests.length];
          const sent = body.replace('COMMAND-ID', () => randomUUID());
          const answer = await ask(
            `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
              `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(sent)}\r\n\r\n${sent}`,
          );
          bytes += answer.body.length;
          if (answer.status !== 200 || !answer.body.includes(expect))
            throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 500)}`);
        }
      }),
    );
    const ms = performance.now() - started;
    for (const { close } of ready) close();
    process.send({ ms, bytes: bytes / total });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on('disconnect', () => process.exit(0));
