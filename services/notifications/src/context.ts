import { route, sql, to } from '@shotlog/kernel';

/** This service's part of `GET /data/user/context`. */
export const contextRoute = route({
  method: 'get', path: '/internal/context', summary: 'The part of the user context that notifications owns', access: to.signedIn,
  ask: async (c) => {
    c.keep(['*'], 'person');
    const row = await c.db.one<{ count: number }>(sql`select count(*)::int as count from notification where person_id = ${c.caller.id} and not read`);
    return { notification_count: row?.count ?? 0 };
  },
});
