import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { appendHandler } from './append-call.ts';
import { batchAppendHandler } from './batch-append.ts';
import { deleteHandler, tombstoneHandler } from './delete-calls.ts';
import { groupCalls } from './group-calls.ts';
import { groupReadHandler } from './group-read.ts';
import { Groups } from './groups.ts';
import { gossipHandler, supportedMethods } from './node-info.ts';
import { services } from './protocol.ts';
import { readHandler } from './read.ts';
import { Store } from './store.ts';
import { Writer } from './writer.ts';

export interface EventStoreOptions {
  /** 0 takes any free port. */
  port: number;
  /** Address to listen on; `127.0.0.1` unless given. There is no TLS and no login: keep it to this machine. */
  host?: string;
  /** Path of the SQLite file, made when missing. Its folder must exist. */
  file: string;
}

export interface RunningEventStore {
  port: number;
  /** Connection string for `EventStoreDBClient.connectionString`. */
  url: string;
  /** Ends open calls, moves everything into the file and closes it. */
  stop(): Promise<void>;
}

const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

const bind = (server: Server, address: string) => new Promise<number>((done, fail) => {
  server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => (error ? fail(error) : done(port)));
});

/**
 * Serves the event log of `file` in this process.
 * @throws when the port is taken, or the file cannot be opened or is held by another process.
 */
export const startEventStore = async ({ port, host = '127.0.0.1', file }: EventStoreOptions): Promise<RunningEventStore> => {
  const store = new Store(file);
  const writer = new Writer(store);
  const groups = new Groups(store, writer);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES, 'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': 10_000,
  });
  let bound = port;
  // Who listens everywhere is reached here at home.
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const add = (definition: (typeof services)[keyof typeof services], implementation: Record<string, unknown>) =>
    server.addService(definition, implementation as UntypedServiceImplementation);
  add(services.streams, {
    read: readHandler(store, writer), append: appendHandler(writer), batchAppend: batchAppendHandler(writer),
    delete: deleteHandler(writer), tombstone: tombstoneHandler(writer),
  });
  add(services.persistent, { ...groupCalls(store, groups), read: groupReadHandler(groups) });
  add(services.features, { getSupportedMethods: supportedMethods });
  add(services.gossip, { read: gossipHandler(() => ({ host: reachable, port: bound })) });
  try {
    bound = await bind(server, `${host}:${port}`);
  } catch (error) {
    store.close();
    throw error;
  }
  const stop = async () => {
    server.forceShutdown();
    await writer.idle();
    groups.stop();
    store.close();
  };
  return { port: bound, url: `esdb://${reachable}:${bound}?tls=false`, stop };
};
