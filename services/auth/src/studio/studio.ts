import { access, f, Invalid, resource, sql } from '@shotlog/kernel';

/** Houses of an organisation, by which its people are told apart. */
export const studio = resource({
  service: 'auth', name: 'studio', path: '/data/studios', type: 'Studio', published: 'studio',
  fields: { name: f.string(80, { required: true, ignoreCase: true }), color: f.string(7, { required: true }), archived: f.boolean({ default: false }) },
  unique: [['name']], access: access.studio,
  removing: async (row, { db }) => {
    if (await db.one(sql`select 1 from person where studio_id = ${row.id}`)) throw new Invalid('Persons belong to this studio.');
  },
});
