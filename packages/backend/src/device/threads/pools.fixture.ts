import { afterEach } from 'vitest';
import { openPool, type PoolForTests } from './pool.fixture.js';

/** Opens pools that are closed behind each test of the file, and tells which are open. */
export function poolsOfTests() {
  const opened: PoolForTests[] = [];
  afterEach(() => Promise.all(opened.splice(0).map(({ pool }) => pool.close())));
  const open = async (...given: Parameters<typeof openPool>): Promise<PoolForTests> => {
    const one = await openPool(...given);
    opened.push(one);
    return one;
  };
  return { open, opened };
}
