import { defineState, type Claim } from '@shotlog/kernel';
import type { Annotation } from './annotations.ts';

/** What decisions about a preview file need. `source_key` is null until its file has arrived. */
export type PreviewFileState = {
  preview_file_id: string; project_id: string | null; task_id: string | null; comment_id: string | null; entity_id: string | null;
  name: string | null; revision: number; status: string; extension: string | null; source_key: string | null; annotations: Annotation[];
  /** The values of its fields, for telling what a change changes. */
  values: Record<string, unknown>;
} | null;

const evolve = (state: PreviewFileState, { type, data }: { type: string; data: any }): PreviewFileState => {
  if (type === 'PreviewFileCreated') {
    const { preview_file_id, project_id, task_id, comment_id, entity_id, name, revision, status, extension, annotations, ...values } = data;
    return { preview_file_id, project_id, task_id: task_id ?? null, comment_id, entity_id, name: name ?? null, revision: revision ?? 1, status: status ?? 'processing', extension: extension ?? null, source_key: null,
      annotations: annotations ?? [], values: { ...values, name, revision, status, extension } };
  }
  if (state === null) return null;
  const changed = (changes: Record<string, any>): PreviewFileState => ({ ...state, ...pick(changes), values: { ...state.values, ...changes } });
  switch (type) {
    case 'PreviewFileUpdated': return changed(data.changes);
    case 'PreviewFileAdded': return { ...changed({ ...data.changes, status: data.status, extension: data.extension })!, source_key: data.source_key ?? state.source_key };
    case 'PreviewFileAnnotated': return { ...state, annotations: data.annotations };
    case 'PreviewFileDeleted': return null;
    default: return state;
  }
};
const pick = (changes: Record<string, any>) => Object.fromEntries(['name', 'revision', 'status', 'extension', 'annotations'].filter((k) => k in changes).map((k) => [k, changes[k]]));

export const previewFileState = defineState<PreviewFileState>({ initial: null, evolve });
export const previewFileStream = (preview_file_id: string): string => `preview_file-${preview_file_id}`;

/** One name for a revision of a task: two uploads at once never make the same revision twice. */
export const previewFileClaims = (state: PreviewFileState): Claim[] =>
  (state?.task_id && state.name !== null ? [{ kind: 'preview_file.name', key: `${state.task_id}\n${state.revision}\n${state.name}` }] : []);
export const PREVIEW_CLAIM_SOURCE = "select 'preview_file.name', concat_ws(E'\\n', task_id, revision, name), 'preview_file-' || id from preview_file where task_id is not null and name is not null";
