import { bodySchema, command, Invalid, NotFound, route, sql, to, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { checkedEntries } from './entries.ts';
import { PlaylistCreated, playlistFields } from './playlist.events.ts';
import { mayMakePlaylist } from './playlist.policy.ts';
import { playlistJson } from './playlist.queries.ts';
import { playlistClaims, playlistState, playlistStream, type PlaylistRow } from './playlist.state.ts';

/** What a playlist may list. */
export const FOR_ENTITIES = ['shot', 'asset', 'sequence', 'edit', 'episode'];
export const checkForEntity = (for_entity: unknown): void => {
  if (!FOR_ENTITIES.includes(for_entity as string)) throw new Invalid(`for_entity must be one of ${FOR_ENTITIES.join(', ')}.`);
};
export const nameTaken = (): Invalid => new Invalid('The episode has a playlist of this name already.');
/** @throws NotFound (404) for an episode of another production. */
export const checkEpisode = async (context: Context, project_id: string, episode_id: string | null | undefined): Promise<void> => {
  if (episode_id && !(await context.db.one(sql`select 1 from entity where id = ${episode_id} and project_id = ${project_id} and kind = 'episode'`))) throw new NotFound('episode', episode_id);
};

type CreatePlaylist = PlaylistRow & { playlist_id: string };
const decide = ({ playlist_id, name, shots, project_id, episode_id, task_type_id, for_client, for_entity, is_for_all, created_by }: CreatePlaylist, state: { status: string }): NewEvent[] =>
  (state.status !== 'missing' ? [] : [PlaylistCreated({ playlist_id, name, shots, project_id, episode_id, task_type_id, for_client, for_entity, is_for_all, created_by })]);

/**
 * Creates a playlist with its entries in order. Names are unique within an episode.
 * @throws Invalid (400) without a name or a production, NotFound (404) for a production that is not there.
 */
export const createPlaylist = command({
  subject: 'cmd.playlists.create-playlist', schema: bodySchema(playlistFields), state: playlistState, creates: true, claims: playlistClaims, taken: nameTaken,
  access: to.teamSupervisors, policy: (caller, c: CreatePlaylist) => mayMakePlaylist(caller, c.project_id),
  prepare: async (values: any, context): Promise<CreatePlaylist> => {
    if (!values.project_id) throw new Invalid('project_id is needed.');
    if (!(await context.db.one(sql`select 1 from project where id = ${values.project_id}`))) throw new NotFound('production', values.project_id);
    mayMakePlaylist(context.caller, values.project_id);
    if (!values.name) throw new Invalid('name is needed.');
    const for_entity = values.for_entity ?? 'shot';
    checkForEntity(for_entity);
    await checkEpisode(context, values.project_id, values.episode_id);
    return {
      playlist_id: context.moment.id(), name: values.name, shots: checkedEntries(values.shots), project_id: values.project_id, episode_id: values.episode_id ?? null,
      task_type_id: values.task_type_id ?? null, for_client: values.for_client ?? false, for_entity, is_for_all: values.is_for_all ?? false, created_by: context.moment.actor,
    };
  },
  stream: playlistStream, decide,
  answer: (c: CreatePlaylist, context) => playlistJson(context, c.playlist_id, true),
});
export const createPlaylistRoute = route({
  method: 'post', path: '/data/playlists', summary: 'Create a playlist', command: createPlaylist, status: 201, body: bodySchema(playlistFields), answers: { 201: z.looseObject({ id: z.guid() }) },
  input: (request) => request.body ?? {},
});
