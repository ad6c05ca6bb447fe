import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { DomainError } from '@shotlog/kernel';
import { natsServer } from '@shotlog/kernel/nats-server';
import { decodeReply, type CommandMessage, type CommandReply } from '@shotlog/kernel/wire';

const TIMEOUT_MS = 60_000;

export type Commands = {
  /** Sends a command to its service. @throws DomainError as the service said it, Unavailable (503) when nobody answers. */
  send(subject: string, message: CommandMessage): Promise<{ answer: unknown; position: string | null }>;
  nats: NatsConnection;
  close(): Promise<void>;
};

const asText = (message: CommandMessage): string => {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    // What the parser took and the stack cannot hold.
    throw new DomainError('Invalid', 'The request is nested too deep.', { cause });
  }
};

/** How long a request waits for a broker that is being started again. */
const RECONNECT_MS = 5_000;

/**
 * Requests over a connection that may break: a reply that was on its way then never comes, so whoever waits for one is told at once; what is
 * sent meanwhile would be lost, so it waits for the connection.
 */
const watch = (nats: NatsConnection) => {
  const waiting = new Set<(cause: Error) => void>();
  const sleeping = new Set<() => void>();
  let up = true;
  void (async () => {
    for await (const { type } of nats.status()) {
      if (type === 'disconnect') {
        up = false;
        for (const fail of waiting) fail(new Error('the broker went away'));
      } else if (type === 'reconnect') {
        up = true;
        for (const go of sleeping) go();
      }
    }
  })();
  const connected = (): Promise<void> => new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      sleeping.delete(go);
      settle();
    };
    const go = () => end(resolve);
    const timer = setTimeout(() => end(() => reject(new Error('the broker is away'))), RECONNECT_MS);
    sleeping.add(go);
  });
  return {
    async request(subject: string, sent: Uint8Array): Promise<Msg> {
      if (!up) await connected();
      return new Promise<Msg>((resolve, reject) => {
        waiting.add(reject);
        nats.request(subject, sent, { timeout: TIMEOUT_MS }).then(resolve, reject).finally(() => waiting.delete(reject));
      });
    },
  };
};

type Direct = { command(subject: string, message: CommandMessage): Promise<CommandReply> | null };

/** What a reply is after its way over the wire: JSON. */
const asReplied = (reply: CommandReply): CommandReply => JSON.parse(JSON.stringify(reply));

/** The gateway's side of the commands: NATS request and reply, or a call of a service that runs in the same process. */
export const openCommands = async (natsUrl: string, local: Iterable<Direct>): Promise<Commands> => {
  const here = [...local];
  const nats = await connect({ ...natsServer(natsUrl), maxReconnectAttempts: -1, reconnectTimeWait: 250, name: 'shotlog-gateway', noAsyncTraces: true });
  const link = watch(nats);
  return {
    nats,
    async send(subject, message) {
      const sent = Buffer.from(asText(message));
      if (sent.length > (nats.info?.max_payload ?? 1_048_576) - 4_096) throw new DomainError('Invalid', 'The request is too large.', { status: 413 });
      let direct: Promise<CommandReply> | null = null;
      for (const service of here) direct ??= service.command(subject, message);
      const decoded = direct ? asReplied(await direct) : decodeReply((await link.request(subject, sent).catch((cause) => {
        throw new DomainError('Unavailable', 'The service that does this does not answer now. Try again.', { cause });
      })).data);
      if ('error' in decoded) throw DomainError.fromWire(decoded.error);
      return decoded;
    },
    // A drain waits for a broker that may be gone.
    close: async () => {
      await Promise.race([nats.drain().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
      await nats.close().catch(() => {});
    },
  };
};
