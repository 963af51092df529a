export { opChecks, type OpCheck } from './contract/checks.js';
export type { Deviation } from './contract/compare.js';
export { ladderCases, ladderDeviations, ladderTimings, type LadderCase, type LadderTiming } from './contract/ladder.js';
