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

type Expression = { getRegex(): string; getPrefixList(): string[] };
type FilterOptions = Pick<Streams.ReadReq.Options.FilterOptions,
  'getStreamIdentifier' | 'getEventType' | 'hasMax' | 'getMax' | 'getCheckpointintervalmultiplier'>;

const test = (expression: Expression): ((text: string) => boolean) => {
  const prefixes = expression.getPrefixList();
  if (prefixes.length) return (text) => prefixes.some((prefix) => text.startsWith(prefix));
  try {
    const regex = new RegExp(expression.getRegex());
    return (text) => regex.test(text);
  } catch (error) {
    throw new InvalidRequest(`The filter is no regular expression: ${(error as Error).message}`);
  }
};

/** @throws {InvalidRequest} for a regular expression that JavaScript cannot read, or a filter on nothing. */
export const parseFilter = (options: FilterOptions | undefined): Filter | undefined => {
  if (!options) return undefined;
  const onStream = options.getStreamIdentifier();
  const onType = options.getEventType();
  const expression = onStream ?? onType;
  if (!expression) throw new InvalidRequest('A filter needs an expression on stream names or event types.');
  const passes = test(expression);
  const window = options.hasMax() && options.getMax() > 0 ? options.getMax() : DEFAULT_WINDOW;
  return {
    matches: onStream ? (event) => passes(event.stream) : (event) => passes(event.type),
    checkpointEvery: window * Math.max(1, options.getCheckpointintervalmultiplier()),
  };
};
