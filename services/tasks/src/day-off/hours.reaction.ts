import { reaction, sql, when, type Context, type Recorded } from '@shotlog/kernel';
import { dropTime } from '../time-spent/set-time.ts';
import { dayOff } from './day-off.ts';

/** Nobody works on a day off: the person's hours of these days are taken out. Days that are free no more by now take nothing. */
const freed = async (e: Recorded, context: Context): Promise<void> => {
  const hours = await context.db.all<{ id: string }>(sql`select s.id from time_spent s join day_off d on d.person_id = s.person_id and s.date between d.date and d.end_date where d.id = ${e.data.day_off_id} order by s.date, s.id`);
  for (const { id } of hours) await context.runAsSystem(dropTime, { id }, `drop ${id}`);
};

export const hoursReaction = reaction('hours-of-days-off', [when(dayOff.events.created, freed as never), when(dayOff.events.updated, freed as never)]);
