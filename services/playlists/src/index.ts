import type { ServiceDefinition } from '@shotlog/kernel';
import { openFileResources } from '@shotlog/files/storage/open';
import { sweepUploads } from '@shotlog/files/upload/sweep-uploads';
import { mailConfig, openMailer } from '@shotlog/mail';
import type { Storage } from '@shotlog/media';
import { buildJobEvents } from './build-job/build-job.events.ts';
import { buildJobProjection } from './build-job/build-job.projection.ts';
import { startBuildWorker } from './build-job/build-worker.ts';
import { dropBuild } from './build-job/delete-build.ts';
import { DISPATCH_TABLE } from './build-job/dispatch.ts';
import { failBuild, progressBuild, succeedBuild } from './build-job/end-build.ts';
import { forgetFiles } from './build-job/forget-files.ts';
import { LEASE_TABLE } from './build-job/lease.ts';
import { openRunner } from './build-job/runner.ts';
import { PlaylistsConfig } from './config.ts';
import { neighbourProjections } from './neighbours.ts';
import { ClientsNotified, PlaylistCreated, PlaylistDeleted, PlaylistEntityAdded, PlaylistUpdated } from './playlist/playlist.events.ts';
import { playlistProjection } from './playlist/playlist.projection.ts';
import { CLAIM_SOURCE } from './playlist/playlist.state.ts';
import { routes } from './routes.ts';
import { admitFiles } from './share-link/admit-files.ts';
import type { GuestUploads } from './share-link/guest-attachments.ts';
import { inviteCommands } from './share-link/invite.ts';
import { joinCommands } from './share-link/join.ts';
import { shareLinkEvents } from './share-link/share-link.events.ts';
import { shareLinkProjection } from './share-link/share-link.projection.ts';
import { openShareTokens, PASSWORD_TABLE } from './share-link/token.ts';

export const playlists: ServiceDefinition = {
  name: 'playlists',
  routes,
  commands: [progressBuild, succeedBuild, failBuild, dropBuild, ...inviteCommands, ...joinCommands, admitFiles, sweepUploads.playlists],
  projections: [...neighbourProjections, playlistProjection, buildJobProjection, shareLinkProjection],
  reactions: [forgetFiles],
  events: [PlaylistCreated, PlaylistUpdated, PlaylistEntityAdded, PlaylistDeleted, ClientsNotified, ...buildJobEvents, ...shareLinkEvents],
  privateTables: [LEASE_TABLE, DISPATCH_TABLE, PASSWORD_TABLE].join('\n'),
  claimSources: [CLAIM_SOURCE],
  resources: async ({ config }) => {
    const mailer = openMailer(mailConfig(config));
    const { DEFAULT_TIMEZONE: timezone, GUEST_UPLOAD_MAX_BYTES: max_bytes, GUEST_FILES_PER_COMMENT: per_comment, GUEST_FILES_PER_LINK: per_link } = PlaylistsConfig.parse(config);
    const byName = { ...(await openFileResources(config)), mailer, timezone, guestUploads: { max_bytes, per_comment, per_link } satisfies GuestUploads, shareTokens: openShareTokens(config.SHOTLOG_SECRET_KEY) };
    return { byName, close: async () => mailer.close() };
  },
  background: ({ config, logger, context, nats, projector, resource }) => {
    const settings = PlaylistsConfig.parse(config);
    const { DATA_DIR, BUILD_WORKERS, BUILD_LEASE_S, BUILD_EXIT_IDLE_S, BUILD_DISPATCH_AGAIN_S } = settings;
    const runner = openRunner(settings);
    // As a scheduler ends it: in order.
    const idle = BUILD_EXIT_IDLE_S > 0 ? { after_s: BUILD_EXIT_IDLE_S, end: () => void process.kill(process.pid, 'SIGTERM') } : null;
    return startBuildWorker({ nats, projector, context, logger, storage: resource<Storage>('storage'), dataDir: DATA_DIR, workers: BUILD_WORKERS, lease_s: BUILD_LEASE_S, idle,
      dispatching: runner && { runner, again_s: BUILD_DISPATCH_AGAIN_S, logger } });
  },
};
