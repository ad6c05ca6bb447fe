import { access, f, Invalid, resource, sql } from '@shotlog/kernel';

/** Programs that the studio works with; a working file names the one that opens it. Costs are per month. */
export const software = resource({
  service: 'files', name: 'software', path: '/data/softwares', type: 'Software', published: 'software',
  fields: { name: f.string(40, { required: true, ignoreCase: true }), short_name: f.string(20, { required: true }), archived: f.boolean({ default: false }), version: f.string(20),
    file_extension: f.string(20, { required: true }), secondary_extensions: f.json(), monthly_cost: f.integer({ default: 0 }), inventory_amount: f.integer({ default: 0 }) },
  unique: [['name']], access: access.studio,
  removing: async (row, { db }, force) => {
    if (!force && (await db.one(sql`select 1 from working_file where software_id = ${row.id} limit 1`))) throw new Invalid('Working files were made with this software.');
  },
});
