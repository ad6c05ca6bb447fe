import { command, f, fieldSchema, route, to, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';
import { ClientsNotified } from './playlist.events.ts';
import { live, managesIt } from './playlist.policy.ts';
import { pathPlaylist } from './playlist.queries.ts';
import { playlistState, playlistStream, type PlaylistState } from './playlist.state.ts';
import { Notified } from './playlist.answers.ts';

const OptionalId = (name: string) => fieldSchema(name, f.uuid()).transform((id) => (id ?? null) as string | null);
const NotifyClients = z.object({ playlist_id: z.string(), person_id: OptionalId('person_id'), studio_id: OptionalId('studio_id'), department_id: OptionalId('department_id') });
type NotifyClients = { playlist_id: string; person_id?: string | null; studio_id?: string | null; department_id?: string | null };

const decide = ({ playlist_id, person_id, studio_id, department_id }: NotifyClients, state: PlaylistState): NewEvent[] =>
  [ClientsNotified({ playlist_id, project_id: live(state, playlist_id).project_id, person_id: person_id ?? null, studio_id: studio_id ?? null, department_id: department_id ?? null })];

/** Tells the production's clients (of one studio or department, where named) that a playlist is ready; notifications makes the notices. */
export const notifyClients = command({
  subject: 'cmd.playlists.notify-clients', schema: NotifyClients, state: playlistState, access: to.teamManagers, policy: managesIt,
  prepare: (c): NotifyClients => ({ ...c, playlist_id: pathPlaylist(c.playlist_id) }), stream: playlistStream, decide,
  answer: () => ({ status: 'success' }),
});
export const notifyClientsRoute = route({ method: 'post', path: '/data/playlists/{playlist_id}/notify-clients', summary: 'Tell clients that a playlist is ready', answers: { 200: Notified }, command: notifyClients, status: 200 });
