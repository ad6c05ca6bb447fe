import { access, derivedId, f, Invalid, resource, sql } from '@shotlog/kernel';

/** Whether a production is worked on: `Open` and `Closed` stand there from the first start. */
export const projectStatus = resource({
  service: 'breakdown', name: 'project_status', path: '/data/project-status', type: 'ProjectStatus', published: 'project-status',
  fields: { name: f.string(20, { required: true, ignoreCase: true }), color: f.string(7, { required: true }) },
  unique: [['name']], access: access.studio,
  removing: async (row, { db }) => {
    if (await db.one(sql`select 1 from project where project_status_id = ${row.id} limit 1`)) throw new Invalid('Productions have this status.');
  },
});

/** The id of a project status that stands there from the first start. */
export const defaultProjectStatusId = (name: string): string => derivedId('default project status', name);
/** Name and colour of what a studio finds at its first start. */
export const DEFAULT_PROJECT_STATUSES: readonly [string, string][] = [['Open', '#000000'], ['Closed', '#000000']];
