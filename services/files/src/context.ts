import { raw, rendered, Rendered, route, to } from '@shotlog/kernel';

/** This service's part of `GET /data/user/context`. */
export const contextRoute = route({
  method: 'get', path: '/internal/context', summary: 'The part of the user context that files owns', access: to.signedIn,
  ask: async (c) => {
    c.keep(['studio'], 'anyone');
    const backgrounds = await rendered(c.db, raw(`select id, name, archived, is_default, original_name, extension, file_size, created_at, updated_at, 'PreviewBackgroundFile' as type
      from preview_background_file order by log_position`));
    return new Rendered(`{"preview_background_files":${backgrounds.text}}`);
  },
});
