import { defineState, type Claim, type Role, type TeamEvent } from '@shotlog/kernel';
import type { LinkEvent } from './links.events.ts';

export type TaskTypeLink = { link_id: string; priority: number | null };
export type TaskStatusLink = TaskTypeLink & { roles_for_board: readonly Role[] };

/** What decisions about a production need: its fields, its team and what it takes of the studio's reference data. */
export type ProjectState = {
  values: Record<string, any>;
  team: ReadonlyMap<string, Role | null>;
  task_types: ReadonlyMap<string, TaskTypeLink>;
  task_statuses: ReadonlyMap<string, TaskStatusLink>;
  asset_types: ReadonlySet<string>;
  status_automations: ReadonlySet<string>;
  backgrounds: ReadonlySet<string>;
} | null;
type Live = NonNullable<ProjectState>;

type ProjectEvent = TeamEvent | LinkEvent
  | { type: 'ProjectCreated'; data: Record<string, any> } | { type: 'ProjectUpdated'; data: { changes: Record<string, any> } } | { type: 'ProjectDeleted'; data: unknown };

const put = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value);
const drop = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => new Map([...map].filter(([k]) => k !== key));
const without = (set: ReadonlySet<string>, key: string): ReadonlySet<string> => new Set([...set].filter((k) => k !== key));

const evolveLive = (state: Live, event: Exclude<ProjectEvent, { type: 'ProjectCreated' | 'ProjectDeleted' }>): Live => {
  switch (event.type) {
    case 'ProjectUpdated': return { ...state, values: { ...state.values, ...event.data.changes } };
    case 'TeamMemberAdded': case 'TeamMemberRoleSet': return { ...state, team: put(state.team, event.data.person_id, event.data.role) };
    case 'TeamMemberRemoved': return { ...state, team: drop(state.team, event.data.person_id) };
    case 'ProjectTaskTypeLinked': return { ...state, task_types: put(state.task_types, event.data.task_type_id, event.data) };
    case 'ProjectTaskTypeUnlinked': return { ...state, task_types: drop(state.task_types, event.data.task_type_id) };
    case 'ProjectTaskStatusLinked': return { ...state, task_statuses: put(state.task_statuses, event.data.task_status_id, event.data) };
    case 'ProjectTaskStatusUnlinked': return { ...state, task_statuses: drop(state.task_statuses, event.data.task_status_id) };
    case 'ProjectAssetTypeLinked': return { ...state, asset_types: new Set(state.asset_types).add(event.data.asset_type_id) };
    case 'ProjectAssetTypeUnlinked': return { ...state, asset_types: without(state.asset_types, event.data.asset_type_id) };
    case 'ProjectStatusAutomationLinked': return { ...state, status_automations: new Set(state.status_automations).add(event.data.status_automation_id) };
    case 'ProjectStatusAutomationUnlinked': return { ...state, status_automations: without(state.status_automations, event.data.status_automation_id) };
    case 'ProjectBackgroundLinked': return { ...state, backgrounds: new Set(state.backgrounds).add(event.data.preview_background_file_id) };
    case 'ProjectBackgroundUnlinked': return { ...state, backgrounds: without(state.backgrounds, event.data.preview_background_file_id) };
    default: return state;
  }
};

/** State of the stream `project-<id>`; null before its creation and after its end. */
export const projectState = defineState<ProjectState, ProjectEvent>({
  initial: null,
  evolve: (state, event) => {
    if (event.type === 'ProjectCreated') {
      return { values: event.data, team: new Map(), task_types: new Map(), task_statuses: new Map(), asset_types: new Set(), status_automations: new Set(), backgrounds: new Set() };
    }
    if (event.type === 'ProjectDeleted' || state === null) return null;
    return evolveLive(state, event);
  },
});

/** The stream of a production. */
export const projectStream = (project_id: string): string => `project-${project_id}`;
/** A production's name is its own in the studio. */
export const projectClaims = (state: ProjectState): Claim[] => (state === null ? [] : [{ kind: 'project.name', key: String(state.values.name) }]);
/** Where the claims are read from when the database was made anew. */
export const projectClaimSource = "select 'project.name', name, 'project-' || id from project";
