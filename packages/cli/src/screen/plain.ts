import type { Output } from '../io.js';
import { describeEpoch, describeEval, describeRemark, describeStep, indent } from './describe.js';
import { spanAfter } from './eta.js';
import { formatFacts, printable } from './format.js';
import type { RunSpan, Screen } from './screen.js';

/** Plain lines, for a file, a pipe or a log: the first step and then every `logEvery`-th. */
export function plainScreen(out: Output): Screen {
  const print = (line: string) => void out.write(`${line}\n`);
  let span: RunSpan | undefined;
  return {
    status: (text) => print(`${text} ...`),
    note: print,
    facts: (title, facts) => print(`\n${title}\n${formatFacts(facts).map(indent).join('\n')}\n`),
    start: (given) => {
      span = given;
    },
    event(event) {
      if (event.type === 'rewind' && span !== undefined) span = spanAfter(span, event);
      if (event.type === 'step' && span !== undefined) {
        const due = event.step === span.startStep + 1 || event.step % span.logEvery === 0;
        if (due || event.step === span.totalSteps) print(describeStep(event, span));
      } else if (event.type === 'eval') print(describeEval(event));
      else if (event.type === 'epoch') print(describeEpoch(event));
      else if (event.type === 'rewind' || event.type === 'advice') print(describeRemark(event));
      else if (event.type === 'sample') print(`sample at step ${event.step}:\n${indent(printable(event.text))}`);
      else if (event.type === 'checkpoint') print(`checkpoint ${event.location}`);
    },
    close: () => {},
  };
}
