import { backendNames, type BackendName } from '@sheep/backend';
import { nativeBuilds } from '../packages/backend/src/builds.fixture.js';

/** The backends that tests run on: all, but `cpu` where there are no native kernels, as in a clone before `npm run build:native`. */
export const backendsHere = backendNames.filter((name) => name !== 'cpu' || nativeBuilds.length > 0);

/** Those with kernels of ours. */
export const ourBackendsHere: readonly BackendName[] = backendsHere.filter((name) => name === 'cpu' || name === 'wasm');
