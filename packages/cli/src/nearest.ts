function fold(name: string): string {
  return name.replaceAll(/[-_\s]/g, '').toLowerCase();
}

/** Number of letters to insert, remove, replace or exchange with their neighbor to make `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, replaced);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (exchanged) current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length];
}

/** The known name that a person most likely meant, undefined where none is near. Case, `-` and `_` do not count. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const distances = known.map((one) => editDistance(fold(name), fold(one)));
  const least = Math.min(...distances);
  const near = Math.max(1, Math.floor(name.length / 3));
  return least <= near ? known[distances.indexOf(least)] : undefined;
}
