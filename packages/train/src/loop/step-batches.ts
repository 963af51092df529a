import type { Batch, Position } from '@sheep/core';
import { passOver } from '../health/spans.js';
import { microBatches } from './micro-batches.js';
import type { Session } from './session.js';

/** The batches of each step, from where the run stands; where it went back, from there. */
export async function* stepBatches(session: Session): AsyncGenerator<[Batch, ...Batch[]], void, undefined> {
  const { data, gradientAccumulation } = session.options;
  let next: Position | undefined;
  while (next !== session.state.position) {
    next = session.state.position;
    const batches = passOver(data.open(next), next, session.state.health.passedOver);
    for await (const group of microBatches(batches, gradientAccumulation)) {
      yield group;
      next = group.at(-1)!.next;
      if (next !== session.state.position) break;
    }
  }
}
