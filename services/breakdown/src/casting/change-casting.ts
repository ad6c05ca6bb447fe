import { command, NotFound, to } from '@shotlog/kernel';
import { z } from 'zod';
import { Cast, CastingSet, KINDS, type CastingSetEvent } from '../entity/entity.events.ts';
import { entityState, type EntityState } from '../entity/entity.state.ts';
import { entityStream } from '../entity/kinds.ts';

const Change = z.object({
  entity_id: z.guid(), kind: z.enum(KINDS), project_id: z.guid(),
  /** `replace` the whole casting, `put` these entries in, `add` those that are missing, `drop` these assets. */
  op: z.enum(['replace', 'put', 'add', 'drop']), casting: z.array(Cast),
  /** Whether the entity's count of what it casts stays as it is. */
  uncounted: z.boolean().default(false),
});
type Change = z.output<typeof Change>;

const merged = (op: Change['op'], now: readonly Cast[], given: Cast[]): Cast[] => {
  // An asset stands once in a casting: the last entry given for it counts.
  const wanted = [...new Map(given.map((c) => [c.asset_id, c])).values()];
  const has = (list: readonly Cast[], { asset_id }: Cast) => list.some((c) => c.asset_id === asset_id);
  if (op === 'replace') return wanted;
  if (op === 'drop') return now.filter((c) => !has(wanted, c));
  if (op === 'add') return [...now, ...wanted.filter((c) => !has(now, c))];
  return [...now.map((c) => wanted.find((w) => w.asset_id === c.asset_id) ?? c), ...wanted.filter((c) => !has(now, c))];
};

/** Only what an event says of a link; its id stays what it was. */
const entry = (c: Cast, now: readonly Cast[]): Cast => {
  const link_id = c.link_id ?? now.find((n) => n.asset_id === c.asset_id)?.link_id;
  return { asset_id: c.asset_id, nb_occurences: c.nb_occurences, label: c.label, ...(link_id ? { link_id } : {}), ...(c.data === undefined || c.data === null ? {} : { data: c.data }) };
};

const decide = ({ entity_id, kind, project_id, op, casting: given, uncounted }: Change, state: EntityState): CastingSetEvent[] => {
  if (state === null) throw new NotFound(kind, entity_id);
  const casting = merged(op, state.casting, given).map((c) => entry(c, state.casting));
  if (JSON.stringify(casting) === JSON.stringify(state.casting)) return [];
  const ids = (list: readonly Cast[]) => list.map((c) => c.asset_id);
  const before = (c: Cast) => state.casting.find((now) => now.asset_id === c.asset_id);
  const links = uncounted ? { uncounted, changed: casting.filter((c) => before(c) && JSON.stringify(before(c)) !== JSON.stringify(c)), removed: state.casting.filter((c) => !ids(casting).includes(c.asset_id)) } : {};
  return [CastingSet({ entity_id, project_id, kind, casting,
    added_asset_ids: ids(casting).filter((id) => !ids(state.casting).includes(id)), removed_asset_ids: ids(state.casting).filter((id) => !ids(casting).includes(id)), ...links,
    ...(op === 'add' && kind === 'episode' && !uncounted ? { followed: true } : {}) })];
};

/** A step of the commands that cast: changes an entity's casting. The policy is asked by those that a client sends. */
export const changeCasting = command({
  subject: 'cmd.breakdown.change-casting', schema: Change, state: entityState, decide,
  access: to.teamManagers.of('project_id'),
  stream: (c: Change) => entityStream(c.kind, c.entity_id),
});
