import { processDevice } from '../device/process-device.js';
import { openWasmDevice } from './open-device.js';

/** Opens our own device on WebAssembly; where it is open, only the number of its threads changes. */
export const openWasm = processDevice('sheep-wasm', openWasmDevice);
