import { bodySchema, command, Invalid, NotFound, route, sql, type NewEvent } from '@shotlog/kernel';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { checkEpisode, checkForEntity, nameTaken } from './create-playlist.ts';
import { plainEntries } from './entries.ts';
import { PlaylistUpdated, playlistFields } from './playlist.events.ts';
import { CHANGERS, changesIt, live, mayChangePlaylist } from './playlist.policy.ts';
import { checkedId, playlistJson } from './playlist.queries.ts';
import { playlistClaims, playlistState, playlistStream, type PlaylistState } from './playlist.state.ts';
import { Playlist } from './playlist.answers.ts';

type UpdatePlaylist = { playlist_id: string; changes: Record<string, unknown> };
const Body = bodySchema(playlistFields);

const decide = ({ playlist_id, changes }: UpdatePlaylist, state: PlaylistState): NewEvent[] => {
  const row = live(state, playlist_id);
  const changed = Object.fromEntries(Object.entries(changes).filter(([name, value]) => !isDeepStrictEqual((row as any)[name] ?? null, value ?? null)));
  return Object.keys(changed).length === 0 ? [] : [PlaylistUpdated({ playlist_id, project_id: row.project_id, changes: changed })];
};

/** Changes a playlist: its fields, or all its entries at once (order included). Its production and its maker stay. */
export const updatePlaylist = command({
  subject: 'cmd.playlists.update-playlist', schema: z.object({ playlist_id: z.string(), changes: z.unknown() }), state: playlistState, claims: playlistClaims, taken: nameTaken, access: CHANGERS, policy: changesIt,
  prepare: async ({ playlist_id, changes: given }, context): Promise<UpdatePlaylist> => {
    const id = checkedId(playlist_id);
    const row = await context.db.one(sql`select project_id, created_by from playlist where id = ${id}`);
    if (!row) throw new NotFound('playlist', id);
    mayChangePlaylist(context.caller, row as any);
    const parsed = Body.safeParse(given ?? {});
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
    const { project_id: _, created_by: __, ...changes } = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined)) as Record<string, any>;
    if ('name' in changes && !changes.name) throw new Invalid('name is needed.');
    if ('for_entity' in changes) checkForEntity(changes.for_entity);
    if ('shots' in changes) changes.shots = plainEntries(changes.shots);
    await checkEpisode(context, row.project_id, changes.episode_id);
    return { playlist_id: id, changes };
  },
  stream: playlistStream, decide,
  answer: (c: UpdatePlaylist, context) => playlistJson(context, c.playlist_id, false),
});
export const updatePlaylistRoute = route({
  method: 'put', path: '/data/playlists/{instance_id}', summary: 'Change a playlist', answers: { 200: Playlist }, command: updatePlaylist, status: 200, body: Body,
  input: (request) => ({ playlist_id: request.params.instance_id, changes: request.body ?? {} }),
});
