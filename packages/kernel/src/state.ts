/** How the state that decisions need is folded from a stream's events. `evolve` is pure; unknown event types never reach it. */
export type StateDefinition<State, Event = any> = {
  initial: State;
  evolve: (state: State, event: Event, at: string) => State;
};

/** Declares the state of an aggregate. */
export const defineState = <State, Event = any>(definition: StateDefinition<State, Event>): StateDefinition<State, Event> => definition;
