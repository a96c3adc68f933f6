// A server in a thread of its own, where the polluted prototypes of a test do not reach it. It answers every whole request
// with `answer` and closes the connection; asked for it, it hands over what came in, by connection.
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';

const { answer, tls } = workerData;
const received = [];

function onConnection(socket) {
  const index = received.push('') - 1;
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  socket.on('data', (text) => {
    received[index] += text;
    const [head, body] = received[index].split('\r\n\r\n');
    const length = /^content-length: (\d+)/im.exec(head)?.[1] ?? 0;
    if (body !== undefined && body.length >= Number(length)) socket.end(answer);
  });
}

const server = tls ? createTlsServer(tls, onConnection) : createServer(onConnection);
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
parentPort.on('message', () => parentPort.postMessage(received.splice(0)));
