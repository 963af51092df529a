import { closeSync, fstatSync, fsyncSync, openSync, readSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { SheepError, type Sink, type TrainEvent } from '@sheep/core';

/** A sink into a metrics.jsonl. When a write returns, the line is with the operating system: a kill loses none. */
export interface MetricsFile extends Sink {
  write(event: TrainEvent): void;
  /** Bytes in the file, whole lines all of them. */
  readonly length: number;
  /** Cuts off what follows a length at which a line ends. */
  cutBack(length: number): void;
  /**
   * Brings what was written to the disk, so that a checkpoint may rely on it, and returns the length in bytes.
   *
   * @throws SheepError `not-found` where someone removed the file meanwhile.
   */
  sync(): number;
  close(): Promise<void>;
}

const NEWLINE = 0x0a;

function endsALine(path: string, length: number): boolean {
  const file = openSync(path, 'r');
  try {
    const last = new Uint8Array(1);
    return readSync(file, last, 0, 1, length - 1) === 1 && last[0] === NEWLINE;
  } finally {
    closeSync(file);
  }
}

function badLength(path: string, length: number, received: string): SheepError {
  return new SheepError('bad-file', {
    doing: `resuming ${path}`,
    expected: `a line that ends at byte ${length}, as the checkpoint recorded`,
    received,
    remedy: 'restore the file that belongs to the checkpoint, or train under another name',
  });
}

function removed(path: string): SheepError {
  return new SheepError('not-found', {
    doing: `writing ${path}`,
    expected: 'the file that the run writes to',
    received: 'a file that was removed meanwhile',
    remedy: 'train again under another name: what it held is lost',
  });
}

function cutBack(path: string, length: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < length) throw badLength(path, length, `a file of ${size} bytes`);
  if (length > 0 && !endsALine(path, length)) throw badLength(path, length, 'the middle of a line');
  if (size > length) truncateSync(path, length);
}

function openNew(path: string): number {
  try {
    return openSync(path, 'ax');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    const parts = {
      doing: `creating ${path}`,
      expected: 'no such file',
      received: 'the metrics of another run',
      remedy: 'resume that run, or train under another name',
    };
    throw new SheepError('exists', parts, { cause });
  }
}

/**
 * Opens a metrics.jsonl: one event a line, as JSON (NaN and Infinity as null).
 *
 * @param options.resumeAt go on in an existing file after this many bytes, the length that a checkpoint recorded; what
 *   follows them is cut off. 0 also creates the file. Without it the file must not exist.
 * @throws SheepError `exists` where it does; `bad-file` where the file to go on in is shorter or has no line end there.
 */
export function openMetricsFile(path: string, options: { resumeAt?: number } = {}): MetricsFile {
  const { resumeAt } = options;
  if (resumeAt !== undefined) cutBack(path, resumeAt);
  const file = resumeAt === undefined ? openNew(path) : openSync(path, 'a');
  let length = resumeAt ?? 0;
  return {
    get length() {
      return length;
    },
    write(event) {
      const line = Buffer.from(`${JSON.stringify(event)}\n`);
      writeFileSync(file, line);
      length += line.length;
    },
    cutBack(to) {
      cutBack(path, to);
      length = to;
    },
    sync() {
      // A removed file takes lines as well as any other, and keeps none.
      if (fstatSync(file).nlink === 0) throw removed(path);
      fsyncSync(file);
      return length;
    },
    close: async () => closeSync(file),
  };
}
