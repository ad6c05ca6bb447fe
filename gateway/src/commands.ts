import { connect, type NatsConnection } from '@nats-io/transport-node';
import { DomainError } from '@shotlog/kernel';
import { natsServer } from '@shotlog/kernel/nats-server';
import { decodeReply, type CommandMessage } from '@shotlog/kernel/wire';

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

/** The gateway's side of the commands: NATS request and reply. */
export const openCommands = async (natsUrl: string): Promise<Commands> => {
  const nats = await connect({ ...natsServer(natsUrl), maxReconnectAttempts: -1, reconnectTimeWait: 250, name: 'shotlog-gateway' });
  return {
    nats,
    async send(subject, message) {
      const sent = asText(message);
      if (sent.length > (nats.info?.max_payload ?? 1_048_576) - 4_096) throw new DomainError('Invalid', 'The request is too large.', { status: 413 });
      const reply = await nats.request(subject, sent, { timeout: TIMEOUT_MS }).catch((cause) => {
        throw new DomainError('Unavailable', 'The service that does this does not answer now. Try again.', { cause });
      });
      const decoded = decodeReply(reply.data);
      if ('error' in decoded) throw DomainError.fromWire(decoded.error);
      return decoded;
    },
    close: () => nats.drain().catch(() => {}),
  };
};
