import { defineState, NotFound, type Claim, type EventOf } from '@shotlog/kernel';
import type { TaskStatusLink, TaskTypeLink } from '../project/project.state.ts';
import type { templateLinkEvents } from './template.events.ts';

/** What decisions about a template need; null before its creation and after its end. `items` are `kind/id`. */
export type TemplateState = {
  values: Record<string, any>; task_types: ReadonlyMap<string, TaskTypeLink>; task_statuses: ReadonlyMap<string, TaskStatusLink>; items: ReadonlySet<string>;
} | null;
type Live = NonNullable<TemplateState>;
type LinkEvent = EventOf<(typeof templateLinkEvents)[number]>;

export const itemKey = (kind: string, id: string): string => `${kind}/${id}`;
const without = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => new Map([...map].filter(([k]) => k !== key));

const evolveLive = (state: Live, { type, data }: LinkEvent): Live => {
  switch (type) {
    case 'TemplateTaskTypeLinked': return { ...state, task_types: new Map(state.task_types).set(data.task_type_id, data) };
    case 'TemplateTaskTypeUnlinked': return { ...state, task_types: without(state.task_types, data.task_type_id) };
    case 'TemplateTaskStatusLinked': return { ...state, task_statuses: new Map(state.task_statuses).set(data.task_status_id, data) };
    case 'TemplateTaskStatusUnlinked': return { ...state, task_statuses: without(state.task_statuses, data.task_status_id) };
    case 'TemplateItemLinked': return { ...state, items: new Set(state.items).add(itemKey(data.kind, data.item_id)) };
    case 'TemplateItemUnlinked': return { ...state, items: new Set([...state.items].filter((key) => key !== itemKey(data.kind, data.item_id))) };
    default: return state;
  }
};

export const templateState = defineState<TemplateState>({
  initial: null,
  evolve: (state, event) => {
    if (event.type === 'ProjectTemplateCreated') return { values: event.data, task_types: new Map(), task_statuses: new Map(), items: new Set() };
    if (event.type === 'ProjectTemplateDeleted' || state === null) return null;
    return event.type === 'ProjectTemplateUpdated' ? { ...state, values: { ...state.values, ...event.data.changes } } : evolveLive(state, event);
  },
});

export const templateStream = (c: { project_template_id: string }): string => `project_template-${c.project_template_id}`;
export const templateClaims = (state: TemplateState): Claim[] => (state === null ? [] : [{ kind: 'project_template.name', key: String(state.values.name) }]);
export const templateClaimSource = "select 'project_template.name', name, 'project_template-' || id from project_template";

/** The state of a template that is there. @throws NotFound (404). */
export const liveTemplate = (state: TemplateState, id: string): Live => {
  if (state === null) throw new NotFound('project template', id);
  return state;
};
