import { defineState, type Claim } from '@shotlog/kernel';
import { CastingSet, entityEvents, KINDS, type Cast, type Kind } from './entity.events.ts';
import { RULES } from './kinds.ts';

/** What decisions about an entity need: its fields as they are and its casting. Null before its creation and after its end. */
export type EntityState = { kind: Kind; values: Record<string, any>; casting: readonly Cast[] } | null;

const CREATED = new Map(KINDS.map((kind) => [entityEvents[kind].created.eventType as string, kind]));
const UPDATED = new Set<string>(KINDS.map((kind) => entityEvents[kind].updated.eventType));
const DELETED = new Set<string>(KINDS.map((kind) => entityEvents[kind].deleted.eventType));

export const entityState = defineState<EntityState>({
  initial: null,
  evolve: (state, { type, data }) => {
    const kind = CREATED.get(type);
    if (kind) return { kind, values: data, casting: [] };
    if (DELETED.has(type) || state === null) return null;
    if (UPDATED.has(type)) return { ...state, values: { ...state.values, ...data.changes, ...('name' in data.changes ? { twin: undefined } : {}) } };
    return type === CastingSet.eventType ? { ...state, casting: data.casting } : state;
  },
});

/** The name that an entity holds: within its production and parent, where its kind has such names. What came over as a twin holds none before it gets another. */
export const entityClaims = (state: EntityState): Claim[] =>
  state === null || !RULES[state.kind].named || state.values.twin ? []
    : [{ kind: `${state.kind}.name`, key: [state.values.project_id, state.values.parent_id ?? '', state.values.name].join('\n') }];

/** Where the claims are read from when the database was made anew. */
export const entityClaimSource = `select kind || '.name', project_id || E'\\n' || coalesce(parent_id::text, '') || E'\\n' || name, kind || '-' || id from entity where kind <> 'asset'`;
