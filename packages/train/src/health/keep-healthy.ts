import type { ParamTree, Restored, RewindEvent } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { START } from '../loop/progress.js';
import type { Session } from '../loop/session.js';
import type { ReadStep } from '../loop/step-log.js';
import { trainableOf } from '../trainable.js';
import { describeNotFinite, diagnose } from './diagnose.js';
import { stopAtNotFinite, type Decision, type NotFiniteStep } from './policies.js';

// Where no target counts there is no mean loss, which is no fault.
const isSound = ({ event, count }: ReadStep): boolean =>
  [count === 0 ? 0 : event.loss, event.gradientNorm, event.weightNorm].every(Number.isFinite);

function assignTree(tree: ParamTree, values: ParamTree): void {
  for (const [name, variable] of Object.entries(tree)) variable.assign(values[name]);
  disposeTree(values);
}

/** Back to where the run began; undefined where that was not with fresh parameters, which nobody has any more. */
function startAgain({ params, optimizerState, options }: Session): Restored | undefined {
  const { model, optimizer, trainable, seed = 0, from } = options;
  if (from !== undefined) return undefined;
  assignTree(params, model.init(seed));
  assignTree(optimizerState, optimizer.init(trainableOf(params, trainable)));
  return { state: START };
}

/** Back to the newest checkpoint; undefined where the run cannot go back. */
async function goBack(session: Session): Promise<Restored | undefined> {
  const { checkpoints } = session.options;
  if (checkpoints !== undefined && checkpoints.restore === undefined) return undefined;
  return (await checkpoints?.restore?.(session)) ?? startAgain(session);
}

async function end(session: Session, step: NotFiniteStep, why?: string): Promise<void> {
  const found = describeNotFinite(step, session.options.data.batchesPerEpoch);
  const parts = [`${found}: ${await diagnose(session, step)}`, ...(why === undefined ? [] : [why])];
  session.ended = { reason: 'not-finite', message: parts.join('; ') };
}

async function rewind(
  session: Session,
  steps: readonly NotFiniteStep[],
  { health }: Extract<Decision, { action: 'skip' | 'rewind' }>,
): Promise<RewindEvent | undefined> {
  const from = session.state.step;
  const found = describeNotFinite(steps[0], session.options.data.batchesPerEpoch);
  const restored = await goBack(session);
  if (restored === undefined) {
    await end(session, steps[0], 'there is no checkpoint to go back to');
    return undefined;
  }
  const { state, note } = restored;
  const [elapsed, { step }] = [session.elapsed(), state];
  session.state = { ...state, elapsed, health };
  session.log.restartClock();
  const { learningRateScale } = health;
  const passed = steps.length === 1 ? 'its batches are' : `the batches of ${steps.length} such steps are`;
  const rate = `the learning rate is multiplied by ${learningRateScale}`;
  const message = `back from step ${from} to step ${step}: ${found}; ${passed} passed over, ${rate}${note ? `; ${note}` : ''}`;
  return { type: 'rewind', step, from, learningRateScale, message, elapsed };
}

/**
 * Looks at the numbers of steps, and does what the policy says where some are not finite: marks the session as ended,
 * notes that they were skipped, or takes the run back.
 *
 * @returns the event where the run went back.
 */
export async function keepHealthy(session: Session, steps: readonly ReadStep[]): Promise<RewindEvent | undefined> {
  const unsound = steps.filter((step) => !isSound(step));
  if (unsound.length === 0) return undefined;
  const { onNotFinite = stopAtNotFinite() } = session.options;
  const decision = onNotFinite(session.state.health, unsound);
  if (decision.action === 'rewind') return rewind(session, unsound, decision);
  if (decision.action === 'stop') await end(session, unsound[0], decision.why);
  else if (!Number.isFinite(session.weightNorm)) await end(session, unsound[0], 'the weights are not finite any more');
  else session.state = { ...session.state, health: decision.health };
  return undefined;
}
