import { event } from '@shotlog/kernel';
import { z } from 'zod';

/** Somebody signed in. `sealed` holds the address it came from, which tells who it was. Streams `session-<id>` hold a sign-in and its end. */
export const SessionStarted = event('SessionStarted', 1, z.object({ session_id: z.string(), person_id: z.guid(), origin: z.enum(['web', 'script']), sealed: z.string() }));
