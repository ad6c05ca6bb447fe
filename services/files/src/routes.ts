import type { Route } from '@shotlog/kernel';
import { attachmentRoutes } from './attachment-file/attachment.routes.ts';
import { contextRoute } from './context.ts';
import { statsRoute } from './stats.ts';
import { fileStatus } from './file-status/file-status.ts';
import { treeRoutes } from './file-tree/tree.routes.ts';
import { importRoutes } from './import/import.routes.ts';
import { outputRoutes } from './output-file/output.routes.ts';
import { outputType } from './output-type/output-type.ts';
import { faceRoutes } from './picture/face.routes.ts';
import { backgroundRoutes } from './preview-background-file/background.routes.ts';
import { previewBackgroundFile } from './preview-background-file/preview-background-file.ts';
import { changeRoutes } from './preview-file/change.routes.ts';
import { extractRoutes } from './preview-file/extract.routes.ts';
import { listRoutes } from './preview-file/list.routes.ts';
import { serveRoutes } from './preview-file/serve.routes.ts';
import { uploadPreviewRoute } from './preview-file/upload-preview.ts';
import { software } from './software/software.ts';
import { licenseRoutes } from './software/software-license.ts';
import { workingRoutes } from './working-file/working.routes.ts';

/** All routes of this service; the gateway mounts them. */
export const routes: Route[] = [
  contextRoute, statsRoute,
  ...listRoutes, ...changeRoutes, uploadPreviewRoute, ...serveRoutes, ...extractRoutes, ...attachmentRoutes, ...backgroundRoutes, ...faceRoutes,
  ...software.routes, ...outputType.routes, ...fileStatus.routes, ...previewBackgroundFile.routes, ...workingRoutes, ...outputRoutes, ...treeRoutes, ...licenseRoutes, ...importRoutes,
];
