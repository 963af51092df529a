import type { Optimizer } from '@sheep/core';
import { adamw, type AdamwOptions } from './adamw.js';
import { chain } from './chain.js';
import { addDecayedWeights } from './weight-decay.js';

/** The numbers of Adam: those of AdamW, but that the decay is part of the gradient; 0 unless given. */
export type AdamOptions = AdamwOptions;

/**
 * Adam, whose weight decay is part of the gradient, as in torch.optim.Adam.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Kingma and Ba, https://arxiv.org/abs/1412.6980
 */
export function adam({ weightDecay, decays, ...moments }: AdamOptions = {}): Optimizer {
  return chain(addDecayedWeights({ weightDecay, decays }), adamw({ ...moments, weightDecay: 0 }));
}
