import type { ServiceDefinition } from '@shotlog/kernel';
import { attachmentFile } from './attachment-file/attachment-file.ts';
import { fileStatus } from './file-status/file-status.ts';
import { frameThumbnails } from './media-work/prepare.ts';
import { MEDIA_TABLES, startMediaQueue } from './media-work/queue.ts';
import { neighbourProjections } from './neighbours.ts';
import { outputFile } from './output-file/output-file.ts';
import { outputType } from './output-type/output-type.ts';
import { previewBackgroundFile } from './preview-background-file/preview-background-file.ts';
import * as previewEvents from './preview-file/preview-file.events.ts';
import { reactions } from './preview-file/follow.ts';
import { previewFileProjection } from './preview-file/preview-file.projection.ts';
import { PREVIEW_CLAIM_SOURCE } from './preview-file/preview-file.state.ts';
import { routes } from './routes.ts';
import { software } from './software/software.ts';
import { licenseEnds, softwareLicense } from './software/software-license.ts';
import { openFileResources } from './storage/open.ts';
import { sweepUploads } from './upload/sweep-uploads.ts';
import { workingFile } from './working-file/working-file.ts';

const resources = [software, outputType, fileStatus, previewBackgroundFile, attachmentFile, workingFile, outputFile, softwareLicense];
const { PreviewFileAdded, PreviewFileAnnotated, PreviewFileCreated, PreviewFileDeleted, PreviewFileUpdated, MainPreviewSet } = previewEvents;

export const files: ServiceDefinition = {
  name: 'files',
  routes,
  commands: [sweepUploads.files],
  projections: [...neighbourProjections, previewFileProjection, ...resources.map((r) => r.projection), licenseEnds],
  events: [PreviewFileCreated, PreviewFileUpdated, PreviewFileDeleted, PreviewFileAdded, PreviewFileAnnotated, MainPreviewSet, ...resources.flatMap((r) => Object.values(r.events))],
  claimSources: [PREVIEW_CLAIM_SOURCE, ...resources.flatMap((r) => r.claimSources)],
  reactions,
  privateTables: MEDIA_TABLES,
  resources: async ({ config }) => {
    const opened = await openFileResources(config);
    return { byName: { ...opened, frameThumbnails: frameThumbnails(opened) } };
  },
  background: async ({ context, logger, projector, resource }) => {
    const queue = await startMediaQueue({ context, logger, resources: { storage: resource('storage'), media: resource('media'), limits: resource('limits') } });
    projector.onProjected(({ events }) => { if (events.some((e) => e.type === PreviewFileAdded.eventType)) queue.poke(); });
    return () => queue.stop();
  },
};
