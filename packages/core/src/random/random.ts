import { philox4x32 } from './philox.js';

/**
 * Where in the space of random numbers a value stands. The same key and index give the same value, always:
 * there is no generator state to save, and any value can be made again without those before it.
 */
export interface RandomKey {
  /** The run's seed, a whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** What the numbers are for; see {@link streamOf}. */
  readonly stream: number;
  /** The training step, epoch or draw, from 0 to 2^32 - 1. */
  readonly step: number;
}

const WORD = 0x1_0000_0000;

/** A stream number from a name, so that no two uses of a seed share their numbers (FNV-1a, 32 bits). */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

function block(key: RandomKey, index: number, out: Uint32Array): void {
  philox4x32(
    index % WORD,
    Math.floor(index / WORD),
    key.step,
    key.stream,
    key.seed % WORD,
    Math.floor(key.seed / WORD),
    out,
  );
}

const words = new Uint32Array(4);

/** The 32-bit word at an index. */
export function randomWord(key: RandomKey, index: number): number {
  block(key, Math.floor(index / 4), words);
  return words[index % 4];
}

/** A number in [0, 1) with 32 random bits at an index. */
export function randomUniform(key: RandomKey, index: number): number {
  return randomWord(key, index) / WORD;
}

/** Fills `out` with 32-bit words, the word at index i being that of {@link randomWord}. */
export function fillWords(key: RandomKey, out: Uint32Array): Uint32Array {
  const whole = out.length - (out.length % 4);
  const seedLow = key.seed % WORD;
  const seedHigh = Math.floor(key.seed / WORD);
  for (let i = 0; i < whole; i += 4) {
    philox4x32(i / 4, 0, key.step, key.stream, seedLow, seedHigh, out, i);
  }
  for (let i = whole; i < out.length; i += 1) out[i] = randomWord(key, i);
  return out;
}

/**
 * Fills `out` with independent normal values (Box-Muller on pairs of words).
 *
 * @see Box and Muller, "A note on the generation of random normal deviates", 1958.
 */
export function fillNormal(key: RandomKey, out: Float32Array, standardDeviation = 1): Float32Array {
  const uniform = fillWords(key, new Uint32Array(out.length + (out.length % 2)));
  for (let i = 0; i < out.length; i += 2) {
    const radius = standardDeviation * Math.sqrt(-2 * Math.log((uniform[i] + 0.5) / WORD));
    const angle = (2 * Math.PI * uniform[i + 1]) / WORD;
    out[i] = radius * Math.cos(angle);
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}
