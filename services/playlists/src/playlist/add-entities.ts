import { command, isId, NotFound, route, sql, textArray, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { PlaylistEntityAdded } from './playlist.events.ts';
import { CHANGERS, changesIt, live, mayChangePlaylist } from './playlist.policy.ts';
import { playlistJson } from './playlist.queries.ts';
import { entryKey, playlistState, playlistStream, type PlaylistState } from './playlist.state.ts';
import { Playlist } from './playlist.answers.ts';

const OptionalId = z.union([z.literal('').transform(() => null), z.guid().toLowerCase(), z.null()]).optional().transform((id) => id ?? null);
const Added = z.object({ entity_id: z.guid().toLowerCase(), preview_file_id: OptionalId });
const AddEntity = Added.extend({ playlist_id: z.string() });
const AddEntities = z.object({ playlist_id: z.string(), entities: z.array(Added).min(1).max(5_000) });
type AddEntities = z.infer<typeof AddEntities>;

const decide = ({ playlist_id, entities }: AddEntities, state: PlaylistState): NewEvent[] => {
  const { project_id, shots } = live(state, playlist_id);
  const there = new Set(shots.map(entryKey));
  return entities.flatMap((entry) => {
    if (there.has(entryKey(entry))) return [];
    there.add(entryKey(entry));
    return [PlaylistEntityAdded({ playlist_id, project_id, entity_id: entry.entity_id, preview_file_id: entry.preview_file_id })];
  });
};

/** The latest revision of each entity, of one task type or, for null, of any. */
const latest = async (context: Context, entity_ids: string[], task_type_id: string | null): Promise<Map<string, string>> => {
  const rows = await context.db.all(sql`select distinct on (entity_id) entity_id, id from preview_file where entity_id = any(${textArray(entity_ids)}::uuid[])
    and (${task_type_id}::uuid is null or task_type_id = ${task_type_id}) order by entity_id, revision desc, position, log_position desc`);
  return new Map(rows.map((row) => [row.entity_id, row.id]));
};

/** Entities and preview files that a production's playlist may show: its own, and assets that another one shares. */
const checkTheirs = async (context: Context, project_id: string, entities: AddEntities['entities']): Promise<void> => {
  const ids = textArray(entities.map((e) => e.entity_id));
  const previews = textArray(entities.flatMap((e) => e.preview_file_id ?? []));
  const found = new Set((await context.db.all(sql`select id from entity where id = any(${ids}::uuid[]) and (project_id = ${project_id} or is_shared)
    union all select id from preview_file where id = any(${previews}::uuid[]) and (project_id = ${project_id} or entity_id = any(${ids}::uuid[]))`)).map((row) => row.id));
  for (const { entity_id, preview_file_id } of entities) {
    if (!found.has(entity_id)) throw new NotFound('entity', entity_id);
    if (preview_file_id !== null && !found.has(preview_file_id)) throw new NotFound('preview file', preview_file_id);
  }
};

const prepare = async ({ playlist_id, entities }: AddEntities, context: Context): Promise<AddEntities> => {
  const playlist = isId(playlist_id) ? await context.db.one(sql`select project_id, task_type_id, created_by from playlist where id = ${playlist_id}`) : null;
  if (!playlist) throw new NotFound('playlist', playlist_id.slice(0, 60));
  mayChangePlaylist(context.caller, playlist as any);
  await checkTheirs(context, playlist.project_id, entities);
  const unnamed = entities.filter((e) => e.preview_file_id === null).map((e) => e.entity_id);
  const previews = unnamed.length > 0 ? await latest(context, unnamed, playlist.task_type_id) : new Map<string, string>();
  return { playlist_id: playlist_id.toLowerCase(), entities: entities.map((e) => ({ ...e, preview_file_id: e.preview_file_id ?? previews.get(e.entity_id) ?? null })) };
};
const rules = { state: playlistState, access: CHANGERS, policy: changesIt, stream: playlistStream, decide, answer: (c: AddEntities, context: Context) => playlistJson(context, c.playlist_id, false) };

/**
 * Puts entities (shots, assets, edits …) at the end of a playlist, all or none. Where no preview file is named the latest revision for
 * the playlist's task type is taken. What is there already stays once: no event, still 200.
 * @throws NotFound (404) for a playlist, an entity or a preview file that is not there or belongs to another production.
 */
export const addEntities = command({ subject: 'cmd.playlists.add-entities', schema: AddEntities, prepare, ...rules });
/** The same for one. */
export const addEntity = command({ subject: 'cmd.playlists.add-entity', schema: AddEntity, prepare: ({ playlist_id, ...entry }, context) => prepare({ playlist_id, entities: [entry] }, context), ...rules });

export const addEntityRoutes = [
  route({ method: 'post', path: '/actions/playlists/{playlist_id}/add-entity', summary: 'Add an entity to a playlist', answers: { 200: Playlist }, command: addEntity, status: 200, body: Added }),
  route({ method: 'post', path: '/actions/playlists/{playlist_id}/add-entities', summary: 'Add several entities to a playlist', answers: { 200: Playlist }, command: addEntities, status: 200, body: AddEntities.omit({ playlist_id: true }) }),
];
