import { apiTime, media, Reply, route, sql, type QueryContext } from '@shotlog/kernel';
import { stringify } from 'csv-stringify/sync';
import { above, namedEntries, previewIsTheirs } from './entry.sql.ts';
import { fileName } from './file-name.ts';
import { mayTakePlaylist, TAKERS } from './playlist.policy.ts';
import { findPlaylist } from './playlist.queries.ts';

const COLUMNS = ['Entity name', 'Nb Frames', 'Task Type', 'Retake count', 'Revision', 'Task Status', 'Last comment author', 'Last comment date', 'Last comment'];
const LINE = 7;

/** A time of the read model (UTC) as people of the studio read it: ISO 8601 in their zone, without the zone. */
export const localTime = (at: string, zone: string): string => {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })
    .formatToParts(new Date(`${apiTime(at)}Z`)).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`;
};

type Line = { above: string[]; name: string; nb_frames: number | null; task_type: string | null; retake_count: number | null; revision: number | null; status: string | null; person_id: string | null; commented_at: string | null; comment: string | null };
const linesOf = (c: QueryContext, playlist_id: string): Promise<Line[]> => c.db.all<Line>(sql`
  select ${above} as above, en.name, en.nb_frames, tt.name as task_type, k.retake_count, p.revision, s.name as status, said.person_id, said.text as comment, to_char(said.created_at, 'YYYY-MM-DD"T"HH24:MI:SS') as commented_at
  from ${namedEntries} left join task_status s on s.id = k.task_status_id
  left join lateral (select person_id, text, created_at from comment where comment.task_id = k.id order by created_at desc, log_position desc limit 1) said on true
  where t.id = ${playlist_id} and (p.id is null or ${previewIsTheirs}) order by n`);

const heading = async (c: QueryContext, playlist: Awaited<ReturnType<typeof findPlaylist>>, zone: string): Promise<unknown[]> => {
  const of = await c.db.one(sql`select p.name as project, e.name as episode from project p left join entity e on e.id = ${playlist.episode_id} where p.id = ${playlist.project_id}`);
  const production = [of?.project, of?.episode].filter(Boolean).join(' - ');
  return ['Playlist', `${production} | for ${playlist.for_entity}s`, playlist.name, localTime(playlist.created_at, zone), '', '', ''];
};

const exportPlaylist = async (c: QueryContext): Promise<Reply> => {
  const playlist = await findPlaylist(c.db, c.request.params.playlist_id!);
  mayTakePlaylist(c.caller, playlist);
  const zone = c.resource<string>('timezone');
  const lines = await linesOf(c, playlist.id);
  const persons = await c.persons(lines.flatMap((line) => line.person_id ?? []));
  const rows = lines.map((line) => [[...line.above, line.name].join(' / '), line.nb_frames, line.task_type, line.retake_count, line.revision, line.status,
    persons.get(line.person_id ?? '')?.full_name, line.commented_at && localTime(line.commented_at, zone), line.comment]);
  const text = stringify([await heading(c, playlist, zone), Array<string>(LINE).fill(''), COLUMNS, ...rows], { delimiter: ';', record_delimiter: 'windows' });
  const project = await c.db.one(sql`select name from project where id = ${playlist.project_id}`);
  return new Reply(200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename=${encodeURIComponent(fileName(['shotlog', project?.name, 'playlist', playlist.name]))}.csv` }, text);
};

export const exportPlaylistRoute = route({ method: 'get', path: '/export/csv/playlists/{playlist_id}', summary: 'Export a playlist as CSV', answers: { 200: media('text/csv') }, description: 'Times are in the time zone of the studio.', access: TAKERS, ask: exportPlaylist });
