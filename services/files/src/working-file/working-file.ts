import { allow, f, Invalid, only, ownProductions, raw, resource, sql, to } from '@shotlog/kernel';

/** Files that artists work in, one row a revision. `path` is made by the production's file tree; the file itself may be stored here too. */
export const workingFile = resource({
  service: 'files', name: 'working_file', path: '/data/working-files', type: 'WorkingFile', published: 'working-file',
  fields: { shotgun_id: f.integer(), name: f.string(250), description: f.text(), comment: f.text(), revision: f.integer(), size: f.integer(), checksum: f.integer(), path: f.string(400), data: f.json(),
    task_id: f.uuid(), entity_id: f.uuid(), person_id: f.uuid(), software_id: f.uuid(), project_id: f.uuid({ hidden: true, immutable: true }) },
  unique: [['name', 'task_id', 'entity_id', 'revision']],
  indexes: ['task_id', 'entity_id', 'software_id'],
  access: {
    list: to.team.but({ vendor: 'refused' }).listed, one: to.team, create: to.admins, update: to.teamStaff, remove: to.admins,
    scope: (caller) => {
      allow(!caller.isVendor);
      return ownProductions(caller);
    },
    policy: {
      one: (caller, row) => (row.project_id === null ? only.manager(caller) : only.team(caller, row.project_id)),
      update: (caller, row) => (row.project_id === null ? only.admin(caller) : only.teamStaff(caller, row.project_id)),
    },
  },
  relations: { outputs: raw("(select coalesce(json_agg(o.id order by o.log_position), '[]') from output_file o where o.source_file_id = t.id)") },
  creating: async (values, { db, caller }) => {
    if (!values.task_id && !values.entity_id) return { project_id: null };
    const of = await db.one(values.task_id ? sql`select project_id from task where id = ${values.task_id}` : sql`select project_id from entity where id = ${values.entity_id}`);
    if (!of) throw new Invalid('There is no such task or entity.');
    if (!caller.isSystem) only.team(caller, of.project_id);
    return { project_id: of.project_id };
  },
});
