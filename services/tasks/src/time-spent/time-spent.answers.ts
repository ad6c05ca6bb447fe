import { byKey, maybe } from '@shotlog/kernel';
import { z } from 'zod';
import { timeSpent } from './time-spent.ts';

export const TimeSpent = timeSpent.answer;
/** Time spents by the id of who spent them, and under `total` their sum in minutes. */
export const TimeSpents = z.object({ total: z.number() }).catchall(z.array(TimeSpent));
/** What a person spent on a task in a period. */
export const TimeOnTask = z.looseObject({
  duration: z.number(), task_id: z.guid(), task_type_id: maybe.id, project_id: z.guid(), project_name: maybe.text, entity_name: maybe.text, entity_type_name: maybe.text, sequence_name: maybe.text, episode_name: maybe.text,
}).meta({ id: 'TimeOnTask' });
/** Minutes by person and by year, month, week or day. */
export const TimeTable = byKey(byKey(z.number()));
