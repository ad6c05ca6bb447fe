import { Caller, list, NotFound, oneText, only, pathId, rendered, Rendered, route, selectList, sql, textArray, wantsRelations, type Route } from '@shotlog/kernel';
import { createPerson } from './create-person.ts';
import { personShape } from './person.queries.ts';

export const personRoutes: Route[] = [
  route({ method: 'post', path: '/data/persons', summary: 'Create a person', command: createPerson, status: 201, input: (r) => r.body ?? {} }),
  route({ method: 'get', path: '/data/persons', summary: 'List persons', policy: only.signedIn,
    ask: (c) => { c.keep(['studio'], 'person'); return list({ shape: personShape, db: c.db, caller: c.caller, request: c.request }); } }),
  route({ method: 'get', path: '/data/persons/{instance_id}', summary: 'Get a person', policy: only.signedIn,
    ask: async (c) => {
      const id = pathId(c.request, 'instance_id', 400);
      c.keep(['studio'], 'person');
      const text = await oneText(c.db, personShape, c.caller, sql`t.id = ${id}`, wantsRelations(c.request));
      if (text === null) throw new NotFound('person', id);
      return new Rendered(text);
    } }),
  route({ method: 'get', path: '/internal/persons', summary: 'Cards of persons, for other services', policy: (caller) => { if (!caller.isSystem) only.admin(caller); },
    ask: (c) => {
      const ids = (c.request.search.get('ids') ?? '').split(',').filter(Boolean);
      return rendered(c.db, sql`select ${selectList(personShape, Caller.system, true)} from person t where id = any(${textArray(ids)}::uuid[])`);
    } }),
];
