import { sql, type Db } from '@shotlog/kernel';

const slug = (text: string | null | undefined): string => (text ?? '').normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');

/**
 * The name under which a preview is saved: production, where the entity stands, entity, task type and revision, as
 * `film_sq01_sh010_animation_v3.mp4`; several files of a revision are counted.
 */
export const downloadName = async (db: Db, preview_file_id: string, extension: string): Promise<string> => {
  const row = await db.one(sql`select p.name as project, e.name as entity, e.kind, y.name as type, s.name as parent, g.name as grandparent, k.name as task_type, t.revision::int, t.position::int, t.original_name
    from preview_file t left join project p on p.id = t.production_id left join entity e on e.id = t.of_entity_id left join entity_type y on y.id = e.entity_type_id
      left join entity s on s.id = e.parent_id left join entity g on g.id = s.parent_id left join task_type k on k.id = t.of_task_type_id where t.id = ${preview_file_id}`);
  if (!row?.project) return `${slug(row?.original_name) || 'preview'}.${extension}`;
  const parts = [row.project, row.grandparent, row.parent, row.kind === 'asset' ? row.type : null, row.entity, row.task_type].map(slug).filter(Boolean);
  return `${parts.join('_')}_v${row.revision}${row.position > 1 ? `_${row.position}` : ''}.${extension}`;
};
