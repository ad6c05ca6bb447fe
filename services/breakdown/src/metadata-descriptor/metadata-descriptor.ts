import { apiTime, common, defineState, event, f, insert, Invalid, on, projection, raw, remove, resourceEvents, sql, table, update, type Caller, type Claim, type Fields, type Shape, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import { department } from '@shotlog/auth/department/department';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { projectEvents } from '../project/project.fields.ts';

/** What a field of the studio's own can belong to. */
export const DESCRIBED = ['Asset', 'Shot', 'Sequence', 'Episode', 'Edit', 'Project', 'Task'] as const;
export const DATA_TYPES = ['string', 'number', 'boolean', 'date', 'list', 'taglist', 'checklist'] as const;

/** `field_name` is the key under which entities keep the value in `data`. `position` orders the columns of a list; `departments` may edit it. */
export const descriptorFields = {
  project_id: f.uuid({ required: true, immutable: true }), entity_type: f.string(60, { required: true }), task_type_id: f.uuid(), name: f.string(120, { required: true, ignoreCase: true }),
  data_type: f.string(255), field_name: f.string(120, { required: true }), choices: f.json(), for_client: f.boolean({ default: false }), position: f.integer(),
  departments: f.uuids({ relation: true, default: [] }),
} satisfies Fields;

/** Streams `metadata_descriptor-<id>`. */
export const descriptorEvents = resourceEvents({ name: 'metadata_descriptor', type: 'MetadataDescriptor', published: 'metadata-descriptor', fields: descriptorFields });
/** The key of a field's values changed, or (`to` null) the field is gone: whoever keeps values of such things moves them. In the descriptor's stream. */
export const MetadataFieldMoved = event('MetadataFieldMoved', 1, z.object({
  metadata_descriptor_id: z.guid(), project_id: z.guid(), entity_type: z.string(), task_type_id: z.guid().nullable(), from: z.string(), to: z.string().nullable(),
}));
export const descriptorTable = table('metadata_descriptor', { ...descriptorFields, ...common }, { indexes: ['project_id'] });
export const descriptorShape: Shape = { table: descriptorTable, type: 'MetadataDescriptor' };

export type Descriptor = {
  project_id: string; entity_type: string; task_type_id: string | null; name: string; data_type: string | null; field_name: string; choices: unknown; for_client: boolean;
  position: number | null; departments: string[];
};

/** The state of a descriptor; null before its creation and after its end. */
export const descriptorState = defineState<Descriptor | null>({
  initial: null,
  evolve: (state, { type, data }) => {
    switch (type) {
      case 'MetadataDescriptorCreated': return { ...data };
      case 'MetadataDescriptorUpdated': return state && { ...state, ...data.changes };
      case 'MetadataDescriptorDeleted': return null;
      default: return state;
    }
  },
});
export const descriptorStream = (id: string): string => `metadata_descriptor-${id}`;

/** Neither the name nor the key of a field is used twice for one kind of thing in one production. */
export const descriptorClaims = (state: Descriptor | null): Claim[] => state === null ? [] : ['name', 'field_name'].map((what) =>
  ({ kind: `metadata_descriptor.${what}`, key: [state.project_id, state.entity_type, state.task_type_id ?? '', state[what as 'name' | 'field_name']].join('\n') }));
export const descriptorClaimSources = ['name', 'field_name'].map((what) =>
  `select 'metadata_descriptor.${what}', concat_ws(E'\\n', project_id, entity_type, coalesce(task_type_id::text, ''), ${what}), 'metadata_descriptor-' || id from metadata_descriptor`);

/** The key that entities keep a field's value under: the name in small letters without accents, everything else an underscore. */
export const fieldName = (name: string): string =>
  name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_+|_+$/g, '');

/** @throws Invalid (400) for a kind of thing that has no fields of the studio's own. */
export const checkEntityType = (entity_type: unknown): string => {
  if (!(DESCRIBED as readonly unknown[]).includes(entity_type)) throw new Invalid(`entity_type is one of ${DESCRIBED.join(', ')}.`);
  return entity_type as string;
};
/** @throws Invalid (400) for what is no type of data. */
export const checkDataType = (data_type: unknown): void => {
  if (!(DATA_TYPES as readonly unknown[]).includes(data_type)) throw new Invalid(`data_type is one of ${DATA_TYPES.join(', ')}.`);
};
/** Fields of tasks belong to one task type, others to none. @throws Invalid (400). */
export const checkTaskType = (entity_type: string, task_type_id: string | null | undefined): void => {
  if (entity_type === 'Task' && !task_type_id) throw new Invalid('A field of tasks needs a task_type_id.');
  if (entity_type !== 'Task' && task_type_id) throw new Invalid('Only fields of tasks have a task_type_id.');
};

const stamped = (e: { metadata: { at: string } }) => apiTime(e.metadata.at);
export const descriptorProjection = projection('metadata_descriptor', [descriptorTable], [
  on(descriptorEvents.created, (e) => insert(descriptorTable, { ...e.data, id: e.data.metadata_descriptor_id, created_at: stamped(e), updated_at: stamped(e), log_position: e.position })),
  on(descriptorEvents.updated, (e) => update(descriptorTable, e.data.metadata_descriptor_id, { ...e.data.changes, updated_at: stamped(e) })),
  on(descriptorEvents.deleted, (e) => remove(descriptorTable, e.data.metadata_descriptor_id)),
  on(projectEvents.deleted, (e) => sql`delete from metadata_descriptor where project_id = ${e.data.project_id}`),
  on(taskType.events.deleted, (e) => sql`delete from metadata_descriptor where task_type_id = ${e.data.task_type_id}`),
  on(department.events.deleted, (e) => sql`update metadata_descriptor set departments = array_remove(departments, ${e.data.department_id}::uuid) where ${e.data.department_id}::uuid = any(departments)`),
]);

/** What of a production's fields a caller may see, as SQL over `column`: clients of it only what is meant for them. */
export const visibleFields = (caller: Caller, project_id: string): Statement => (caller.roleIn(project_id) === 'client' ? raw('t.for_client') : raw('true'));
/** The order that lists of fields stand in. */
export const BY_NAME = raw('t.name collate "C", t.log_position');
