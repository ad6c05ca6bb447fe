import { raw, rendered, Rendered, route, selectList, sql, to, type QueryContext, type Shape } from '@shotlog/kernel';
import { department } from './department/department.ts';
import type { Settings } from './person/create-person.ts';
import { selectPersons } from './person/person.queries.ts';
import { PERSONS_DEPEND_ON } from './person/person.table.ts';
import { plugin } from './plugin/plugin.ts';
import { studio } from './studio/studio.ts';

const all = async (c: QueryContext, shape: Shape): Promise<string> =>
  (await rendered(c.db, sql`select ${selectList(shape, c.caller, true)} from "${raw(shape.table.name)}" t order by t.log_position`)).text;

/** How many active persons a studio may have, where its environment does not say. */
const USUAL_LIMIT = 100;

/** This service's part of `GET /data/user/context`. */
export const contextRoute = route({
  method: 'get', path: '/internal/context', summary: 'The part of the user context that auth owns', access: to.signedIn,
  ask: async (c) => {
    c.keep(PERSONS_DEPEND_ON, 'role');
    const [persons, departments, studios, plugins] = await Promise.all([rendered(c.db, selectPersons(c.caller)), all(c, department.shape), all(c, studio.shape), all(c, plugin.shape)]);
    const limit = c.caller.isAdmin ? `,"user_limit":${c.resource<Settings>('settings').userLimit ?? USUAL_LIMIT}` : '';
    return new Rendered(`{"persons":${persons.text},"departments":${departments},"studios":${studios},"plugins":${plugins}${limit}}`);
  },
});
