import { remotePort } from '@shotlog/kernel/remote';
import { runService } from '@shotlog/kernel/main';
import { playlists } from './index.ts';

await runService(playlists, remotePort);
