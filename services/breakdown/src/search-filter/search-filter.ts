import { allow, f, on, PersonDeleted, projection, raw, resource, sql, to, type Access, type Caller } from '@shotlog/kernel';
import { department } from '@shotlog/auth/department/department';
import { projectEvents } from '../project/project.fields.ts';

/** Of the plain routes: admins. Of a person's own routes: the person, whose wrapper commands run these. */
const own = (caller: Caller, row: { person_id?: string | null }): void => allow(isOwn(caller, row));
const access: Access = { list: to.admins, one: to.admins, create: to.oneself, update: to.oneself, remove: to.oneself, policy: { create: own, update: own, remove: own } };
/** Whether a filter (or group) is the caller's to change. */
export const isOwn = (caller: Caller, row: { person_id?: string | null }): boolean => caller.isAdmin || (caller.id !== null && row.person_id === caller.id);

const shared = {
  list_type: f.string(80, { required: true }), entity_type: f.string(80), name: f.string(200, { required: true, ignoreCase: true }), is_shared: f.boolean({ default: false }), person_id: f.uuid(), project_id: f.uuid(),
  department_id: f.uuid(),
};
/** A search that a person keeps, for the list of a production or for lists of everything; shared with the whole team or only theirs. */
export const searchFilter = resource({
  service: 'breakdown', name: 'search_filter', path: '/data/search-filters', type: 'SearchFilter', published: 'search-filter', access,
  fields: { ...shared, search_query: f.string(500, { required: true }), search_filter_group_id: f.uuid() }, indexes: ['person_id', 'project_id'], updateRelations: true,
});
/** A heading with a colour under which searches stand. */
export const searchFilterGroup = resource({
  service: 'breakdown', name: 'search_filter_group', path: '/data/search-filter-groups', type: 'SearchFilterGroup', published: 'search-filter-group', access,
  fields: { ...shared, color: f.string(8, { default: '' }) }, indexes: ['person_id', 'project_id'], updateRelations: true,
});

const gone = (column: 'project_id' | 'person_id', id: string) => ['search_filter', 'search_filter_group'].map((name) => sql`delete from ${raw(name)} where ${raw(column)} = ${id}`);
/** What goes with a group, a production or a person. */
export const searchFilterCascade = projection('search_filter_cascade', [], [
  on(searchFilterGroup.events.deleted, (e) => sql`delete from search_filter where search_filter_group_id = ${e.data.search_filter_group_id}`),
  on(projectEvents.deleted, (e) => gone('project_id', e.data.project_id)),
  on(PersonDeleted, (e) => gone('person_id', e.data.person_id)),
  on(department.events.deleted, (e) => [sql`update search_filter set department_id = null where department_id = ${e.data.department_id}`,
    sql`update search_filter_group set department_id = null where department_id = ${e.data.department_id}`]),
]);
