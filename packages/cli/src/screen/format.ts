/** A whole number with thousands separated: `4,321`. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A loss in nats a token: `1.2345`. */
export function formatLoss(loss: number): string {
  return loss.toFixed(4);
}

/** `1 thread`, `2 threads`. */
export function formatThreads(threads: number): string {
  return `${threads} thread${threads === 1 ? '' : 's'}`;
}

/** A learning rate: `9.50e-4`. */
export function formatRate(rate: number): string {
  return rate.toExponential(2);
}

/** A share: `12.3 %`. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Bytes: `3.1 MiB`, `812 MiB`, `5.31 GiB`. */
export function formatBytes(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  if (mebibytes < 100) return `${mebibytes.toFixed(1)} MiB`;
  return mebibytes < 1000 ? `${mebibytes.toFixed(0)} MiB` : `${(mebibytes / 1024).toFixed(2)} GiB`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Seconds as a person says them: `45 s`, `1 min 05 s`, `2 h 03 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** Text of a model, which may hold anything, with what could steer a terminal replaced. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD');
}

/** A table of two columns, the first as wide as its widest entry. */
export function formatFacts(facts: readonly Fact[]): string[] {
  const width = Math.max(0, ...facts.map(([label]) => label.length));
  return facts.map(([label, text]) => `${label.padEnd(width)}  ${text}`);
}

/** A line of a table: what, and its value. */
export type Fact = readonly [label: string, text: string];
