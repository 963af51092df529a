import type { Io } from '../io.js';
import { jsonScreen } from './json.js';
import { plainScreen } from './plain.js';
import type { Screen } from './screen.js';
import { terminalScreen } from './terminal.js';

/** The screen that suits where the output goes. */
export function openScreen(io: Io, options: { readonly json?: boolean | undefined }): Screen {
  if (options.json) return jsonScreen(io);
  return io.stdout.isTTY && io.env.TERM !== 'dumb' ? terminalScreen(io.stdout) : plainScreen(io.stdout);
}
