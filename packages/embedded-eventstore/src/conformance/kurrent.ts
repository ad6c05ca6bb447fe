/**
 * Reads, writes and subscribes with the KurrentDB client; prints what it saw as JSON. A program of its own, because this
 * client and `@eventstore/db-client` overwrite each other's messages in one process. Arguments: connection string, stream.
 */
import { jsonEvent, KurrentDBClient, streamNameFilter } from '@kurrent/kurrentdb-client';

const [, , url = '', stream = ''] = process.argv;
const client = KurrentDBClient.connectionString(url);
const written = (text: string) => jsonEvent({ type: 'TaskCommented', data: { text }, metadata: { actor: 'ben' } });
const textOf = ({ event }: { event?: { data: unknown } | undefined }) => (event?.data as { text?: string } | undefined)?.text;

const take = async (items: AsyncIterable<{ event?: { data: unknown } | undefined }>, count: number) => {
  const texts: unknown[] = [];
  for await (const item of items) {
    texts.push(textOf(item));
    if (texts.length === count) break;
  }
  return texts;
};

const refused = (work: Promise<unknown>) => work.then(() => undefined, (error: { type?: string }) => error.type);

await client.appendToStream(stream, written('from kurrent'), { streamState: 0n });
const filter = streamNameFilter({ prefixes: [stream] });
process.stdout.write(JSON.stringify({
  read: await take(client.readStream(stream), 99),
  filtered: await take(client.readAll({ filter }), 99),
  subscribed: await take(client.subscribeToStream(stream), 2),
  subscribedToAll: await take(client.subscribeToAll({ filter }), 2),
  wrong: await refused(client.appendToStream(stream, written('x'), { streamState: 'no_stream' })),
  missing: await refused(take(client.readStream(`${stream}-missing`), 1)),
}), () => process.exit(0));
