import { access, f, Invalid, resource, sql } from '@shotlog/kernel';

/** What comes out of the work: caches, renders, rigs. */
export const outputType = resource({
  service: 'files', name: 'output_type', path: '/data/output-types', type: 'OutputType', published: 'output-type',
  fields: { name: f.string(40, { required: true, ignoreCase: true }), short_name: f.string(20, { required: true }) },
  unique: [['name']], access: access.studio,
  removing: async (row, { db }, force) => {
    if (!force && (await db.one(sql`select 1 from output_file where output_type_id = ${row.id} limit 1`))) throw new Invalid('Output files of this type are there.');
  },
});
