import { byKey, maybe } from '@shotlog/kernel';
import { z } from 'zod';

const Counts = byKey(z.number());
const period = { frames: Counts, seconds: Counts, count: Counts, drawings: Counts };
const Entries = z.object({ ...period, entries: Counts });
/** By person or task type, and under `total`: what was done by day, week, month and year. */
export const Quotas = byKey(z.object({ day: Entries, week: Entries, month: Entries, year: z.object(period) }).meta({ id: 'Quota' }));
/** A shot that counts, with how much of it. */
export const QuotaShot = z.looseObject({ id: z.guid(), name: z.string(), full_name: maybe.text.optional(), weight: z.number().optional() }).meta({ id: 'QuotaShot' });
