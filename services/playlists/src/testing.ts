import { createReadStream } from 'node:fs';
import { entityEvents, type Kind } from '@shotlog/breakdown/entity/entity.events';
import { entityType } from '@shotlog/breakdown/entity-type/entity-type';
import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import { PreviewFileCreated } from '@shotlog/files/preview-file/preview-file.events';
import { previewKeys } from '@shotlog/files/storage/keys';
import { openFileResources } from '@shotlog/files/storage/open';
import { newId } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import { taskStatus } from '@shotlog/tasks/task-status/task-status';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { TaskCreated } from '@shotlog/tasks/task/task.events';
import { Alone } from '@shotlog/test/alone';
import { playlists } from './index.ts';

/** A production as the neighbours would have told of it. Names are what they are called. */
export class Film {
  readonly alone: Alone;
  readonly storage: Storage;
  readonly project_id = newId();
  readonly asset_type_id = newId();
  readonly animation = newId();
  readonly modeling = newId();
  readonly ok = newId();
  #sequence_id = '';

  constructor(alone: Alone, storage: Storage) {
    this.alone = alone;
    this.storage = storage;
  }

  static async start(env: Record<string, string> = {}): Promise<Film> {
    const alone = await Alone.start(playlists, env);
    const film = new Film(alone, (await openFileResources(alone.lab.config)).storage);
    await film.open();
    return film;
  }

  async open(): Promise<void> {
    const { project_id } = this;
    await this.alone.facts(`project-${project_id}`, projectEvents.created({ project_id, name: 'Big Film', fps: '25', resolution: '320x180', ratio: '16:9', production_type: 'short' }));
    await this.alone.facts(`entity_type-${this.asset_type_id}`, entityType.events.created({ entity_type_id: this.asset_type_id, name: 'Props' }));
    await this.alone.facts(`task_status-${this.ok}`, taskStatus.events.created({ task_status_id: this.ok, name: 'Ok', short_name: 'ok', color: '#00ff00', is_client_allowed: true }));
    for (const [id, name, for_entity] of [[this.animation, 'Animation', 'Shot'], [this.modeling, 'Modeling', 'Asset']] as const) {
      await this.alone.facts(`task_type-${id}`, taskType.events.created({ task_type_id: id, name, for_entity, color: '#445566' }));
    }
    this.#sequence_id = await this.entity('sequence', 'SQ01');
  }

  async entity(kind: Kind, name: string, more: Record<string, unknown> = {}): Promise<string> {
    const entity_id = newId();
    const parent_id = kind === 'shot' ? this.#sequence_id : null;
    await this.alone.facts(`${kind}-${entity_id}`, entityEvents[kind].created({ entity_id, project_id: this.project_id, name, entity_type_id: this.asset_type_id, parent_id, ...more }));
    return entity_id;
  }

  async task(entity_id: string, task_type_id = this.animation): Promise<string> {
    const task_id = newId();
    await this.alone.facts(`task-${task_id}`, TaskCreated({ task_id, project_id: this.project_id, entity_id, task_type_id, task_status_id: this.ok, retake_count: 0, assignees: [] }));
    return task_id;
  }

  /** A preview file of a task, ready; with the bytes of `movie` in the storage where one is given. */
  async preview(of: { task_id: string; entity_id: string; revision?: number; task_type_id?: string; position?: number; extension?: string; movie?: string; project_id?: string }): Promise<string> {
    const preview_file_id = newId();
    const { task_id, entity_id, revision = 1, position = 1, extension = 'mp4', task_type_id = this.animation, project_id = this.project_id } = of;
    if (of.movie) await this.storage.put(previewKeys(preview_file_id).high, createReadStream(of.movie), { contentType: 'video/mp4' });
    await this.alone.facts(`preview_file-${preview_file_id}`, PreviewFileCreated({ preview_file_id, project_id, task_id, entity_id, task_type_id, comment_id: null, revision, position, extension, status: 'ready',
      width: 320, height: 180, duration: 1, original_name: 'v' }));
    return preview_file_id;
  }

  /** A shot with its task and one preview file. */
  async shot(name: string, more: { movie?: string; extension?: string } = {}): Promise<{ entity_id: string; task_id: string; preview_file_id: string }> {
    const entity_id = await this.entity('shot', name);
    const task_id = await this.task(entity_id);
    return { entity_id, task_id, preview_file_id: await this.preview({ task_id, entity_id, ...more }) };
  }

  stop(): Promise<void> { return this.alone.stop(); }
}
