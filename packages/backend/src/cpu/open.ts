import { processDevice } from '../device/process-device.js';
import { openNativeDevice } from './open-device.js';

/** Opens our own device on native kernels; where it is open, only its threads and precision change. */
export const openCpu = processDevice('sheep-cpu', openNativeDevice);
