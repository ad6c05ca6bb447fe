import { Invalid, raw, Rendered, route, sql, to, type Route } from '@shotlog/kernel';

const MOST = 1_000;

/** What the gateway asks in the name of who listens to live events. */
export const liveRoutes: Route[] = [
  route({ method: 'get', path: '/internal/listener', summary: 'Who the caller is, and which productions they may hear of', access: to.signedIn, ask: (c) =>
    ({ id: c.caller.id, role: c.caller.role, is_admin: c.caller.isAdmin, projects: [...c.caller.teams.keys()] }) }),
  route({ method: 'get', path: '/internal/events', summary: 'What was told after a position, oldest first, of the own productions and the studio', access: to.signedIn, ask: async (c) => {
    const after = c.request.search.get('after') ?? '';
    if (!/^-?\d{1,18}$/.test(after)) throw new Invalid('after must be a position of the log.');
    const own = c.caller.isAdmin ? raw('true') : sql`(data->>'project_id' is null or data->>'project_id' = any(${`{${[...c.caller.teams.keys()].join(',')}}`}::text[]))`;
    // A page ends with the last message of an event, so that the next one starts behind it.
    return new Rendered(await c.db.text(sql`with page as (select max(log_position) as last, count(*) as n from (select log_position from api_event where log_position > ${after}::bigint order by log_position limit ${MOST}) p)
      select json_build_object('next', (select last::text from page where n >= ${MOST}), 'events', (select coalesce(json_agg(r), '[]') from (select name, data, log_position::text as position
        from api_event, page where log_position > ${after}::bigint and log_position <= page.last and ${own} order by log_position, id) r))::text as text`));
  } }),
];
