import type { StoredEvent } from './events.ts';
import type { Streams } from './protocol.ts';
import { InvalidRequest } from './refusals.ts';

/** A server filter on `$all`: what it lets through, and after how many looked-at events a checkpoint is due. */
export interface Filter {
  matches(event: StoredEvent): boolean;
  checkpointEvery: number;
}

/** EventStoreDB's search window when the client names none. */
const DEFAULT_WINDOW = 32;

type FilterOptions = Pick<Streams.ReadReq.Options.FilterOptions,
  'getStreamIdentifier' | 'getEventType' | 'hasMax' | 'getMax' | 'getCheckpointintervalmultiplier'>;

/** What a filter looks for, as it can be kept. Prefixes, when there are any, go before the regular expression. */
export interface FilterExpression {
  on: 'stream' | 'type';
  prefixes: string[];
  regex: string;
}

/** @throws {InvalidRequest} for a regular expression that JavaScript cannot read. */
export const filterOf = ({ on, prefixes, regex }: FilterExpression, checkpointEvery = DEFAULT_WINDOW): Filter => {
  const text = on === 'stream' ? (event: StoredEvent) => event.stream : (event: StoredEvent) => event.type;
  if (prefixes.length) return { matches: (event) => prefixes.some((prefix) => text(event).startsWith(prefix)), checkpointEvery };
  try {
    const pattern = new RegExp(regex);
    return { matches: (event) => pattern.test(text(event)), checkpointEvery };
  } catch (error) {
    throw new InvalidRequest(`The filter is no regular expression: ${(error as Error).message}`);
  }
};

/** @throws {InvalidRequest} for a filter on neither stream names nor event types. */
export const parseExpression = (options: Pick<FilterOptions, 'getStreamIdentifier' | 'getEventType'>): FilterExpression => {
  const onStream = options.getStreamIdentifier();
  const expression = onStream ?? options.getEventType();
  if (!expression) throw new InvalidRequest('A filter needs an expression on stream names or event types.');
  return { on: onStream ? 'stream' : 'type', prefixes: expression.getPrefixList(), regex: expression.getRegex() };
};

/** The filter of a read or subscription; undefined when it has none. */
export const parseFilter = (options: FilterOptions | undefined): Filter | undefined => {
  if (!options) return undefined;
  const window = options.hasMax() && options.getMax() > 0 ? options.getMax() : DEFAULT_WINDOW;
  return filterOf(parseExpression(options), window * Math.max(1, options.getCheckpointintervalmultiplier()));
};
