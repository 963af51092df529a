import { generate } from '../scripts/generate.mjs';

/** Tests run from the sources: what is generated must be there first. */
export default generate;
