import { only, raw, rendered, Rendered, route } from '@shotlog/kernel';
import { selectPersons } from './person/person.queries.ts';

/** This service's part of `GET /data/user/context`. */
export const contextRoute = route({
  method: 'get', path: '/internal/context', summary: 'The part of the user context that auth owns', policy: only.signedIn,
  ask: async (c) => {
    c.keep(['studio'], 'role');
    const [persons, departments] = await Promise.all([
      rendered(c.db, selectPersons(c.caller)),
      rendered(c.db, raw("select id, name, color, archived, created_at, updated_at, 'Department' as type from department order by log_position")),
    ]);
    return new Rendered(`{"persons":${persons.text},"departments":${departments.text}}`);
  },
});
