import { type BackendInUse, type BackendName, type BackendOptions, useBackend } from '@sheep/backend';

/** What a configuration, or options, say of what computes. */
export interface AskedBackend {
  readonly backend: string;
  readonly threads?: number | null | undefined;
  readonly precision?: BackendOptions['precision'];
}

/**
 * Opens what a configuration, or an option, names; `useBackend` refuses a name that is none.
 *
 * @param note is told, in a line each, of faster ones that a damaged installation keeps from opening.
 */
export async function openBackend(asked: AskedBackend, note: (text: string) => void): Promise<BackendInUse> {
  const { backend, threads, precision } = asked;
  const opened = await useBackend(backend as BackendName | 'auto', { threads: threads ?? undefined, precision });
  for (const { name, reason, damaged } of opened.passedOver) if (damaged) note(`${name} does not open: ${reason}`);
  return opened;
}
