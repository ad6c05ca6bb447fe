import { apiTime, defineState, type NewEvent } from '@shotlog/kernel';

/** An answer below a comment. */
export type Reply = { id: string; date: string; created_at: string; text: string; person_id: string | null; mentions: string[]; department_mentions: string[] };

/** A comment as decisions need it. `created_at` in seconds, as the API shows it. */
export type CommentFacts = {
  id: string; person_id: string | null; task_status_id: string | null; created_at: string; text: string; checklist: any[] | null; pinned: boolean | null; links: string[] | null;
  for_client: boolean; mentions: string[]; department_mentions: string[]; acknowledgements: string[]; replies: Reply[]; data: unknown; shotgun_id: number | null;
};

export type LiveTask = { status: 'live'; id: string; project_id: string; fields: Record<string, any>; assignees: string[]; comments: CommentFacts[] };
/** What decisions about a task and its comments need to know. */
export type TaskState = { status: 'missing' | 'deleted' } | LiveTask;

const commentOf = (data: any, at: string): CommentFacts => ({
  id: data.comment_id, person_id: data.person_id, task_status_id: data.task_status_id, created_at: data.created_at ?? apiTime(at), text: data.text, checklist: data.checklist, pinned: data.pinned ?? null,
  links: data.links, for_client: data.for_client, mentions: data.mentions, department_mentions: data.department_mentions, acknowledgements: data.acknowledgements ?? [], replies: data.replies ?? [],
  data: data.data ?? null, shotgun_id: data.shotgun_id ?? null,
});

const changeComment = (state: LiveTask, id: string, change: (comment: CommentFacts) => Partial<CommentFacts>): LiveTask =>
  ({ ...state, comments: state.comments.map((c) => (c.id === id ? { ...c, ...change(c) } : c)) });

const evolveLive = (state: LiveTask, { type, data }: NewEvent, at: string): TaskState => {
  switch (type) {
    case 'TaskUpdated': return { ...state, fields: { ...state.fields, ...data.changes } };
    case 'TaskAssigned': return { ...state, assignees: [...state.assignees.filter((p) => p !== data.person_id), data.person_id], fields: { ...state.fields, assigner_id: data.assigner_id } };
    case 'TaskUnassigned': return { ...state, assignees: state.assignees.filter((p) => p !== data.person_id) };
    case 'TaskDeleted': return { status: 'deleted' };
    case 'TaskCommented': return { ...state, comments: [...state.comments.filter((c) => c.id !== data.comment_id), commentOf(data, at)] };
    case 'CommentUpdated': return changeComment(state, data.comment_id, () => data.changes);
    case 'CommentDeleted': return { ...state, comments: state.comments.filter((c) => c.id !== data.comment_id) };
    case 'CommentReplied': return changeComment(state, data.comment_id, (c) => ({ replies: [...c.replies, { id: data.reply_id, date: apiTime(at), created_at: apiTime(at), text: data.text,
      person_id: data.person_id, mentions: data.mentions, department_mentions: data.department_mentions }] }));
    case 'ReplyDeleted': return changeComment(state, data.comment_id, (c) => ({ replies: c.replies.filter((r) => r.id !== data.reply_id) }));
    case 'CommentAcknowledged': return changeComment(state, data.comment_id, (c) => ({ acknowledgements: [...c.acknowledgements, data.person_id] }));
    case 'CommentUnacknowledged': return changeComment(state, data.comment_id, (c) => ({ acknowledgements: c.acknowledgements.filter((p) => p !== data.person_id) }));
    default: return state;
  }
};

/** Streams `task-<id>`. A deleted task may be made again under its id (imports do). */
export const taskState = defineState<TaskState, NewEvent>({
  initial: { status: 'missing' },
  evolve: (state, event, at) => {
    if (event.type === 'TaskCreated') {
      const { task_id, project_id, assignees, ...fields } = event.data;
      return { status: 'live', id: task_id, project_id, fields: { ...fields, project_id }, assignees, comments: [] };
    }
    return state.status === 'live' ? evolveLive(state, event, at) : state;
  },
});

/** The stream of a task and its comments. */
export const taskStream = (task_id: string): string => `task-${task_id}`;
