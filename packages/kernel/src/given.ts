import { isDeepStrictEqual } from 'node:util';
import type { DecidingCommand, Moment } from './command.ts';
import type { NewEvent } from './event.ts';

const AT = '2024-03-04T10:00:00.000000Z';
const show = (value: unknown): string => JSON.stringify(value, (_, v) => (v instanceof Set ? [...v] : v instanceof Map ? [...v] : v), 1);

/**
 * Tests a decider by what happened before: `given(addEntity, created).when(add('v1')).then(added('v1'))`. The command is taken as
 * `prepare` would have left it. The moment is 2024-03-04 10:00 UTC, actor 'admin', new ids 'id-1', 'id-2' …
 */
export const given = <Command, State>(command: DecidingCommand<any, Command, State>, ...before: NewEvent[]) => {
  const state = before.reduce((s, e) => command.state.evolve(s, e, AT), command.state.initial);
  return {
    when(input: Command, moment: Partial<Moment> = {}) {
      const decide = () => command.decide(input, state, { at: AT, actor: 'admin', id: (n = 1) => `id-${n}`, ...moment });
      return {
        /** Exactly these events. */
        then(...wanted: NewEvent[]): void {
          const got = decide();
          if (!isDeepStrictEqual(got, wanted)) throw new Error(`decided ${show(got)}\nwanted ${show(wanted)}`);
        },
        thenNothing(): void {
          const got = decide();
          if (got.length > 0) throw new Error(`decided ${show(got)}, wanted nothing`);
        },
        thenRefused(kind: new (...args: any[]) => Error): void {
          try {
            const got = decide();
            throw new Error(`decided ${show(got)}, wanted ${kind.name}`);
          } catch (error) {
            if (!(error instanceof kind)) throw error;
          }
        },
        /** The types of the events, where their data is tested elsewhere. */
        thenTypes(...types: string[]): void {
          const got = decide().map((e) => e.type);
          if (!isDeepStrictEqual(got, types)) throw new Error(`decided ${show(got)}, wanted ${show(types)}`);
        },
      };
    },
  };
};
