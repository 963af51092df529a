import { appendFileSync, writeFileSync } from 'node:fs';
import type { SampleEvent, Sink, TrainEvent } from '@sheep/core';

function section(event: SampleEvent): string {
  return `== step ${event.step} ==\n\n${event.text.trimEnd()}\n\n`;
}

/**
 * A sink that keeps samples.txt: the text of every sample event under a heading with its step. Writes the file anew.
 *
 * @param earlier the events of the run so far where it is resumed, as its metrics.jsonl has them once cut back.
 */
export function openSamplesFile(path: string, earlier: Iterable<TrainEvent> = []): Sink {
  writeFileSync(path, '');
  const sink: Sink = {
    write(event) {
      if (event.type === 'sample') appendFileSync(path, section(event));
    },
  };
  for (const event of earlier) void sink.write(event);
  return sink;
}
