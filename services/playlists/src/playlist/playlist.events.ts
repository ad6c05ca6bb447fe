import { event, f, factSchema, type EventDefinition, type Fields } from '@shotlog/kernel';
import { z } from 'zod';

const Id = z.guid();
/** The fields of a playlist. `shots` lists its entries in order: `{ entity_id, preview_file_id, … }` with whatever else a client put there. */
export const playlistFields = {
  name: f.string(80, { required: true, ignoreCase: true }), shots: f.json(), project_id: f.uuid({ required: true, immutable: true }), episode_id: f.uuid(), task_type_id: f.uuid(), for_client: f.boolean({ default: false }),
  for_entity: f.string(10, { default: 'shot' }), is_for_all: f.boolean({ default: false }), created_by: f.uuid({ immutable: true }),
} satisfies Fields;

const data = factSchema(playlistFields);
const Ids = z.object({ playlist_id: Id, project_id: Id });
const ids = (e: any) => ({ playlist_id: e.data.playlist_id, project_id: e.data.project_id });

/** Streams `playlist-<id>`. */
export const PlaylistCreated = event('PlaylistCreated', 1, data.extend({ playlist_id: Id, project_id: Id }), { publish: (e: any) => [{ name: 'playlist:new', payload: ids(e) }] }) as EventDefinition;
export const PlaylistUpdated = event('PlaylistUpdated', 1, Ids.extend({ changes: data }), { publish: (e) => [{ name: 'playlist:update', payload: ids(e) }] }) as EventDefinition;
/** Put at the end. `preview_file_id` is null when the entity had no preview file at that moment. */
export const PlaylistEntityAdded = event('PlaylistEntityAdded', 1, Ids.extend({ entity_id: Id, preview_file_id: Id.nullable() }),
  { publish: (e) => [{ name: 'playlist:add_entity', payload: { ...ids(e), entity_id: e.data.entity_id, preview_file_id: e.data.preview_file_id } }] });
export const PlaylistDeleted = event('PlaylistDeleted', 1, Ids, { publish: (e) => [{ name: 'playlist:delete', payload: ids(e) }] });
/** Somebody was told that a playlist is ready: notifications makes the notices. */
export const ClientsNotified = event('ClientsNotified', 1, Ids.extend({ person_id: Id.nullable(), studio_id: Id.nullable(), department_id: Id.nullable() }));
