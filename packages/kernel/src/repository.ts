import type { Log } from './log.ts';
import type { Recorded } from './event.ts';
import type { StateDefinition } from './state.ts';

/** A stream folded to the state that decisions need. `revision` is -1 for a stream without events. */
export type Aggregate<State> = {
  state: State; revision: number;
  /** Commands that wrote here with an Idempotency-Key, and where: a repeat changes nothing. */
  commands: ReadonlyMap<string, bigint>;
};

export type Repository = {
  /** The aggregate as last known, read from its stream when it is not; `fresh` brings what is known up to date. */
  load<State>(stream: string, definition: StateDefinition<State>, fresh?: boolean): Promise<Aggregate<State>>;
  /** What is known after an append of ours. */
  keep<State>(stream: string, definition: StateDefinition<State>, aggregate: Aggregate<State>): void;
};

const KEPT = 20_000;
const COMMANDS = 50;

/** Folds recorded events onto an aggregate. */
export const fold = <State>(definition: StateDefinition<State>, aggregate: Aggregate<State>, events: readonly Recorded[]): Aggregate<State> => {
  let { state, revision } = aggregate;
  const commands = new Map(aggregate.commands);
  for (const event of events) {
    state = definition.evolve(state, event, event.metadata.at);
    revision = event.revision;
    commands.set(event.metadata.command_id, event.position);
  }
  while (commands.size > COMMANDS) commands.delete(commands.keys().next().value!);
  return { state, revision, commands };
};

/** Streams folded to states, the most recently used ones kept. What is kept may be old: the append tells, and `fresh` mends. */
export const openRepository = (log: Log): Repository => {
  const kept = new Map<string, Aggregate<any>>();
  /** One stream may be folded in several ways, each for other decisions. */
  const folds = new Map<StateDefinition<any>, number>();
  const keyOf = (stream: string, definition: StateDefinition<any>): string => {
    if (!folds.has(definition)) folds.set(definition, folds.size);
    return `${folds.get(definition)} ${stream}`;
  };
  const put = (key: string, aggregate: Aggregate<any>) => {
    kept.delete(key);
    // That a stream is empty is true for a moment only.
    if (aggregate.revision >= 0) kept.set(key, aggregate);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  };
  return {
    async load(stream, definition, fresh = false) {
      const key = keyOf(stream, definition);
      const known = kept.get(key);
      if (known && !fresh) {
        put(key, known);
        return known;
      }
      const start: Aggregate<any> = known ?? { state: definition.initial, revision: -1, commands: new Map() };
      const aggregate = fold(definition, start, await log.read(stream, start.revision + 1));
      put(key, aggregate);
      return aggregate;
    },
    keep: (stream, definition, aggregate) => put(keyOf(stream, definition), aggregate),
  };
};
