import { allow, Forbidden, sql, textArray, type Caller, type Statement } from '@shotlog/kernel';

/** What a policy needs to know of a task. `department_id` is its task type's. */
export type TaskFacts = { project_id: string; assignees: readonly string[]; department_id?: string | null };

const isAssigned = (caller: Caller, task: TaskFacts): boolean => caller.id !== null && task.assignees.includes(caller.id);
const ofDepartment = (caller: Caller, task: TaskFacts): boolean => task.department_id != null && caller.departments.includes(task.department_id);

/** The team sees a production's tasks; vendors those that they are assigned to. */
export const seesTask = (caller: Caller, task: TaskFacts): boolean =>
  caller.isIn(task.project_id) && (caller.roleIn(task.project_id) !== 'vendor' || isAssigned(caller, task));
export const maySeeTask = (caller: Caller, task: TaskFacts): void => allow(seesTask(caller, task));

/** The same as SQL over `t`; null for everything. */
export const visibleTasks = (caller: Caller): Statement | null => {
  if (caller.isAdmin) return null;
  const teams = [...caller.teams.keys()];
  const asVendor = teams.filter((p) => caller.roleIn(p) === 'vendor');
  const mine = sql`t.project_id = any(${textArray(teams)}::uuid[])`;
  return asVendor.length === 0 ? mine : sql`${mine} and (t.project_id <> all(${textArray(asVendor)}::uuid[]) or ${caller.id}::uuid = any(t.assignees))`;
};

/** Whether the caller manages the production, or supervises in it: all of it, or where the supervisor has departments, tasks of these. */
export const supervisesTask = (caller: Caller, task: TaskFacts): boolean =>
  caller.manages(task.project_id) || (caller.supervises(task.project_id) && (caller.departments.length === 0 || ofDepartment(caller, task)));

/**
 * Who may put a person on a task: managers and supervisors without departments anybody; supervisors of the task's department themselves and people of that
 * department; artists of it themselves. Clients and vendors nobody.
 */
export const assigns = (caller: Caller, task: TaskFacts, person: { id: string; departments: readonly string[] }): boolean => {
  if (caller.manages(task.project_id) || (supervisesTask(caller, task) && caller.departments.length === 0)) return true;
  if (supervisesTask(caller, task)) return person.id === caller.id || person.departments.includes(task.department_id!);
  return person.id === caller.id && caller.isIn(task.project_id) && caller.roleIn(task.project_id) === 'user' && ofDepartment(caller, task);
};
/** Who may take a person off a task, null for everybody: who supervises the task; an artist as for putting on. */
export const unassigns = (caller: Caller, task: TaskFacts, person: { id: string; departments: readonly string[] } | null): boolean =>
  supervisesTask(caller, task) || (person !== null && assigns(caller, task, person));

/**
 * Who may comment, and under which status: whoever supervises the task; clients of the team under statuses for clients; artists and vendors on what they are assigned to, under
 * statuses for artists.
 */
export const mayComment = (caller: Caller, task: TaskFacts, status: { is_artist_allowed: boolean | null; is_client_allowed: boolean | null }): void => {
  allow(caller.isIn(task.project_id));
  if (supervisesTask(caller, task)) return;
  const role = caller.roleIn(task.project_id);
  if (role === 'client') return allow(status.is_client_allowed !== false, 'This status is not for clients.');
  allow(isAssigned(caller, task), 'Only who is assigned to a task comments on it.');
  if (status.is_artist_allowed === false) throw new Forbidden('This status is not for artists.');
};
