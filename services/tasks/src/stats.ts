import { Rendered, route, sql, to } from '@shotlog/kernel';

/** This service's part of `GET /stats`: how many comments there are. */
export const statsRoute = route({
  method: 'get', path: '/internal/stats', summary: 'Counts of comments', access: to.admins,
  ask: async (c) => {
    c.keep(['*'], 'role');
    return new Rendered(await c.db.text(sql`select json_build_object('number_of_comments', count(*))::text as text from comment`));
  },
});
