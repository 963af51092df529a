import { processDevice } from '../device/process-device.js';
import { openNativeDevice } from './open-device.js';

/** Opens our own device on native kernels; where it is open, only the number of its threads changes. */
export const openCpu = processDevice('sheep-cpu', openNativeDevice);
