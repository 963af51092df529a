const HALF_WORDS = 2 ** 14;

/** Words that a stage takes up. */
export const STAGE_WORDS = 2 * HALF_WORDS;

/** The most words that are staged at once. */
export const MOST_STAGED = HALF_WORDS;

/**
 * Where JavaScript leaves values for jobs that copy them to where they belong, which kernels before may still be reading:
 * two halves, of which one is filled while jobs still read the other.
 */
export class Stage {
  private half: 0 | 1 = 0;
  private used = 0;
  private readonly lastJobs: [number, number] = [0, 0];

  /** @param start the word it starts at. */
  constructor(private readonly start: number) {}

  /**
   * The word where values may be put, at the start of a place.
   *
   * @param job the number of the job that copies them.
   * @param finish waits for a job.
   */
  take(words: number, job: number, finish: (job: number) => void): number {
    if (this.used + words > HALF_WORDS) {
      this.half = this.half === 0 ? 1 : 0;
      this.used = 0;
      finish(this.lastJobs[this.half]);
    }
    const at = this.start + this.half * HALF_WORDS + this.used;
    this.used += Math.ceil(words / 4) * 4;
    this.lastJobs[this.half] = job;
    return at;
  }
}
