import { Caller, flag, list, listed, NotFound, oneText, pathId, rendered, Rendered, route, selectList, sql, textArray, to, wantsRelations, type Route } from '@shotlog/kernel';
import { clearAvatar, clearOwnAvatar } from './clear-avatar.ts';
import { createPerson } from './create-person.ts';
import { personCsvRoutes } from './csv.ts';
import { deletePerson } from './delete-person.ts';
import { joinDepartment, leaveDepartment } from './departments.ts';
import { listedShape, PERSONS_DEPEND_ON, personShape } from './person.table.ts';
import { shotgunPersonRoutes } from './shotgun.ts';
import { updatePerson } from './update-person.ts';
import { Person, PersonWithKey } from './person.answers.ts';
import { NewPersonBody, PersonBody } from './fields.ts';

export const personRoutes: Route[] = [
  route({ method: 'post', path: '/data/persons', summary: 'Create a person', body: NewPersonBody.meta({ required: ['first_name', 'last_name'] }), answers: { 201: Person }, command: createPerson, status: 201,
    input: ({ body }) => (typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body, person_id: undefined } : body ?? {}) }),
  route({ method: 'get', path: '/data/persons', summary: 'List persons', answers: { 200: listed(Person) }, access: to.signedIn,
    ask: (c) => {
      c.keep(PERSONS_DEPEND_ON, 'role');
      return list({ shape: listedShape(c.caller, wantsRelations(c.request, false)), db: c.db, caller: c.caller, request: c.request });
    } }),
  route({ method: 'get', path: '/data/persons/{instance_id}', summary: 'Get a person', answers: { 200: Person }, access: to.signedIn,
    ask: async (c) => {
      const id = pathId(c.request, 'instance_id', 400);
      c.keep(PERSONS_DEPEND_ON, 'role');
      const text = await oneText(c.db, personShape, c.caller, sql`t.id = ${id}`, wantsRelations(c.request));
      if (text === null) throw new NotFound('person', id);
      return new Rendered(text);
    } }),
  route({ method: 'put', path: '/data/persons/{instance_id}', summary: 'Update a person', body: PersonBody, answers: { 200: PersonWithKey }, description: 'Admins change everybody; others a part of themselves, and what they may not change is left as it is.', command: updatePerson,
    status: 200, input: (r) => ({ id: r.params.instance_id, changes: r.body }) }),
  route({ method: 'delete', path: '/data/persons/{instance_id}', summary: 'Delete a person', query: { force: 'true: also when work belongs to the person; what was personal cannot be read afterwards' }, command: deletePerson,
    status: 204, input: (r) => ({ id: r.params.instance_id, force: flag(r.search, 'force') }) }),
  route({ method: 'post', path: '/actions/persons/{person_id}/departments/add', summary: 'Put a person into a department', answers: { 201: Person }, command: joinDepartment, status: 201 }),
  route({ method: 'delete', path: '/actions/persons/{person_id}/departments/{department_id}', summary: 'Take a person out of a department', command: leaveDepartment, status: 204 }),
  route({ method: 'delete', path: '/actions/persons/{person_id}/clear-avatar', summary: 'Remove the picture of a person', command: clearAvatar, status: 204 }),
  route({ method: 'delete', path: '/actions/user/clear-avatar', summary: 'Remove your picture', command: clearOwnAvatar, status: 204 }),
  route({ method: 'get', path: '/internal/persons', summary: 'Cards of persons, for other services', access: to.system,
    ask: (c) => {
      const ids = (c.request.search.get('ids') ?? '').split(',').filter(Boolean);
      return rendered(c.db, sql`select ${selectList(personShape, Caller.system, true)} from person t where id = any(${textArray(ids)}::uuid[])`);
    } }),
  ...personCsvRoutes, ...shotgunPersonRoutes,
];
