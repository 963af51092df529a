/**
 * Whether a parameter's name fits a pattern, in which `*` stands for any characters, none included, and every other
 * character for itself: `transformer.h.*.attn.*`.
 */
export function matchesName(pattern: string, name: string): boolean {
  const literal = pattern.split('*');
  const first = literal[0];
  if (literal.length === 1) return name === pattern;
  if (!name.startsWith(first)) return false;
  // Each part is looked for where the one before ends, as early as it occurs: that leaves the most for the rest.
  let at = first.length;
  for (const part of literal.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const last = literal[literal.length - 1];
  return name.length - last.length >= at && name.endsWith(last);
}
