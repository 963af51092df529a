import type { Io } from '../io.js';
import type { Screen } from './screen.js';

/** Events as JSON lines on stdout and nothing else there; remarks go to stderr. */
export function jsonScreen({ stdout, stderr }: Io): Screen {
  return {
    status: () => {},
    note: (text) => void stderr.write(`${text}\n`),
    facts: () => {},
    start: () => {},
    event: (event) => void stdout.write(`${JSON.stringify(event)}\n`),
    close: () => {},
  };
}
