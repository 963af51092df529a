/** Sentences that can stand in for each other; one is drawn for a story. */
export type Pool = readonly string[];

/**
 * One kind of story as data. The four parts are its paragraphs; each is a row of pools, told one after the other in the
 * syntax of `expand`. Slots of every story: see `cast`.
 */
export interface Plot {
  /** What belongs together: one case is drawn, its fields are slots. */
  readonly cases: readonly Readonly<Record<string, string>>[];
  /** What the hero has, wants or is; told right after who the hero is. */
  readonly want: readonly Pool[];
  /** What stands in the way. */
  readonly trouble: readonly Pool[];
  /** Who or what helps. */
  readonly turn: readonly Pool[];
  /** How it ends, and what it taught. */
  readonly ending: readonly Pool[];
}
