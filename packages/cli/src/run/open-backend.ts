import { type BackendInUse, type BackendName, type BackendOptions, useBackend } from '@sheep/backend';

/** Opens what a configuration, or an option, names; `useBackend` refuses a name that is none. */
export function openBackend(asked: {
  readonly backend: string;
  readonly threads?: number | null | undefined;
  readonly precision?: BackendOptions['precision'];
}): Promise<BackendInUse> {
  const { backend, threads, precision } = asked;
  return useBackend(backend as BackendName | 'auto', { threads: threads ?? undefined, precision });
}
