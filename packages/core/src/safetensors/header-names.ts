/**
 * The keys of every object in a JSON text, one list an object. `JSON.parse` keeps only the last of equal keys, so it cannot
 * tell that a name stands twice.
 *
 * Method: in valid JSON only strings and braces matter: a string that a colon follows is a key of the innermost open
 * object. The text is walked by hand, since a regular expression runs out of stack on a long string.
 *
 * @param text valid JSON.
 */
export function objectKeys(text: string): string[][] {
  const objects: string[][] = [];
  const open: string[][] = [];
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '{') {
      const keys: string[] = [];
      open.push(keys);
      objects.push(keys);
    } else if (character === '}') {
      open.pop();
    } else if (character === '"') {
      const start = i;
      i = closingQuote(text, start);
      if (colonFollows(text, i)) open[open.length - 1].push(JSON.parse(text.slice(start, i + 1)) as string);
    }
  }
  return objects;
}

function closingQuote(text: string, opening: number): number {
  let i = opening + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

function colonFollows(text: string, quote: number): boolean {
  let i = quote + 1;
  while (text[i] === ' ' || text[i] === '\t' || text[i] === '\n' || text[i] === '\r') i += 1;
  return text[i] === ':';
}
