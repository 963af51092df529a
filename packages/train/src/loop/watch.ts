import { SheepError, type AdviceEvent, type TrainEvent, type TrainState } from '@sheep/core';
import type { Measurement, Rule } from '../rules/rule.js';
import type { TrainOptions } from './options.js';
import type { Session } from './session.js';

type Rules = Pick<TrainOptions, 'stopWhen' | 'advice'>;

const rulesOf = ({ stopWhen = [], advice = [] }: Rules): readonly Rule[] => [...stopWhen, ...advice];

/** What a rule has noted so far. */
const stateOf = ({ name, start }: Rule, { rules }: TrainState): unknown =>
  Object.hasOwn(rules, name) ? rules[name] : start;

/** What a rule says of a run; undefined where it has nothing to say. */
export function verdictOf(rule: Rule, state: TrainState): string | undefined {
  return rule.verdict(stateOf(rule, state), state);
}

/** @throws SheepError `bad-option` where two rules of a run share a name. */
export function checkRules(options: Rules): void {
  const names = rulesOf(options).map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new SheepError('bad-option', {
    doing: 'starting a run',
    expected: 'rules with a name each',
    received: `two named '${twice}'`,
    remedy: 'give one of them another, as in { ...rule, name }',
  });
}

/** @throws SheepError `bad-file` where a state has noted for a rule what that rule never notes. */
export function checkRuleStates(options: Rules, state: TrainState): void {
  const rule = rulesOf(options).find((one) => !one.isState(stateOf(one, state)));
  if (rule === undefined) return;
  throw new SheepError('bad-file', {
    doing: 'going on with a run',
    expected: `what the rule '${rule.name}' notes`,
    received: JSON.stringify(state.rules[rule.name]).slice(0, 80),
    remedy: 'continue from another checkpoint, or give the rule another name',
  });
}

function observed(options: Rules, state: TrainState, measured: Measurement): TrainState {
  const entries = rulesOf(options).map((rule) => [rule.name, rule.observe(stateOf(rule, state), measured)] as const);
  return { ...state, rules: { ...state.rules, ...Object.fromEntries(entries) } };
}

function* newAdvice(session: Session): Generator<AdviceEvent, void, undefined> {
  for (const rule of session.options.advice ?? []) {
    const { state } = session;
    const message = state.advised.includes(rule.name) ? undefined : verdictOf(rule, state);
    if (message === undefined) continue;
    session.state = { ...state, advised: [...state.advised, rule.name] };
    yield { type: 'advice', step: state.step, topic: rule.name, message };
  }
}

/** Tells measurements, shows them to the rules first, and tells the advice that follows from each. */
export function* tell(session: Session, measured: readonly Measurement[]): Generator<TrainEvent, void, undefined> {
  for (const event of measured) {
    session.state = observed(session.options, session.state, event);
    yield event;
    yield* newAdvice(session);
  }
}
