import { Author, Person } from '@shotlog/auth/person/person.answers';
import { maybe, shown } from '@shotlog/kernel';
import { z } from 'zod';
import { TaskStatus } from '../task/task.answers.ts';
import { commentTable } from './comment.table.ts';

/** A preview file as a comment shows it. */
const CommentPreview = z.looseObject({
  id: z.guid(), task_id: maybe.id, revision: maybe.whole, extension: maybe.text, status: maybe.text, validation_status: maybe.text, width: maybe.whole, height: maybe.whole, duration: maybe.number,
  original_name: maybe.text, file_size: maybe.whole, position: maybe.whole, annotations: z.unknown(), created_at: z.string(),
}).meta({ id: 'CommentPreview' });
/** A file that hangs on a comment, a reply or a message. */
export const Paper = z.looseObject({ id: z.guid(), name: z.string(), extension: maybe.text, size: maybe.number, reply_id: maybe.id.optional() }).meta({ id: 'Paper' });

export const Comment = shown('Comment', commentTable.fields, { previews: z.array(CommentPreview), attachment_files: z.array(Paper) });

const ShortStatus = z.object({ id: z.guid(), name: z.string(), short_name: z.string(), color: z.string() });
/** A comment as a task's list shows it, with who wrote it and who changed it. */
export const CommentWithAuthor = Comment.extend({ person: z.looseObject({ ...Author.partial().shape, is_guest: z.boolean().optional() }).nullable(), editor: Author.nullish(), task_status: ShortStatus.nullish() }).meta({ id: 'CommentWithAuthor' });

/** A comment as the answer to saying it. */
export const NewComment = Comment.extend({ person: Person.nullable(), task_status: TaskStatus.nullish() }).meta({ id: 'NewComment' });

/** A reply to a comment. */
export const Reply = z.looseObject({ id: z.guid(), date: z.string(), text: maybe.text, person_id: maybe.id, person: Author.nullish() }).meta({ id: 'Reply' });
