import { access, derivedId, f, Invalid, resource, sql } from '@shotlog/kernel';

/** States of an output file. */
export const fileStatus = resource({
  service: 'files', name: 'file_status', path: '/data/file-status', type: 'FileStatus', published: 'file-status',
  fields: { name: f.string(40, { required: true, ignoreCase: true }), color: f.string(7, { required: true }) },
  unique: [['name']], access: access.studio,
  removing: async (row, { db }, force) => {
    if (!force && (await db.one(sql`select 1 from output_file where file_status_id = ${row.id} limit 1`))) throw new Invalid('Output files have this status.');
  },
});

/** What a new output file is without a status named for it; there from the first start. */
export const DEFAULT_FILE_STATUS = { id: derivedId('default file status', 'To review'), name: 'To review', color: '#999999' };
