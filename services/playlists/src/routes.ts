import type { Route } from '@shotlog/kernel';
import { buildJobQueries } from './build-job/build-job.routes.ts';
import { deleteBuildRoute } from './build-job/delete-build.ts';
import { startBuildRoute } from './build-job/start-build.ts';
import { contextRoute } from './context.ts';
import { importRoutes } from './imports.ts';
import { addEntityRoutes } from './playlist/add-entities.ts';
import { createPlaylistRoute } from './playlist/create-playlist.ts';
import { deletePlaylistRoute } from './playlist/delete-playlist.ts';
import { downloadZipRoute } from './playlist/download-zip.ts';
import { exportPlaylistRoute } from './playlist/export-csv.ts';
import { notifyClientsRoute } from './playlist/notify-clients.ts';
import { playlistQueries } from './playlist/playlist.routes.ts';
import { tempPlaylistRoute } from './playlist/temp-playlist.ts';
import { updatePlaylistRoute } from './playlist/update-playlist.ts';
import { guestCommentRoutes } from './share-link/comment-as-guest.ts';
import { drawRoute } from './share-link/draw-as-guest.ts';
import { guestAttachmentRoutes } from './share-link/guest-attachments.ts';
import { inviteRoute } from './share-link/invite.ts';
import { joinRoute } from './share-link/join.ts';
import { manageRoutes } from './share-link/manage-links.ts';
import { sharedRoutes } from './share-link/shared.routes.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [
  contextRoute, ...playlistQueries, createPlaylistRoute, updatePlaylistRoute, deletePlaylistRoute, ...addEntityRoutes, notifyClientsRoute, tempPlaylistRoute, exportPlaylistRoute, downloadZipRoute,
  ...buildJobQueries, startBuildRoute, deleteBuildRoute, ...importRoutes,
  ...manageRoutes, inviteRoute, joinRoute, ...sharedRoutes, ...guestCommentRoutes, ...guestAttachmentRoutes, drawRoute,
];
