import { access, f, Invalid, resource, sql } from '@shotlog/kernel';

/** Machines that departments use, and what they cost. */
export const hardwareItem = resource({
  service: 'auth', name: 'hardware_item', path: '/data/hardware-items', type: 'HardwareItem', published: 'hardware-item',
  fields: { name: f.string(40, { required: true, ignoreCase: true }), short_name: f.string(20, { required: true }), archived: f.boolean({ default: false }), monthly_cost: f.integer({ default: 0 }),
    inventory_amount: f.integer({ default: 0 }) },
  unique: [['name']], access: access.admin,
  removing: async (row, { db }) => {
    if (await db.one(sql`select 1 from hardware_item_department where hardware_item_id = ${row.id}`)) throw new Invalid('Departments use this hardware.');
  },
});
