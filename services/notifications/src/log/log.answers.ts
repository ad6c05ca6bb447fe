import { maybe } from '@shotlog/kernel';
import { z } from 'zod';

/** An event as lists of the last ones show it. */
export const EventLine = z.looseObject({ id: z.guid(), created_at: z.string(), name: z.string(), user_id: maybe.id, project_id: maybe.id, data: z.unknown() }).meta({ id: 'EventLine' });
