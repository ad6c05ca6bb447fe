import { Readable } from 'node:stream';
import { newId } from '@shotlog/kernel';
import type { Storage } from '@shotlog/media';
import { inDatabase } from '@shotlog/test/truth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attachmentKey, sourceKey } from '../storage/keys.ts';
import { openFileResources } from '../storage/open.ts';
import { FilmStudio, form, until } from '../testing.ts';

let film: FilmStudio;
let storage: Storage;
beforeAll(async () => {
  film = await FilmStudio.start();
  ({ storage } = await openFileResources(film.studio.config));
});
afterAll(() => film?.stop());

/** What stands in the database when a process was killed in the middle of an upload: its note, whose owner holds no lock any more. */
const noteOfTheDead = (service: string, subject: string, keys: string[]) => inDatabase(film.studio.embedded.databaseUrl,
  [`insert into ${service}_private.open_process (command_id, subject, input, correlation_id, owner) values ('${newId()}', '${subject}', '${JSON.stringify({ keys })}', 'killed', '${newId()}')`]);
const put = async (key: string) => {
  await storage.put(key, Readable.from([Buffer.from('half a thought')]), { contentType: 'text/plain' });
  return key;
};

it('what a killed process stored is removed where no fact names it, and only there', async () => {
  const { id, comment } = await film.published('kept.pdf', '%PDF-1.7 kept');
  const [attachment] = await film.as.artist.must('POST', `/actions/tasks/${film.ids.task}/comments/${comment}/add-attachment`, form({ file: ['kept.txt', 'kept'] }));
  const kept = (await film.studio.running.services.get('files')!.log.read(`preview_file-${id}`)).find((e) => e.type === 'PreviewFileAdded')!.data.source_key;
  const empty = (await film.preview()).id;
  const orphans = await Promise.all([sourceKey(id, newId()), sourceKey(empty, newId()), sourceKey(newId(), newId()), attachmentKey(newId()), `uploads/pictures/${newId()}`].map(put));
  await noteOfTheDead('files', 'cmd.files.remove-unused-objects', [kept, attachmentKey(attachment.id), ...orphans]);
  const askedFor = await Promise.all(['tasks', 'playlists', 'notifications'].map(async (service) => {
    const key = await put(attachmentKey(newId()));
    await noteOfTheDead(service, `cmd.${service}.sweep-uploads`, [key, attachmentKey(attachment.id)]);
    return key;
  }));
  for (const key of [...orphans, ...askedFor]) await until(async () => (await storage.stat(key)) === null);
  expect((await film.bytes(`/pictures/originals/preview-files/${id}.pdf`)).toString()).toBe('%PDF-1.7 kept');
  expect((await film.bytes(`/data/attachment-files/${attachment.id}/file/kept.txt`)).toString()).toBe('kept');
}, 60_000);
