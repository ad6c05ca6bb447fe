import { route, to } from '@shotlog/kernel';

/** This service's part of `GET /data/user/context`. */
export const contextRoute = route({
  method: 'get', path: '/internal/context', summary: 'The part of the user context that playlists owns', access: to.signedIn,
  ask: (c) => {
    c.keep(['*'], 'person');
    return {};
  },
});
