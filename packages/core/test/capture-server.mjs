// A server in a thread of its own, where the polluted prototypes of a test do not reach it. It answers every whole request
// with `answer` and closes the connection; asked for it, it hands over what came in, by connection.
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';

const { answer, tls } = workerData;
let connections = [];

function onConnection(socket) {
  const connection = { received: '' };
  connections.push(connection);
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  socket.on('data', (text) => {
    connection.received += text;
    const [head, body] = connection.received.split('\r\n\r\n');
    const length = /^content-length: (\d+)/im.exec(head)?.[1] ?? 0;
    if (body !== undefined && body.length >= Number(length)) socket.end(answer);
  });
}

const server = tls ? createTlsServer(tls, onConnection) : createServer(onConnection);
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
parentPort.on('message', () => {
  parentPort.postMessage(connections.map(({ received }) => received));
  connections = [];
});
