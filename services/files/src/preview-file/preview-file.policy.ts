import { allow, join, only, sql, type Caller, type Statement } from '@shotlog/kernel';

/** What decides who may do what with a preview file: its task's production, who works on it, who said it. */
export type Belongs = { project_id: string | null; assignees?: readonly string[]; person_id?: string | null; shared?: boolean };

/** SQL over the preview file `t`: shared with clients by its comment or a playlist, or brought by themselves. */
export const sharedWithClients = (person_id: string | null): Statement => sql`(t.person_id = ${person_id}
  or exists (select 1 from comment c where c.id = t.comment_id and (c.for_client or c.person_id = ${person_id}))
  or exists (select 1 from playlist l where l.project_id = t.production_id and l.for_client and l.shots @> jsonb_build_array(jsonb_build_object('preview_file_id', t.id::text))))`;
/** SQL over the preview file `t`: of a task that the person works on. */
export const assignedTo = (person_id: string | null): Statement =>
  sql`(t.person_id = ${person_id} or exists (select 1 from task k where k.id = t.task_id and ${person_id}::uuid = any(k.assignees)))`;

const idsOf = (ids: string[]): Statement => sql`${`{${ids.join(',')}}`}::uuid[]`;
/**
 * SQL over the preview file `t`: what a caller may see of the productions they work on. Clients see what is shared with clients, vendors
 * what they are assigned to; the role in a production may differ from the studio's. Null: everything.
 */
export const visibleTo = (caller: Caller): Statement | null => {
  if (caller.isAdmin) return null;
  const teams = [...caller.teams.keys()];
  const clients = teams.filter((id) => caller.roleIn(id) === 'client');
  const vendors = teams.filter((id) => caller.roleIn(id) === 'vendor');
  const rest = teams.filter((id) => !clients.includes(id) && !vendors.includes(id));
  const parts = [
    sql`t.production_id = any(${idsOf(rest)})`,
    ...(clients.length > 0 ? [sql`(t.production_id = any(${idsOf(clients)}) and ${sharedWithClients(caller.id)})`] : []),
    ...(vendors.length > 0 ? [sql`(t.production_id = any(${idsOf(vendors)}) and ${assignedTo(caller.id)})`] : []),
  ];
  return sql`(${join(parts, ' or ')})`;
};

const team = (caller: Caller, of: Belongs): void => (of.project_id === null ? only.admin(caller) : only.team(caller, of.project_id));
const assigned = (caller: Caller, of: Belongs): boolean => caller.id !== null && (of.assignees ?? []).includes(caller.id);

/** Whoever may put a preview upon a task: those who supervise, clients, and who works on it. */
export const mayPublish = (caller: Caller, of: Belongs): void => {
  team(caller, of);
  const role = of.project_id === null ? caller.role : caller.roleIn(of.project_id);
  if (['admin', 'manager', 'supervisor', 'client'].includes(role)) return;
  allow(assigned(caller, of) || (role !== 'vendor' && of.person_id !== undefined && of.person_id === caller.id));
};
/** Who draws upon previews: those who review, clients among them. Artists and vendors do not. */
export const mayAnnotate = (caller: Caller, of: Belongs): void => {
  team(caller, of);
  allow(['admin', 'manager', 'supervisor', 'client'].includes(of.project_id === null ? caller.role : caller.roleIn(of.project_id)));
};
/** Who says which preview stands for its entity: everybody of the studio who is on the team, and vendors who work on it. */
export const maySetMain = (caller: Caller, of: Belongs): void => {
  if (of.project_id === null) return only.admin(caller);
  if (assigned(caller, of) && caller.isIn(of.project_id) && caller.roleIn(of.project_id) === 'vendor') return;
  only.teamStaff(caller, of.project_id);
};
/** Who takes a preview away from its comment: those who supervise, and who brought it. */
export const mayTakeAway = (caller: Caller, of: Belongs): void => {
  team(caller, of);
  allow((of.project_id !== null && caller.supervises(of.project_id)) || (of.person_id === caller.id && caller.id !== null) || assigned(caller, of));
};
/** Who edits and deletes the record itself. */
export const mayEdit = (caller: Caller, of: Belongs): void => (of.project_id === null ? only.admin(caller) : only.teamManager(caller, of.project_id));
