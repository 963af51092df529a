const MOST_ENTRIES = 8;
const LONGEST = 60;

/** A value from a file in a few characters, for a message: it may be of any size and depth. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(
      typeof value === 'string' && value.length > LONGEST ? `${value.slice(0, LONGEST - 3)}...` : value,
    );
  }
  const entries = Object.entries(value as Record<string, unknown>);
  // What is nested is not shown: to write it out could take more stack than there is.
  const short =
    entries.length <= MOST_ENTRIES && !entries.some(([, inner]) => typeof inner === 'object' && inner !== null);
  if (Array.isArray(value)) return short ? `[${value.map(describeValue).join(', ')}]` : `a list of ${value.length}`;
  const text = short ? JSON.stringify(value) : '';
  return short && text.length <= LONGEST ? text : 'an object';
}
