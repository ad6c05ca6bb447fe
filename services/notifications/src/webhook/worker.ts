import { raw, type ServiceDefinition } from '@shotlog/kernel';
import { enqueue, settle, startCursors, sweep, takeDue, type Due } from './delivery.ts';
import { post } from './post.ts';
import { sign } from './signature.ts';

const IDLE_MS = 1_000;
const AT_ONCE = 20;
const SWEEP_MS = 3_600_000;

type Parts = Parameters<NonNullable<ServiceDefinition['background']>>[0];

/** Queues and sends what webhooks want, until stopped. Any number of replicas may run it. */
export const startWebhooks = async ({ context, logger, projector, resource }: Parts): Promise<() => Promise<void>> => {
  const { db } = context('webhooks');
  const privateAddresses = resource<boolean>('privateAddresses');
  const ending = new AbortController();
  let wake: (() => void) | null = null;
  let due = true;
  let swept = Date.now();
  /** Webhooks as last read; null when they may have changed. Most studios have none, and every event asks. */
  let known: { id: string }[] | null = null;
  let changes = 0;
  projector.onProjected(({ events }) => {
    if (events.length === 0 || events.some((e) => e.type.startsWith('Webhook'))) {
      known = null;
      changes += 1;
    }
    if (known?.length === 0) return;
    due = true;
    wake?.();
  });

  const send = async (one: Due): Promise<void> => {
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = { 'webhook-id': one.event_id, 'webhook-timestamp': String(timestamp), 'webhook-signature': sign(one.secret, one.event_id, timestamp, one.body) };
    const outcome = await post(one.url, headers, one.body, { privateAddresses, signal: ending.signal })
      .then((status) => ({ status, error: null }), (error: Error) => ({ status: null, error: error.message.slice(0, 200) }));
    // An attempt that our own end cut off is made again when its time is over.
    if (!ending.signal.aborted) await settle(db, one, outcome);
  };
  const sendDue = async (): Promise<boolean> => {
    const taken = await takeDue(db, AT_ONCE);
    const byWebhook = Map.groupBy(taken, (d) => d.webhook_id);
    await Promise.all([...byWebhook.values()].map(async (list) => {
      for (const one of list) await send(one);
    }));
    return taken.length > 0;
  };
  const round = async (): Promise<boolean> => {
    const asked = changes;
    const webhooks = known ?? await db.all<{ id: string }>(raw('select id from webhook'));
    if (asked === changes) known = webhooks;
    if (webhooks.length === 0) return false;
    await startCursors(db);
    let more = false;
    for (const { id } of webhooks) more = (await enqueue(db, id)) || more;
    return (await sendDue()) || more;
  };

  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      due = false;
      const busy = await round().catch((error) => {
        if (!ending.signal.aborted) logger.warn({ err: error }, 'webhooks wait');
        return false;
      });
      if (Date.now() - swept > SWEEP_MS) {
        swept = Date.now();
        await sweep(db).catch((error) => logger.warn({ err: error }, 'old deliveries stay'));
      }
      if (busy || due || ending.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, IDLE_MS).unref();
      });
      wake = null;
    }
  };
  const ended = loop();
  return async () => {
    ending.abort();
    wake?.();
    await ended;
  };
};
