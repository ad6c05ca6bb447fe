import { defineState } from '@shotlog/kernel';

/** Whether a sign-in was ended. Bots' sessions are never started by a sign-in: only their end is written. */
export const sessionState = defineState<{ ended: boolean; started: boolean }>({
  initial: { ended: false, started: false },
  evolve: (state, { type }) => (type === 'SessionEnded' ? { ...state, ended: true } : type === 'SessionStarted' ? { ...state, started: true } : state),
});

export const sessionStream = (c: { session_id: string }): string => `session-${c.session_id}`;
