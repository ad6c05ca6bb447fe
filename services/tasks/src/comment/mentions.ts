import { sql, type Context } from '@shotlog/kernel';

/** Who a text addresses. */
export type Mentions = { mentions: string[]; department_mentions: string[] };

/** Finds `@First Last` of the team and `@Department` in a text. A text without an at sign asks nobody. */
export const findMentions = async (text: string, project_id: string, context: Pick<Context, 'db' | 'persons'>): Promise<Mentions> => {
  if (!text.includes('@')) return { mentions: [], department_mentions: [] };
  const [team, departments] = await Promise.all([
    context.db.all<{ person_id: string }>(sql`select person_id from directory_team where project_id = ${project_id}`),
    context.db.all<{ id: string; name: string }>(sql`select id, name from department order by log_position`),
  ]);
  const ids = team.map((r) => r.person_id);
  const cards = await context.persons(ids);
  return {
    mentions: ids.filter((id) => mentioned(text, cards.get(id)?.full_name ?? '')),
    department_mentions: departments.filter((d) => mentioned(text, d.name)).map((d) => d.id),
  };
};

/** Whether a text addresses a name: the name after an at sign, not as the beginning of a longer word. */
export const mentioned = (text: string, name: string): boolean => {
  if (name === '') return false;
  for (let at = text.indexOf(`@${name}`); at >= 0; at = text.indexOf(`@${name}`, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text[at + 1 + name.length] ?? ' ')) return true;
  }
  return false;
};
