export { opChecks, type OpCheck } from './contract/checks.js';
export type { Deviation } from './contract/compare.js';
