/** The files of a checkpoint's folder, besides what the caller adds. */
export const FILES = {
  weights: 'model.safetensors',
  /** What training goes on with, where the weights are not it. */
  training: 'training.safetensors',
  optimizer: 'optimizer.safetensors',
  state: 'state.json',
} as const;

const PREFIX = 'step-';
const PATTERN = /^step-(\d{8,15})$/;

/** The folder of a step, as in `step-00000300`. */
export function checkpointName(step: number): string {
  return `${PREFIX}${String(step).padStart(8, '0')}`;
}

/** The step of a folder's name; undefined where it is no checkpoint's name. */
export function stepOf(name: string): number | undefined {
  const match = PATTERN.exec(name);
  return match ? Number(match[1]) : undefined;
}
