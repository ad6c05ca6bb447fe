import { describe, expect, it } from 'vitest';
import { natsConformance } from './conformance.ts';
import { startNats } from './index.ts';
import { Wire } from './wire.ts';

describe('the embedded broker', () => {
  natsConformance(startNats);

  it('says to a slow consumer why it is cut off', async () => {
    const broker = await startNats({ maxPendingBytes: 1024 * 1024 });
    const [slow, publisher] = [await Wire.open(broker.url, {}), await Wire.open(broker.url, {})];
    slow.send('SUB frames 1\r\n');
    await slow.settles();
    slow.pause();
    for (let sent = 0; sent < 400; sent++) publisher.send(`PUB frames 60000\r\n${'f'.repeat(60_000)}\r\n`);
    await publisher.settles();
    slow.resume();
    await slow.isCut();
    // At the border of a message, so that a client can tell it from a payload.
    expect(slow.received).toMatch(/f\r\n-ERR 'Slow Consumer'\r\n$/);
    publisher.close();
    await broker.stop();
  });

  it('closes its connections and frees its port when stopped, and may be stopped twice', async () => {
    const broker = await startNats();
    const wire = await Wire.open(broker.url, {});
    await wire.settles();
    await Promise.all([broker.stop(), broker.stop(), wire.isCut()]);
    const again = await startNats({ port: broker.port });
    expect(again.url).toBe(broker.url);
    await expect(startNats({ port: again.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await again.stop();
  });
});
