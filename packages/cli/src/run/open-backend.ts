import { type BackendInUse, type BackendName, useBackend } from '@sheep/backend';

/** Opens what a configuration, or an option, names; `useBackend` refuses a name that is none. */
export function openBackend(asked: {
  readonly backend: string;
  readonly threads?: number | null | undefined;
}): Promise<BackendInUse> {
  const { backend, threads } = asked;
  return useBackend(backend as BackendName | 'auto', typeof threads === 'number' ? { threads } : {});
}
