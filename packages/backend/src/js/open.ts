import { env, findBackend } from '@tensorflow/tfjs-core';
import type { OpenedBackend } from '../opened-backend.js';

/** Opens tfjs's plain JavaScript backend, the reference: slow, and the same everywhere. */
export async function openJs(): Promise<OpenedBackend> {
  const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
  // On its first write in Node it prints a banner that recommends another package.
  (findBackend('cpu') as unknown as { firstUse: boolean }).firstUse = false;
  return { tfjsName: 'cpu', build: `tfjs-backend-cpu ${version}${env().getBool('IS_NODE') ? '' : ' browser'}` };
}
