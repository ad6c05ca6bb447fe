import { z } from 'zod';

const Schema = z.object({
  USER_LIMIT: z.coerce.number().int().min(1).optional(),
  DEFAULT_TIMEZONE: z.string().default('Europe/Paris'),
  DEFAULT_LOCALE: z.string().default('en_US'),
}).loose();

/** What the environment says about people. @throws Error naming a bad variable. */
export const peopleSettings = (environment: Record<string, unknown>): { timezone: string; locale: string; userLimit: number | null } => {
  const parsed = Schema.safeParse(environment);
  if (!parsed.success) throw new Error(parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('\n'));
  return { timezone: parsed.data.DEFAULT_TIMEZONE, locale: parsed.data.DEFAULT_LOCALE, userLimit: parsed.data.USER_LIMIT ?? null };
};
