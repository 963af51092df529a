import type { StepEvent } from '@sheep/core';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import picocolors from 'picocolors';
import type { Output } from '../io.js';
import { describeEpoch, describeEval, indent } from './describe.js';
import { remainingSeconds } from './eta.js';
import { formatCount, formatDuration, formatFacts, formatLoss, formatRate, printable } from './format.js';
import type { RunSpan, Screen } from './screen.js';

const FORMAT = '{bar} step {value}/{total} | epoch {epoch} | loss {loss} | lr {rate} | {speed} tokens/s | ETA {left}';

function payload(event: StepEvent, span: RunSpan) {
  return {
    epoch: String(event.epoch),
    loss: formatLoss(event.loss),
    rate: formatRate(event.learningRate),
    speed: formatCount(event.tokensPerSecond),
    left: formatDuration(remainingSeconds(span, event)),
  };
}

const UNKNOWN = { epoch: '-', loss: '-', rate: '-', speed: '-', left: '-' };

/** A progress bar that stays at the bottom, what happens above it. */
export function terminalScreen(out: Output): Screen {
  const colors = picocolors.createColors(true);
  const bars = new MultiBar(
    // Signals are the run's: the bar must not end the process.
    { format: FORMAT, barsize: 20, hideCursor: true, gracefulExit: false, stream: out, emptyOnZero: true },
    Presets.shades_classic,
  );
  let bar: SingleBar | undefined;
  let span: RunSpan | undefined;
  // Above the bar while there is one.
  const print = (text: string) => {
    if (bar === undefined) out.write(`${text}\n`);
    else bars.log(`${text}\n`);
  };
  const stop = () => {
    if (bar !== undefined) bars.stop();
    bar = undefined;
  };
  return {
    status: (text) => print(colors.dim(`${text} ...`)),
    note: (text) => print(colors.yellow(text)),
    facts(title, facts) {
      stop();
      print(`\n${colors.bold(title)}\n${formatFacts(facts).map(indent).join('\n')}\n`);
    },
    start(given) {
      span = given;
      bar = bars.create(span.totalSteps, span.startStep, UNKNOWN);
    },
    event(event) {
      if (event.type === 'step' && span !== undefined) bar?.update(event.step, payload(event, span));
      else if (event.type === 'eval') print(event.best ? colors.green(describeEval(event)) : describeEval(event));
      else if (event.type === 'epoch') print(describeEpoch(event));
      else if (event.type === 'sample') {
        print(`${colors.dim(`sample at step ${event.step}:`)}\n${indent(printable(event.text))}`);
      } else if (event.type === 'stop') stop();
    },
    close: stop,
  };
}
