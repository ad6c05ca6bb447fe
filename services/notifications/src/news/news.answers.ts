import { Author } from '@shotlog/auth/person/person.answers';
import { byKey, maybe, pageSchema } from '@shotlog/kernel';
import { z } from 'zod';
import { news } from './news.ts';

export const News = news.answer;
/** A piece of news with what it is about. */
export const NewsLine = News.extend({
  task_type_id: maybe.id, task_status_id: maybe.id, task_entity_id: maybe.id, project_id: maybe.id, project_name: maybe.text, preview_file_extension: maybe.text, preview_file_revision: maybe.whole, full_entity_name: maybe.text,
  episode_id: maybe.id, entity_preview_file_id: maybe.id, person: Author.nullish(),
}).meta({ id: 'NewsLine' });
/** A page of news; `stats` counts them by the task status that they tell of. */
export const NewsPage = pageSchema(NewsLine).extend({ stats: byKey(z.int()).optional() });
