import { allow, raw, sql, type Caller, type Statement } from '@shotlog/kernel';
import type { Kind } from './entity.events.ts';

/** What a policy needs to know of an entity. `assigned`: the caller has a task on it or on what hangs below it. */
export type EntityRow = { id: string; kind: Kind; project_id: string; assigned: boolean };

const isVendorIn = (caller: Caller, project_id: string): boolean => !caller.isAdmin && caller.roleIn(project_id) === 'vendor';
const isClientIn = (caller: Caller, project_id: string): boolean => !caller.isAdmin && caller.roleIn(project_id) === 'client';

/** Reads an entity: the production's team; vendors what they are assigned; clients no concepts. */
export const mayRead = (caller: Caller, { project_id, kind, assigned }: EntityRow): void => {
  allow(caller.isIn(project_id));
  if (isVendorIn(caller, project_id)) allow(assigned);
  if (isClientIn(caller, project_id)) allow(kind !== 'concept');
};

/** Reads lists of a production. */
export const mayList = (caller: Caller, project_id: string, kind: Kind | null = null): void => {
  allow(caller.isIn(project_id));
  if (kind === 'concept') allow(!isVendorIn(caller, project_id) && !isClientIn(caller, project_id));
};

/** Reads who is cast where: everybody of the team but vendors. */
export const mayReadCasting = (caller: Caller, project_id: string): void => allow(caller.isIn(project_id) && !isVendorIn(caller, project_id));

/** Creates: whoever manages the production; concepts anybody of the studio on the team. */
export const mayCreate = (caller: Caller, project_id: string, kind: Kind): void =>
  allow(kind === 'concept' ? caller.isIn(project_id) && !isVendorIn(caller, project_id) && !isClientIn(caller, project_id) : caller.manages(project_id));

/** Changes: whoever manages the production; supervisors the metadata (`data`) alone. */
export const mayUpdate = (caller: Caller, project_id: string, changes: Record<string, unknown>): void => {
  const onlyMetadata = Object.keys(changes).every((name) => name === 'data');
  allow(caller.manages(project_id) || (onlyMetadata && caller.supervises(project_id)));
};

export const mayManage = (caller: Caller, project_id: string): void => allow(caller.manages(project_id));

/** Links shots, scenes and instances: everybody of the studio on the team. */
export const mayLink = (caller: Caller, project_id: string): void =>
  allow(caller.isIn(project_id) && !isVendorIn(caller, project_id) && !isClientIn(caller, project_id));

const ids = (of: string[]): Statement => sql`${`{${of.join(',')}}`}::uuid[]`;

/** Entities of a person's tasks, with the sequences and episodes above them; `only` narrows the tasks by their entity `e`. */
export const assignedTo = (person_id: string, only: Statement = raw('true')): Statement => sql`select unnest(array[e.id, e.parent_id, p.parent_id, case when e.kind = 'asset' then e.source_id end]) from task_person a
  join task k on k.id = a.task_id join entity e on e.id = k.entity_id left join entity p on p.id = e.parent_id where a.person_id = ${person_id} and ${only}`;

/** SQL over `t` (an entity): what the caller may see of all productions. Null: everything. */
export const visible = (caller: Caller): Statement | null => {
  if (caller.isAdmin) return null;
  const of = (wanted: (project_id: string) => boolean) => [...caller.teams.keys()].filter(wanted);
  const [vendor, client] = [of((p) => isVendorIn(caller, p)), of((p) => isClientIn(caller, p))];
  const staff = of((p) => !vendor.includes(p) && !client.includes(p));
  return sql`(t.project_id = any(${ids(staff)}) or (t.kind <> 'concept' and (t.project_id = any(${ids(client)})
    or (t.project_id = any(${ids(vendor)}) and t.id in (${vendor.length > 0 ? assignedTo(caller.personId) : raw('select null::uuid')})))))`;
};

/** SQL over `t`: what the caller may see of one production, whose list they may read. */
export const visibleIn = (caller: Caller, project_id: string): Statement =>
  isVendorIn(caller, project_id) ? sql`t.id in (${assignedTo(caller.personId)})` : raw('true');

/** SQL: whether the caller is assigned to the entity `t`; only asked for those who need it. */
export const assignedColumn = (caller: Caller): Statement =>
  caller.isAdmin || ![caller.role, ...caller.teams.values()].includes('vendor') ? raw('false') : sql`t.id in (${assignedTo(caller.personId)})`;
