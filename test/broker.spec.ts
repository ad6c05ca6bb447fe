import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { startNats } from '@shotlog/embedded';
import { openCommands } from '@shotlog/gateway/commands';

it('tells whoever waits for a reply at once that the broker went away, and works again when it is back', async () => {
  let broker = await startNats({ port: 0 });
  const { port, url } = broker;
  const service = await connect({ servers: [url], maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  let asked!: () => void;
  const arrived = new Promise<void>((resolve) => { asked = resolve; });
  service.subscribe('cmd.x.silent', { callback: () => asked() });
  service.subscribe('cmd.x.echo', { callback: (_, message) => void message.respond(JSON.stringify({ answer: 'here', position: null })) });
  await service.flush();
  const commands = await openCommands(url, []);
  const waiting = commands.send('cmd.x.silent', { token: null, input: {} });
  const refused = expect(waiting).rejects.toMatchObject({ status: 503 });
  await arrived;
  await broker.stop();
  await refused;
  broker = await startNats({ port });
  // The service's own connection may come back later than the gateway's.
  const again = async (): Promise<unknown> => commands.send('cmd.x.echo', { token: null, input: {} }).then(({ answer }) => answer, again);
  expect(await again()).toBe('here');
  await commands.close();
  await service.close();
  await broker.stop();
});
