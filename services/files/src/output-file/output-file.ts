import { allow, f, Invalid, only, ownProductions, raw, resource, sql, to } from '@shotlog/kernel';

const SOURCE = `(select row_to_json(w) from (select id, created_at, updated_at, shotgun_id, name, description, comment, revision, size, checksum, path, data, task_id, entity_id, person_id, software_id,
  'WorkingFile' as type from working_file where id = t.source_file_id) w)`;

/**
 * Files that come out of work: caches, renders. One of an asset instance has the asset as `entity_id` and the shot or scene as `temporal_entity_id`.
 * `slot` names what only one may be: the revision of a thing of one kind, form and name.
 */
export const outputFile = resource({
  service: 'files', name: 'output_file', path: '/data/output-files', type: 'OutputFile', published: 'output-file',
  fields: { shotgun_id: f.integer(), name: f.string(250, { required: true }), canceled: f.boolean({ default: false }), size: f.integer(), checksum: f.string(32), description: f.text(), comment: f.text(),
    extension: f.string(10), revision: f.integer({ default: 1 }), representation: f.string(20), nb_elements: f.integer({ default: 1 }), source: f.string(40), path: f.string(400), data: f.json(),
    file_status_id: f.uuid({ required: true }), entity_id: f.uuid(), asset_instance_id: f.uuid(), output_type_id: f.uuid(), task_type_id: f.uuid(), person_id: f.uuid(), source_file_id: f.uuid(),
    temporal_entity_id: f.uuid(), project_id: f.uuid({ hidden: true, immutable: true }), slot: f.text({ hidden: true, immutable: true }) },
  unique: [['slot']],
  indexes: ['entity_id', 'asset_instance_id', 'project_id', 'source_file_id'],
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
  extra: { source_file: raw(SOURCE) },
  creating: async (values, { db, caller }) => {
    if (!values.entity_id) return { project_id: null };
    const entity = await db.one(sql`select project_id from entity where id = ${values.entity_id}`);
    if (!entity) throw new Invalid('There is no such entity.');
    if (!caller.isSystem) only.team(caller, entity.project_id);
    return { project_id: entity.project_id };
  },
});
