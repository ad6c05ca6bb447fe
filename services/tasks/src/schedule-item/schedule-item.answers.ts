import { maybe } from '@shotlog/kernel';
import { z } from 'zod';

/** A line of a production's schedule: a task type, or what of it one asset type, sequence, episode or edit takes. */
export const ScheduleLine = z.looseObject({
  id: z.guid(), start_date: maybe.text, end_date: maybe.text, man_days: maybe.number, project_id: z.guid(), task_type_id: maybe.id, object_id: maybe.id, name: z.string().optional(),
}).meta({ id: 'ScheduleLine' });
export const MilestoneLine = z.looseObject({ id: z.guid(), date: maybe.text, name: maybe.text, project_id: maybe.id, task_type_id: maybe.id });
/** How many tasks a step of a schedule version touched. */
export const VersionStep = z.looseObject({ success: z.boolean(), task_link_count: z.int().optional(), task_count: z.int().optional() });
