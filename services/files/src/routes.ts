import type { Route } from '@shotlog/kernel';
import { attachmentFile } from './attachment-file/attachment-file.ts';
import { contextRoute } from './context.ts';
import { fileStatus } from './file-status/file-status.ts';
import { outputFile } from './output-file/output-file.ts';
import { outputType } from './output-type/output-type.ts';
import { previewBackgroundFile } from './preview-background-file/preview-background-file.ts';
import { changeRoutes } from './preview-file/change.routes.ts';
import { listRoutes } from './preview-file/list.routes.ts';
import { serveRoutes } from './preview-file/serve.routes.ts';
import { uploadPreviewRoute } from './preview-file/upload-preview.ts';
import { software } from './software/software.ts';
import { workingFile } from './working-file/working-file.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [
  contextRoute,
  ...listRoutes, ...changeRoutes, uploadPreviewRoute, ...serveRoutes,
  ...software.routes, ...outputType.routes, ...fileStatus.routes, ...previewBackgroundFile.routes, ...attachmentFile.routes, ...workingFile.routes, ...outputFile.routes,
];
