import type { WholeCheckpoint } from '@sheep/train/node';

/** One line about a damaged checkpoint that another was taken for; undefined where none was damaged. */
export function damageNote({ damage, folder }: Pick<WholeCheckpoint, 'damage' | 'folder'>): string | undefined {
  if (damage.length === 0) return undefined;
  const { doing, expected, received } = damage[0].parts;
  const others = damage.length === 1 ? '' : `, and ${damage.length - 1} more damaged`;
  return `${doing}: expected ${expected}, received ${received}${others}; taking ${folder}, the newest that is whole`;
}
