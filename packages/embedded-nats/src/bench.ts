import { connect as dial } from 'node:net';
import { once } from 'node:events';
import { startNats } from './server.ts';

/** How fast messages of 64 bytes go from one publisher to `subscribers`, all in this process. Run: `node src/bench.ts`. */
const fanOut = async (messages: number, subscribers: number): Promise<number> => {
  const broker = await startNats();
  const open = async (): Promise<ReturnType<typeof dial>> => {
    const socket = dial(broker.port, '127.0.0.1');
    await once(socket, 'data');
    socket.write('CONNECT {"verbose":false,"pedantic":false}\r\n');
    return socket;
  };
  const expected = messages * Buffer.byteLength(`MSG shot:update 1 64\r\n${'x'.repeat(64)}\r\n`);
  const receivers = await Promise.all(Array.from({ length: subscribers }, open));
  const received = receivers.map((socket) => new Promise<void>((resolve) => {
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length) >= expected && resolve());
    socket.write('SUB shot:update 1\r\n');
  }));
  const publisher = await open();
  const batch = Buffer.from(`PUB shot:update 64\r\n${'x'.repeat(64)}\r\n`.repeat(500));
  const started = performance.now();
  for (let sent = 0; sent < messages; sent += 500) {
    if (!publisher.write(batch)) await once(publisher, 'drain');
  }
  await Promise.all(received);
  const seconds = (performance.now() - started) / 1000;
  for (const socket of [publisher, ...receivers]) socket.destroy();
  await broker.stop();
  return Math.round((messages * subscribers) / seconds);
};

for (const [messages, subscribers] of [[500_000, 1], [200_000, 10], [20_000, 100]] as const) {
  process.stdout.write(`${subscribers} subscribers: ${await fanOut(messages, subscribers)} deliveries/s\n`);
}
