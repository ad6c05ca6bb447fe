import type { Seeded } from './seed.ts';

/** What is asked: an address, or one and the range of it. */
export type Reads = Record<string, (s: Seeded) => string | [path: string, range: string]>;
export const READS: Reads = {
  'shots with tasks (400)': (s) => `/data/shots/with-tasks?project_id=${s.small.project_id}`,
  'shots with tasks (2,000)': (s) => `/data/shots/with-tasks?project_id=${s.large.project_id}`,
  'one shot': (s) => `/data/shots/${s.small.shots[0]}`,
  'user context': () => '/data/user/context',
  'tasks of a production': (s) => `/data/projects/${s.small.project_id}/tasks`,
  'a playlist': (s) => `/data/projects/${s.small.project_id}/playlists/${s.playlist_id}`,
  'playlists of a production': (s) => `/data/projects/${s.small.project_id}/playlists`,
  'news of a production': (s) => `/data/projects/${s.small.project_id}/news`,
  'todos of a person': () => '/data/user/tasks',
  'a preview picture': (s) => `/pictures/originals/preview-files/${s.picture}.png`,
  'one task, whole': (s) => `/data/tasks/${s.small.tasks[0]}/full`,
  'comments of a task': (s) => `/data/tasks/${s.small.tasks[2]}/comments`,
  'assets with tasks (60)': (s) => `/data/assets/with-tasks?project_id=${s.small.project_id}`,
  'casting of a shot': (s) => `/data/projects/${s.small.project_id}/entities/${s.small.shots[0]}/casting`,
  'persons': () => '/data/persons',
  'hours of a year by month': (s) => `/data/persons/time-spents/month-table/2024?project_id=${s.small.project_id}`,
  '64 KB of a preview movie': (s) => [`/movies/originals/preview-files/${s.movie}.mp4`, 'bytes=65536-131071'],
};
export type Writes = Record<string, (s: Seeded) => (n: number) => [string, string, unknown]>;
const stamp = Date.now();
export const WRITES: Writes = {
  'comment with status change': (s) => (n) => ['POST', `/actions/tasks/${s.small.tasks[n % s.small.tasks.length]}/comment`, { task_status_id: Math.floor(n / s.small.tasks.length) % 2 ? s.retake : s.wip, comment: `Note ${n}` }],
  'shot update': (s) => (n) => ['PUT', `/data/shots/${s.small.shots[n % s.small.shots.length]}`, { nb_frames: 100 + n, data: { frame_in: 1, frame_out: 100 + n } }],
  'playlist update': (s) => (n) => ['PUT', `/data/playlists/${s.playlist_id}`, { name: `Dailies of the day ${n}`, for_client: n % 2 === 0 }],
  'assign a task': (s) => (n) => ['PUT', `/actions/persons/${s.person_id}/assign`, { task_ids: [s.small.tasks[n % s.small.tasks.length]] }],
  'hours of a day': (s) => (n) => ['POST', `/actions/tasks/${s.small.tasks[n % s.small.tasks.length]}/time-spents/2024-03-${String(1 + (Math.floor(n / s.small.tasks.length) % 28)).padStart(2, '0')}/persons/${s.person_id}`, { duration: 30 + (n % 60) }],
  'cast a shot': (s) => (n) => ['PUT', `/data/projects/${s.small.project_id}/entities/${s.small.shots[n % s.small.shots.length]}/casting`, s.assets.slice(n % 20, (n % 20) + 5).map((asset_id) => ({ asset_id, nb_occurences: 1 + (n % 3) }))],
  'create shot': (s) => (n) => ['POST', `/data/projects/${s.small.project_id}/shots`, { name: `N${stamp}-${Math.random().toString(36).slice(2)}-${n}`, sequence_id: s.small.sequence_id, nb_frames: 10 }],
};

/** What a studio does all day: the figures that are promised. */
export const DAILY: ReadonlySet<string> = new Set(['shots with tasks (400)', 'shots with tasks (2,000)', 'one shot', 'user context', 'tasks of a production', 'a playlist', 'comment with status change', 'shot update', 'create shot']);
