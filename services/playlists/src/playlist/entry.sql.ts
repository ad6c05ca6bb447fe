import { raw, type Statement } from '@shotlog/kernel';

/**
 * The entries of a playlist `t` with what exports call them by: `en` the entity, `p` its preview file, `k` the task, `tt` its type.
 * Preview files of other productions are left out unless their entity is shared.
 */
export const namedEntries: Statement = raw(`playlist t join project pr on pr.id = t.project_id, jsonb_array_elements(t.shots) with ordinality x(e, n)
  join entity en on en.id = coalesce(x.e->>'entity_id', x.e->>'id')::uuid
  left join entity up on up.id = en.parent_id left join entity top on top.id = up.parent_id left join entity_type ty on ty.id = en.entity_type_id
  left join (preview_file p join entity pe on pe.id = p.entity_id) on p.id = (x.e->>'preview_file_id')::uuid
  left join task k on k.id = p.task_id left join task_type tt on tt.id = p.task_type_id`);
/** Where `p` may be shown in the playlist `t`. */
export const previewIsTheirs: Statement = raw('(pe.project_id = t.project_id or pe.is_shared)');
/** What stands above the entity, outermost first: episode and sequence, an asset's type. */
export const above: Statement = raw(`case when en.kind in ('asset', 'edit') then array[ty.name] else array_remove(array[top.name, up.name], null) end`);
