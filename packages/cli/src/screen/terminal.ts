import type { StepEvent } from '@sheep/core';
import { Presets, SingleBar } from 'cli-progress';
import picocolors from 'picocolors';
import type { Output } from '../io.js';
import { describeEpoch, describeEval, describeRemark, indent } from './describe.js';
import { remainingSeconds, spanAfter } from './eta.js';
import { formatCount, formatDuration, formatFacts, formatLoss, formatRate, printable } from './format.js';
import type { RunSpan, Screen } from './screen.js';

const FORMAT = '{bar} step {value}/{total} | epoch {epoch} | loss {loss} | lr {rate} | {speed} tokens/s | ETA {left}';
const UNKNOWN = { epoch: '-', loss: '-', rate: '-', speed: '-', left: '-' };

function payload(event: StepEvent, span: RunSpan): typeof UNKNOWN {
  return {
    epoch: String(event.epoch),
    loss: formatLoss(event.loss),
    rate: formatRate(event.learningRate),
    speed: formatCount(event.tokensPerSecond),
    left: formatDuration(remainingSeconds(span, event)),
  };
}

/** A bar on the last line of the terminal, and lines that appear above it. */
function barBelow(out: Output) {
  const bar = new SingleBar(
    // Signals are the run's: the bar must not end the process.
    { format: FORMAT, barsize: 20, hideCursor: true, gracefulExit: false, clearOnComplete: true, stream: out },
    Presets.shades_classic,
  );
  let shown: { total: number; step: number; texts: typeof UNKNOWN } | undefined;
  const hide = () => {
    if (shown !== undefined) bar.stop();
  };
  const show = () => {
    if (shown !== undefined) bar.start(shown.total, shown.step, shown.texts);
  };
  return {
    start(total: number, step: number) {
      shown = { total, step, texts: UNKNOWN };
      show();
    },
    update(step: number, texts: typeof UNKNOWN) {
      if (shown === undefined) return;
      shown = { ...shown, step, texts };
      bar.update(step, texts);
    },
    print(text: string) {
      hide();
      out.write(`${text}\n`);
      show();
    },
    end() {
      hide();
      shown = undefined;
    },
  };
}

/** A progress bar that stays at the bottom, what happens above it. */
export function terminalScreen(out: Output): Screen {
  const colors = picocolors.createColors(true);
  const bar = barBelow(out);
  let span: RunSpan | undefined;
  return {
    status: (text) => bar.print(colors.dim(`${text} ...`)),
    note: (text) => bar.print(colors.yellow(text)),
    facts: (title, facts) => bar.print(`\n${colors.bold(title)}\n${formatFacts(facts).map(indent).join('\n')}\n`),
    start(given) {
      span = given;
      bar.start(span.totalSteps, span.startStep);
    },
    event(event) {
      if (event.type === 'rewind' && span !== undefined) span = spanAfter(span, event);
      if (event.type === 'step' && span !== undefined) bar.update(event.step, payload(event, span));
      else if (event.type === 'eval') bar.print((event.best ? colors.green : String)(describeEval(event)));
      else if (event.type === 'epoch') bar.print(describeEpoch(event));
      else if (event.type === 'rewind' || event.type === 'advice') bar.print(colors.yellow(describeRemark(event)));
      else if (event.type === 'stop') bar.end();
      else if (event.type === 'sample') {
        bar.print(`${colors.dim(`sample at step ${event.step}:`)}\n${indent(printable(event.text))}`);
      }
    },
    close: () => bar.end(),
  };
}
