import type { Client, Studio } from '@shotlog/test/studio';

export const NOBODY = '11111111-2222-4333-8444-555555555555';
export const ROLES = ['manager', 'supervisor', 'user', 'client', 'vendor'] as const;
export type Role = (typeof ROLES)[number];

/** A production with a person of each role on its team, two shots, an asset and a task of each. */
export type Production = {
  admin: Client; as: Record<Role | 'outsider', Client>; who: Record<Role | 'outsider', string>; project: string; sequence: string; shots: string[]; asset: string; anim: string; light: string; model: string;
  statuses: Record<string, string>; tasks: string[]; assetTask: string;
};

const people = async (studio: Studio, admin: Client, project: string): Promise<Pick<Production, 'as' | 'who'>> => {
  const made = await Promise.all([...ROLES, 'outsider' as const].map(async (role) => {
    const { id } = await admin.must('POST', '/data/persons', { first_name: role[0]!.toUpperCase() + role.slice(1), last_name: 'Given', email: `${role}@given.studio`, password: `${role}password`, role: role === 'outsider' ? 'manager' : role });
    if (role !== 'outsider') await admin.must('POST', `/data/projects/${project}/team`, { person_id: id });
    return [role, id, await studio.signIn(`${role}@given.studio`, `${role}password`)] as const;
  }));
  return { who: Object.fromEntries(made.map(([role, id]) => [role, id])) as Production['who'], as: Object.fromEntries(made.map(([role, , client]) => [role, client])) as Production['as'] };
};

/** Makes the production through the API, as a studio would. */
export const production = async (studio: Studio): Promise<Production> => {
  const admin = await studio.signIn();
  const types: any[] = await admin.must('GET', '/data/task-types');
  const type = (name: string, of: string) => types.find((t) => t.name === name && t.for_entity === of).id as string;
  const statuses = Object.fromEntries((await admin.must('GET', '/data/task-status')).map((s: any) => [s.short_name, s.id])) as Record<string, string>;
  const project = (await admin.must('POST', '/data/projects', { name: 'Given film' })).id as string;
  const [anim, light, model] = [type('Animation', 'Shot'), type('Lighting', 'Shot'), type('Modeling', 'Asset')];
  for (const [n, task_type_id] of [anim, light, model].entries()) await admin.must('POST', `/data/projects/${project}/settings/task-types`, { task_type_id, priority: n + 1 });
  const sequence = (await admin.must('POST', `/data/projects/${project}/sequences`, { name: 'SQ' })).id as string;
  const shots: string[] = [];
  for (const name of ['SH010', 'SH020']) shots.push((await admin.must('POST', `/data/projects/${project}/shots`, { name, sequence_id: sequence })).id);
  const kind = (await admin.must('GET', '/data/asset-types'))[0].id;
  const asset = (await admin.must('POST', `/data/projects/${project}/asset-types/${kind}/assets/new`, { name: 'Cup' })).id as string;
  const tasks = (await admin.must('POST', `/actions/projects/${project}/task-types/${anim}/shots/create-tasks`, shots)).map((t: any) => t.id as string);
  const [{ id: assetTask }] = await admin.must('POST', `/actions/projects/${project}/task-types/${model}/assets/create-tasks`, [asset]);
  return { admin, ...(await people(studio, admin, project)), project, sequence, shots, asset, anim, light, model, statuses, tasks, assetTask };
};
